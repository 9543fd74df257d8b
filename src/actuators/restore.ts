// Puts a changed file back as the journal kept it, where nobody has changed it since.

import { chmodSync, rmdirSync } from 'node:fs';
import { failure, type Result, success } from '../domain/result.ts';
import { countLineChanges } from '../formats/line-changes.ts';
import { errnoOf } from '../kernel/errno.ts';
import { type DirectoryChange, type FileChange, hashOf, keptContent } from './change-journal.ts';
import { readForeignFile, removeLeftover, replaceForeignFile } from './foreign-file.ts';

/** `directory` is the journal's; the error, one clause, says why it stays as it is. */
export function restoreFile(change: FileChange, directory: string, isForced: boolean): Result<null, string> {
  const { path, before, after, mode } = change;
  removeLeftover(path);
  const now = readForeignFile(path);
  if (!now.ok) return now;
  const found = hashOf(now.value.bytes);
  // Killed between journal and change, or undone by hand.
  if (found === before) return mode === undefined ? success(null) : restoreMode(path, mode);
  const kept = keptContent(directory, change);
  if (!kept.ok) return kept;
  if (found !== after && !isForced) return failure(changedSince(path, kept.value, now.value.bytes));
  const written = replaceForeignFile(now.value.path, kept.value, mode);
  return written.ok ? written : failure(`${path} cannot be written (${written.error})`);
}

/** Killed between the content and the permissions, or both were the same before. */
function restoreMode(path: string, mode: number): Result<null, string> {
  try {
    chmodSync(path, mode);
    return success(null);
  } catch (error) {
    return failure(`${path} cannot be written (${errnoOf(error)})`);
  }
}

function changedSince(path: string, kept: Buffer | null, now: Buffer | null): string {
  if (now === null) return `${path} was removed since`;
  const { added, removed } = countLineChanges((kept ?? Buffer.alloc(0)).toString(), now.toString());
  const lines = (count: number): string => `${count} ${count === 1 ? 'line' : 'lines'}`;
  return `${path} was changed by somebody else since: against what was kept it has ${lines(added)} more and ${lines(removed)} fewer`;
}

/** One in which somebody has put something stays, and that is no obstacle. */
export function removeMadeDirectory({ path }: DirectoryChange): Result<null, string> {
  try {
    rmdirSync(path);
    return success(null);
  } catch (error) {
    const code = errnoOf(error);
    const isSettled = ['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code);
    return isSettled ? success(null) : failure(`${path} cannot be removed (${code})`);
  }
}
