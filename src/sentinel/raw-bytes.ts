// Words and variables that are not UTF-8. Node decodes its arguments and environment and cannot give such bytes back, so
// they are read from the kernel and handed to the launcher in octal. Bytes are latin1 here.

import { readKernelFile } from '../kernel/kernel-file.ts';

/** What stands where bytes could not be decoded; a word that really holds U+FFFD is only looked at twice. */
// Spelled by its number: one character beyond Latin-1 in the bundle, and V8 keeps all of it two bytes wide.
const UNDECODABLE: string = String.fromCharCode(0xfffd);

export interface RawBytes {
  /** Word number (COMMAND is 1, as in the launcher's $1) to its bytes. */
  readonly words: ReadonlyMap<number, string>;
  /** Variable to the bytes of its value. */
  readonly variables: ReadonlyMap<string, string>;
}

export interface Decoded {
  /** COMMAND and its arguments, the last words of our own command line. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Empty, and nothing read, where everything was UTF-8. */
export function readRawBytes({ command, environment }: Decoded): RawBytes {
  const wordNumbers = command.flatMap((word, index) => (word.includes(UNDECODABLE) ? [index + 1] : []));
  const names = Object.keys(environment).filter((name) => environment[name]?.includes(UNDECODABLE));
  const words = wordNumbers.length === 0 ? [] : readEntries('cmdline').slice(-command.length);
  const variables = names.length === 0 ? [] : readEntries('environ');
  return {
    words: new Map(wordNumbers.flatMap((number) => pairOf(number, words[number - 1]))),
    variables: new Map(names.flatMap((name) => pairOf(name, bytesOf(name, variables)))),
  };
}

const pairOf = <Key>(key: Key, bytes: string | undefined): [Key, string][] =>
  bytes === undefined ? [] : [[key, bytes]];

const bytesOf = (name: string, entries: readonly string[]): string | undefined =>
  entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);

/** Each ends with a NUL (proc(5)). */
function readEntries(file: 'cmdline' | 'environ'): string[] {
  const text = readKernelFile('', `/proc/self/${file}`);
  return text.ok ? text.value.split('\0').slice(0, -1) : [];
}

/** A shell's assignment of these bytes; the mark keeps line ends that a command substitution would drop. */
export function renderAssignment(variable: string, bytes: string): string {
  const octal = [...bytes].map((byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`).join('');
  return `${variable}=$(printf '${octal}.'); ${variable}=\${${variable}%.}`;
}
