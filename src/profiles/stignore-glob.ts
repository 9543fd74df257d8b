// One .stignore pattern as a regular expression, read as github.com/gobwas/glob reads it (lexer and parser of v0.2.3),
// which is what Syncthing compiles its patterns with: separators are `/`, a class is one range or one list, never both.
// Not imitated: where a `?` or a class stands beside plain letters (`[!a]f`), that library misses non-ASCII names (`éf`).

import { failure, type Result, success } from '../domain/result.ts';
import { compileRegExp, escapeForRegExp, escapeInClass } from './path-text.ts';

interface Cursor {
  readonly signs: readonly string[];
  at: number;
  depth: number;
  error: string | null;
}

/** The whole path must match; the error says what the daemon would not compile. */
export function compileStignoreGlob(glob: string): Result<RegExp, string> {
  const cursor: Cursor = { signs: [...glob], at: 0, depth: 0, error: null };
  let source = '';
  while (cursor.at < cursor.signs.length && cursor.error === null) source += part(cursor);
  // A { that is never closed ends with the pattern, without complaint.
  source += ')'.repeat(cursor.depth);
  const expression = cursor.error === null ? compileRegExp(`^(?:${source})$`, 'su') : null;
  return expression === null ? failure(cursor.error ?? 'not a pattern') : success(expression);
}

function part(cursor: Cursor): string {
  const sign = cursor.signs[cursor.at++] ?? '';
  if (sign === '*') return stars(cursor);
  if (sign === '?') return '[^/]';
  if (sign === '[') return characterClass(cursor);
  if (sign === '{') {
    cursor.depth += 1;
    return '(?:';
  }
  if (cursor.depth > 0 && sign === ',') return '|';
  if (cursor.depth > 0 && sign === '}') {
    cursor.depth -= 1;
    return ')';
  }
  return escapeForRegExp(sign === '\\' ? (cursor.signs[cursor.at++] ?? '') : sign);
}

function stars(cursor: Cursor): string {
  if (cursor.signs[cursor.at] !== '*') return '[^/]*';
  while (cursor.signs[cursor.at] === '*') cursor.at += 1;
  return '.*';
}

function characterClass(cursor: Cursor): string {
  const { signs } = cursor;
  const isNegated = signs[cursor.at] === '!';
  if (isNegated) cursor.at += 1;
  const [low = '', dash, high = ''] = signs.slice(cursor.at, cursor.at + 3);
  const members = dash === '-' ? range(cursor, low, high) : list(cursor);
  if (members === '') cursor.error ??= 'a class is empty';
  if (signs[cursor.at] === ']') cursor.at += 1;
  else cursor.error ??= 'a class is neither one range nor one list, or is not closed';
  return `[${isNegated ? '^' : ''}${members}]`;
}

function range(cursor: Cursor, low: string, high: string): string {
  cursor.at += 3;
  if ((low.codePointAt(0) ?? 0) >= (high.codePointAt(0) ?? 0)) cursor.error = 'a range runs backwards';
  return `${escapeInClass(low)}-${escapeInClass(high)}`;
}

function list(cursor: Cursor): string {
  let members = '';
  while (cursor.at < cursor.signs.length && cursor.signs[cursor.at] !== ']') {
    if (cursor.signs[cursor.at] === '\\') cursor.at += 1;
    members += escapeInClass(cursor.signs[cursor.at++] ?? '');
  }
  return members;
}
