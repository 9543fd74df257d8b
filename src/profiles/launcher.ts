// What a program file really is: behind symbolic links, or behind a script that executes something else.

import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { behindVariables, type CommandLine, plainLine } from './command-line.ts';
import { shellCommands, withArguments } from './shell-text.ts';

export interface ProgramPlace {
  /** PATH, as the daemon's owner has it. */
  readonly path: string;
  /** What relative names stand below. */
  readonly directory: string;
}

/** Dropbox's own launcher has 2 KB; what is longer is a program. */
const LONGEST_LAUNCHER_BYTES = 65_536;

/** Lines by which a command may be known if its own name is not: its file's, then those of a script's `exec`. */
export function behindFile({ argv, ...rest }: CommandLine, place: ProgramPlace): CommandLine[] {
  const [word = '', ...args] = argv;
  const file = fileOf(word, place);
  if (file === null) return [];
  const named = basename(file) === basename(word) ? [] : [{ ...rest, argv: [file, ...args] }];
  const executed = executedBy(file, args).map((line) => ({
    ...line,
    variables: behindVariables(rest.variables, line.variables),
    user: line.user ?? rest.user,
  }));
  return [...named, ...executed];
}

/** null: there is no such file. */
function fileOf(word: string, { path, directory }: ProgramPlace): string | null {
  const candidates = word.includes('/')
    ? [resolve(directory, word)]
    : path.split(':').map((each) => join(each, word));
  for (const candidate of word === '' ? [] : candidates) {
    try {
      if (statSync(candidate).isFile()) return realpathSync(candidate);
    } catch {
      // The next one.
    }
  }
  return null;
}

/**
 * What a shell script hands itself over to, by `exec` or as its last command; what it runs on the way is not the daemon, unless
 * it waits for it at its end.
 */
function executedBy(file: string, args: readonly string[]): CommandLine[] {
  const commands = shellCommands(scriptText(file));
  const waits = commands.at(-1)?.argv[0] === 'wait';
  return commands
    .filter(({ argv }, index) => waits || argv[0] === 'exec' || index === commands.length - 1)
    .map((line) => ({ ...plainLine(withArguments(line.argv, args)), variables: line.variables }));
}

/** '' for what is no script of a shell, or cannot be read. */
function scriptText(file: string): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(LONGEST_LAUNCHER_BYTES);
      const text = bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
      return /^#!.*\b(sh|bash|dash|ash|ksh|zsh)\b/.test(text) ? text : '';
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}
