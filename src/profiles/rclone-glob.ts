// One rclone filter glob as a regular expression (fs/filter/glob.go), and the directories a file glob can be in.

import { failure, type Result, success } from '../domain/result.ts';
import { compileRegExp } from './path-text.ts';

interface Cursor {
  readonly glob: string;
  at: number;
  depth: number;
  error: string | null;
}

/** Unanchored globs match whole names at any depth; the error is what rclone would refuse to start with. */
export function compileRcloneGlob(glob: string, ignoreCase: boolean): Result<RegExp, string> {
  const isRooted = glob.startsWith('/');
  const cursor: Cursor = { glob, at: isRooted ? 1 : 0, depth: 0, error: null };
  let source = '';
  while (cursor.at < glob.length && cursor.error === null) source += part(cursor);
  if (cursor.depth > 0) cursor.error ??= 'a { is not closed';
  const whole = `${isRooted ? '^' : '(?:^|/)'}${source}$`;
  const expression = cursor.error === null ? compileRegExp(whole, ignoreCase ? 'iu' : 'u') : null;
  if (expression === null) return failure(`${cursor.error ?? 'not a pattern'} in ${glob}`);
  return success(expression);
}

/** What `.` is to Go: any character but a line feed. */
const ANY = '[^\\n]*';
const META = /[.+()|^$/]/;

function part(cursor: Cursor): string {
  const { glob } = cursor;
  const sign = String.fromCodePoint(glob.codePointAt(cursor.at) ?? 0);
  cursor.at += sign.length;
  switch (sign) {
    case '\\':
      // At the end it escapes the $ that rclone, as we do, puts behind the pattern.
      return `\\${glob[cursor.at++] ?? ''}`;
    case '*':
      return stars(cursor);
    case '?':
      return '[^/]';
    case '[':
      return characterClass(cursor);
    case '{':
      return glob[cursor.at] === '{' ? rawExpression(cursor) : brace(cursor, 1, '(?:');
    case '}':
      return brace(cursor, -1, ')');
    case ']':
      cursor.error = 'a ] closes nothing';
      return '';
    case ',':
      return cursor.depth > 0 ? '|' : ',';
    default:
      return META.test(sign) ? `\\${sign}` : sign;
  }
}

function brace(cursor: Cursor, change: number, source: string): string {
  cursor.depth += change;
  if (cursor.depth > 1) cursor.error = 'a { stands inside another';
  if (cursor.depth < 0) cursor.error = 'a } closes nothing';
  return source;
}

function stars(cursor: Cursor): string {
  let count = 1;
  while (cursor.glob[cursor.at] === '*') {
    count += 1;
    cursor.at += 1;
  }
  if (count > 2) cursor.error = 'too many stars';
  return count === 1 ? '[^/]*' : ANY;
}

/** Go's own class, taken over as it stands; POSIX names such as [:alpha:] have no counterpart here. */
function characterClass(cursor: Cursor): string {
  const start = cursor.at - 1;
  let depth = 1;
  while (depth > 0 && cursor.at < cursor.glob.length) {
    const sign = cursor.glob[cursor.at++];
    if (sign === '[') depth += 1;
    if (sign === ']') depth -= 1;
  }
  const members = cursor.glob.slice(start + 1, cursor.at - 1);
  if (depth > 0) cursor.error = 'a [ is not closed';
  else if (members === '' || members === '^') cursor.error = 'a class is empty';
  else if (members.includes('[:')) cursor.error = 'a POSIX class is not understood here';
  return `[${members.replace(/\[/g, '\\[')}]`;
}

function rawExpression(cursor: Cursor): string {
  const end = cursor.glob.indexOf('}}', cursor.at);
  if (end < 0) cursor.error = 'a {{ is not closed';
  // With more than two braces at the end the longest text between is the expression.
  let stop = end;
  while (end >= 0 && cursor.glob[stop + 2] === '}') stop += 1;
  const source = cursor.glob.slice(cursor.at + 1, stop);
  cursor.at = stop + 2;
  return `(?:${source})`;
}

/** `/` or `**` inside braces, raw expressions and nested braces: any directory may hold a match. */
const TOO_HARD = /\{[^{}]*(?:\*\*|\/)[^{}]*\}|\{\{|\}\}|\{[^{}]*\{/;

/** Globs of the directories, each with a trailing slash, that must be listed to find what `glob` matches. */
export function directoryGlobs(glob: string): string[] {
  if (TOO_HARD.test(glob)) return ['/**'];
  const globs: string[] = [];
  let rest = glob.replace(/\/{2,}/g, '/');
  for (;;) {
    const slash = rest.lastIndexOf('/');
    const double = rest.lastIndexOf('**');
    const at = Math.max(slash, double);
    if (at < 0) return globs.length > 0 ? globs : ['/**'];
    rest = rest.slice(0, at);
    const directory = `${rest}${double > slash ? '**' : ''}/`;
    if (globs.at(-1) !== directory) globs.push(directory);
  }
}
