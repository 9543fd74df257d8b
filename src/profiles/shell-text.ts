// A shell's text as the simple commands in it: quotes and comments understood, nothing expanded, nothing run.

import { behindVariables, type CommandLine, plainLine } from './command-line.ts';

/** Words that stand before a command and are none. */
const KEYWORDS: ReadonlySet<string> = new Set(
  'then do else elif if while until ! { } fi done time'.split(' '),
);
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/** Simple commands in their order; variables set before one (`A=1 cmd`, `export A=1; cmd`, PWD by `cd`) are its own. */
export function shellCommands(text: string): CommandLine[] {
  const commands: CommandLine[] = [];
  let exported: CommandLine['variables'] = {};
  for (const words of wordsOf(text)) {
    const { before, argv } = simpleCommand(words);
    const kept = keptBehind(argv, before);
    if (kept !== null) exported = behindVariables(exported, kept);
    else commands.push({ ...plainLine(argv), variables: behindVariables(exported, before) });
  }
  return commands;
}

function simpleCommand(words: readonly string[]): { before: CommandLine['variables']; argv: string[] } {
  const start = words.findIndex((word) => !KEYWORDS.has(word));
  const rest = start < 0 ? [] : words.slice(start);
  const first = rest.findIndex((word) => !ASSIGNMENT.test(word));
  const end = first < 0 ? rest.length : first;
  return { before: assignments(rest.slice(0, end)), argv: rest.slice(end) };
}

/** What a command leaves to those behind it; null: it is a program. */
function keptBehind(
  [name, ...words]: readonly string[],
  before: CommandLine['variables'],
): CommandLine['variables'] | null {
  if (name === undefined) return before;
  if (name === 'export') return assignments(words);
  return name === 'cd' ? { PWD: words.find((word) => !word.startsWith('-')) ?? '~' } : null;
}

/** What `NAME=value` words set. */
export const assignments = (words: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    words.flatMap((word) => {
      const [, name, value = ''] = ASSIGNMENT.exec(word) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );

// A blank, a comment, a redirection with its target, a separator, or a piece of a word: quoted, escaped or plain.
const PIECE =
  /([ \t\r]+)|(#[^\n]*)|(\d*(?:&>>?|[<>]+[&|]?)[ \t]*[^\s;&|()<>]*)|([;&|\n()]+)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s;&|()'"\\<>]+|[\s\S])/gy;

/** Commands as lists of words. */
function wordsOf(text: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | null = null;
  for (const match of text.matchAll(PIECE)) {
    const piece = pieceOf(match, word !== null);
    if (piece.text !== null) word = (word ?? '') + piece.text;
    else if (word !== null) {
      commands.at(-1)?.push(word);
      word = null;
    }
    if (piece.endsCommand) commands.push([]);
  }
  if (word !== null) commands.at(-1)?.push(word);
  return commands.filter((words) => words.length > 0);
}

/** `text` null: a word ends here. A `#` inside a word begins no comment. */
function pieceOf(match: RegExpExecArray, isInWord: boolean): { text: string | null; endsCommand: boolean } {
  const [whole, blank, comment, redirection, separator, single, double, escaped] = match;
  const isGap = blank ?? redirection ?? separator ?? (isInWord ? undefined : comment);
  if (isGap !== undefined) return { text: null, endsCommand: separator !== undefined };
  if (escaped !== undefined) return { text: escaped === '\n' ? '' : escaped, endsCommand: false };
  return { text: single ?? double?.replace(/\\([$`"\\\n])/g, '$1') ?? whole, endsCommand: false };
}

/** `"$@"`, `$*` and `$1` filled in; other variables stay as they are written. */
export const withArguments = (argv: readonly string[], args: readonly string[]): string[] =>
  argv.flatMap((word) => {
    if (/^\$\{?[@*]\}?$/.test(word)) return [...args];
    const index = /^\$\{?(\d)\}?$/.exec(word)?.[1];
    return [index === undefined || index === '0' ? word : (args[Number(index) - 1] ?? '')];
  });
