// One pattern of git as a regular expression over bytes (wildmatch.c with WM_PATHNAME, git 2.39).

import { compileRegExp, escapeForRegExp } from './path-text.ts';

interface Cursor {
  readonly pattern: string;
  at: number;
  /** true: the pattern never matches. */
  isBroken: boolean;
}

/** The whole path must match; null: nothing ever does. */
export function compileWildmatch(pattern: string): RegExp | null {
  // git compares what has no sign by itself, and then takes what is left for a pattern of its own: `foo**` is `foo/**`'s kin.
  const plain = pattern.search(/[*?[\\]/);
  const prefix = plain < 0 ? pattern : pattern.slice(0, plain);
  const cursor: Cursor = { pattern: pattern.slice(prefix.length), at: 0, isBroken: false };
  let source = escapeForRegExp(prefix);
  while (cursor.at < cursor.pattern.length && !cursor.isBroken) source += part(cursor);
  return cursor.isBroken ? null : compileRegExp(`^${source}$`, 's');
}

function part(cursor: Cursor): string {
  const sign = cursor.pattern[cursor.at++] ?? '';
  if (sign === '*') return stars(cursor);
  if (sign === '?') return '[^/]';
  if (sign === '[') return characterClass(cursor);
  if (sign !== '\\') return escapeForRegExp(sign);
  const next = cursor.pattern[cursor.at++];
  if (next === undefined) cursor.isBroken = true;
  return escapeForRegExp(next ?? '');
}

/** Two or more cross slashes where they are a whole part of the path. */
function stars(cursor: Cursor): string {
  const { pattern } = cursor;
  const before = cursor.at - 1;
  while (pattern[cursor.at] === '*') cursor.at += 1;
  const isDouble = cursor.at - before > 1;
  const after = pattern.slice(cursor.at, cursor.at + 2);
  const isPart = (before === 0 || pattern[before - 1] === '/') && /^(?:$|\/|\\\/)/.test(after);
  if (!isDouble || !isPart) return '[^/]*';
  if (!after.startsWith('/')) return '.*';
  cursor.at += 1;
  return '(?:.*/)?';
}

type Span = readonly [low: number, high: number];

const NAMED: Readonly<Record<string, readonly Span[]>> = {
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  alpha: [
    [65, 90],
    [97, 122],
  ],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: [[48, 57]],
  graph: [[33, 126]],
  lower: [[97, 122]],
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: [[65, 90]],
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
};

const hex = (code: number): string => `\\x${code.toString(16).padStart(2, '0')}`;

/** Never a slash, whatever it names. */
function characterClass(cursor: Cursor): string {
  const isNegated = /^[!^]/.test(cursor.pattern.slice(cursor.at));
  if (isNegated) cursor.at += 1;
  const spans: Span[] = [];
  let previous: number | null = null;
  let isFirst = true;
  while (!cursor.isBroken && (isFirst || cursor.pattern[cursor.at] !== ']')) {
    previous = member(cursor, spans, previous);
    isFirst = false;
  }
  cursor.at += 1;
  const named = spans.filter(([low, high]) => low <= high).map(([low, high]) => `${hex(low)}-${hex(high)}`);
  return `(?!/)[${isNegated ? '^' : ''}${named.join('')}]`;
}

/** Adds what the next member names; returns its code where a range may begin with it. */
function member(cursor: Cursor, spans: Span[], previous: number | null): number | null {
  const { pattern } = cursor;
  if (pattern.startsWith('[:', cursor.at)) {
    const end = pattern.indexOf(']', cursor.at + 2);
    if (end < 0) cursor.isBroken = true;
    else if (pattern[end - 1] === ':' && end > cursor.at + 2) return namedClass(cursor, spans, end);
  }
  const isRange =
    pattern[cursor.at] === '-' && previous !== null && !/^(?:$|\])/.test(pattern.slice(cursor.at + 1));
  if (isRange) cursor.at += 1;
  const code = literal(cursor);
  spans.push([isRange ? (previous ?? 0) : code, code]);
  return isRange ? null : code;
}

function namedClass(cursor: Cursor, spans: Span[], end: number): null {
  const named = NAMED[cursor.pattern.slice(cursor.at + 2, end - 1)];
  if (named === undefined) cursor.isBroken = true;
  else spans.push(...named);
  cursor.at = end + 1;
  return null;
}

function literal(cursor: Cursor): number {
  if (cursor.pattern[cursor.at] === '\\') cursor.at += 1;
  const code = cursor.pattern.charCodeAt(cursor.at++);
  if (Number.isNaN(code)) cursor.isBroken = true;
  return code;
}
