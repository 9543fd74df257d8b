// Rules written as gitignore(5), as git itself reads them (dir.c and wildmatch.c, 2.39). Bytes are compared, not characters.

import { bytesOfText } from './path-text.ts';
import { compileWildmatch } from './wildmatch.ts';

export interface GitignoreRule {
  readonly isIgnoring: boolean;
  readonly isForDirectories: boolean;
  /** true: asked of the last part of a path, else of the whole. */
  readonly isName: boolean;
  readonly expression: RegExp;
}

/** Every rule of a text in its order; git has no malformed ones, only some that never match. */
export const parseGitignore = (text: string): readonly GitignoreRule[] =>
  bytesOfText(text.replace(/^\uFEFF/, ''))
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => ruleOf(withoutTrailingSpaces(line)) ?? []);

/** Spaces at the end are no part of a rule, unless a backslash stands before one. */
function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ') end -= 1;
  let backslashes = 0;
  while (line[end - 1 - backslashes] === '\\') backslashes += 1;
  return line.slice(0, end + (backslashes % 2));
}

/** null: it never matches. */
function ruleOf(line: string): GitignoreRule | null {
  const isIgnoring = !line.startsWith('!');
  const written = isIgnoring ? line : line.slice(1);
  const isForDirectories = written.endsWith('/');
  const pattern = isForDirectories ? written.slice(0, -1) : written;
  if (pattern === '') return null;
  const isName = !pattern.includes('/');
  const expression = compileWildmatch(pattern.replace(/^\//, ''));
  return expression === null ? null : { isIgnoring, isForDirectories, isName, expression };
}

/** What the last rule that matches says of this path (bytes as latin1); whoever asks has asked about the folders above. */
export function isIgnoredByGit(rules: readonly GitignoreRule[], path: string, isDirectory: boolean): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const decisive = rules.findLast(
    ({ isForDirectories, isName, expression }) =>
      (isDirectory || !isForDirectories) && expression.test(isName ? name : path),
  );
  return decisive?.isIgnoring ?? false;
}
