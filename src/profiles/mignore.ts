// Maestral's .mignore, as its scan asks it (_scandir_with_ignore, sync.py, 1.9); its watcher is told the tree as a whole.

import { join } from 'node:path';
import { type Exclusions, NO_EXCLUSIONS } from '../domain/exclusions.ts';
import { type Malformed, type Result, success } from '../domain/result.ts';
import { readRulesText } from './config-text.ts';
import { isIgnoredByGit, parseGitignore } from './gitignore.ts';
import { textOfBytes } from './path-text.ts';
import { isIgnoredByPathspec, parsePathspec } from './pathspec.ts';
import type { TreeRules } from './root.ts';

/**
 * Releases of pathspec differ from each other, the later ones nearer to git: left out is what both git and an early one leave
 * out. The error is a line that stops it.
 */
export function compileMignore(text: string): Result<Exclusions, Malformed> {
  const pathspec = parsePathspec(text);
  if (!pathspec.ok) return pathspec;
  const git = parseGitignore(text);
  if (pathspec.value.length === 0) return success(NO_EXCLUSIONS);
  const isIgnored = (path: string, isDirectory: boolean): boolean =>
    isIgnoredByGit(git, path, isDirectory) &&
    isIgnoredByPathspec(pathspec.value, `${textOfBytes(path)}${isDirectory ? '/' : ''}`);
  return success({
    prunesDirectory: (path) => isIgnored(path, true),
    skipsLeaf: (path) => isIgnored(path, false),
  });
}

/** The rules at the top of a Dropbox folder kept by Maestral. */
export function readMignore(root: string, sysroot = ''): TreeRules {
  const path = join(root, '.mignore');
  const read = readRulesText(path, sysroot);
  if (read.kind === 'absent') return { ignore: NO_EXCLUSIONS, caveat: null };
  if (read.kind === 'unreadable')
    return { ignore: NO_EXCLUSIONS, caveat: `${path} cannot be read (${read.reason}): nothing is left out` };
  const compiled = compileMignore(read.text);
  if (compiled.ok) return { ignore: compiled.value, caveat: null };
  const { reason, line } = compiled.error;
  return { ignore: NO_EXCLUSIONS, caveat: `${path}, line ${line}: ${reason}; nothing is left out` };
}
