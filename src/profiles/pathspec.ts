// Rules written as gitignore(5), as Python's pathspec reads them (gitwildmatch of 0.11, the library Maestral asks): other than
// git it compares characters, takes `a/**` for `a` too and knows no named classes. What it cannot read stops it.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import { compileRegExp, escapeForRegExp, escapeInClass } from './path-text.ts';

export interface PathspecRule {
  readonly isIgnoring: boolean;
  readonly expression: RegExp;
}

// str.splitlines and str.strip, but for four control characters nobody ends a line with.
const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
const WHITE = /\p{White_Space}/u;

function stripped(line: string): string {
  let [start, end] = [0, line.length];
  while (start < end && WHITE.test(line[start] ?? '')) start += 1;
  while (end > start && WHITE.test(line[end - 1] ?? '')) end -= 1;
  return line.slice(start, end);
}

/** Characters. No path is so long (4 096 bytes), and a larger expression is not compiled here. */
const LONGEST_RULE = 16_384;

export function parsePathspec(text: string): Result<readonly PathspecRule[], Malformed> {
  const rules: PathspecRule[] = [];
  for (const [index, raw] of text.split(LINE_ENDS).entries()) {
    const line = stripped(raw);
    if (line === '' || line === '/' || line.startsWith('#') || line.length > LONGEST_RULE) continue;
    const isIgnoring = !line.startsWith('!');
    const source = sourceOf(isIgnoring ? line : line.slice(1));
    const expression = source === null ? null : compileRegExp(`^${source}$`, 'u');
    if (expression === null) return failure({ reason: `${line} is no pattern`, line: index + 1 });
    rules.push({ isIgnoring, expression });
  }
  return success(rules);
}

/** Parts without those `**` that repeat the one before. */
function partsOf(pattern: string): string[] {
  const parts = pattern.split('/').filter((part, index, all) => part !== '**' || all[index - 1] !== '**');
  const isNameAlone = parts.length === 1 || (parts.length === 2 && parts[1] === '');
  if (parts[0] === '') parts.shift();
  else if (isNameAlone && parts[0] !== '**') parts.unshift('**');
  if (parts.length > 1 && parts.at(-1) === '') parts[parts.length - 1] = '**';
  return parts;
}

/** Text as a regular expression of the flag u; null: it would raise an error. */
function sourceOf(pattern: string): string | null {
  if (/^\*\*(?:\/\*\*)*\/$/.test(pattern)) return '.+/.*';
  const parts = partsOf(pattern);
  const last = parts.length - 1;
  const sources = parts.map((part, index) =>
    part === '**' ? anyParts(index === 0, index === last) : namedPart(part, parts[index - 1], index),
  );
  if (last < 0 || sources.includes(null)) return null;
  return sources.join('') + (parts[last] === '**' ? '' : '(?:/.*)?');
}

/** A slash stands before it, unless it is the first or any parts before it bring theirs. */
function namedPart(part: string, before: string | undefined, index: number): string | null {
  const segment = segmentOf(part);
  const hasSlash = index === 0 || (index === 1 && before === '**');
  return segment === null ? null : `${hasSlash ? '' : '/'}${segment}`;
}

function anyParts(isFirst: boolean, isLast: boolean): string {
  if (isFirst) return isLast ? '[^/]+(?:/.*)?' : '(?:.+/)?';
  return isLast ? '/.*' : '(?:/.+)?';
}

// An escaped sign, a class (its first ] is plain), a backslash at the end, any other sign.
const SIGNS = /\\(.)|\[(!|(?!!))(\][^\]]*|[^\]]+)\]|(\\)$|(.)/gsu;

function segmentOf(part: string): string | null {
  if (part === '*') return '[^/]+';
  let source = '';
  for (const [, escaped, negation = '', members, end, sign = ''] of part.matchAll(SIGNS)) {
    if (end !== undefined) return null;
    const next = members === undefined ? signOf(escaped, sign) : classOf(negation, members);
    if (next === null) return null;
    source += next;
  }
  return source;
}

const WILD: Readonly<Record<string, string>> = { '*': '[^/]*', '?': '[^/]' };

const signOf = (escaped: string | undefined, sign: string): string =>
  escaped === undefined ? (WILD[sign] ?? escapeForRegExp(sign)) : escapeForRegExp(escaped);

/** Python's members: a backslash is plain, a range that runs backwards is an error (null). */
function classOf(negation: string, members: string): string | null {
  const signs = [...members];
  let source = '';
  for (let at = 0; at < signs.length; at += 1) {
    const [low = '', dash, high] = signs.slice(at, at + 3);
    if (dash !== '-' || high === undefined) {
      source += escapeInClass(low);
      continue;
    }
    if (low > high) return null;
    source += `${escapeInClass(low)}-${escapeInClass(high)}`;
    at += 2;
  }
  return `[${negation === '!' ? '^' : ''}${source}]`;
}

/** Whether the last rule that matches ignores: `path` as text, with a slash at its end where it is a directory. */
export const isIgnoredByPathspec = (rules: readonly PathspecRule[], path: string): boolean =>
  rules.findLast(({ expression }) => expression.test(path))?.isIgnoring ?? false;
