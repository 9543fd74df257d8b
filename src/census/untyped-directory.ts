// Directories whose filesystem does not tell entry types (some FUSE, XFS made without ftype, some NFS): each entry
// is stat()ed, here and not by node:fs, whose own way cannot name what is not UTF-8 and gives up on the first that is gone.

import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { errnoOf } from '../kernel/errno.ts';
import { openable } from './latin1-path.ts';
import { DT_DIRECTORY, DT_OTHER, DT_REGULAR, DT_SYMLINK } from './tally.ts';
import type { Walk } from './walk.ts';

/** Whether a listing failed because node:fs stumbled over the stat of one entry, not over the directory. */
export function isTypeTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const syscall = 'syscall' in error ? error.syscall : undefined;
  return syscall === 'lstat' || errnoOf(error) === 'ERR_INVALID_ARG_TYPE';
}

export function readUntypedDirectory(walk: Walk, row: number, path: string): void {
  try {
    const names = readdirSync(openable(path), 'latin1');
    const firstChild = walk.begin(row);
    for (const name of names) countByStat(walk, name, path);
    walk.end(firstChild);
  } catch (error) {
    walk.tally.failed(path, errnoOf(error));
  }
}

function countByStat(walk: Walk, name: string, directory: string): void {
  walk.tally.statted++;
  try {
    const type = typeOf(lstatSync(openable(`${directory}/${name}`)));
    if (type === DT_DIRECTORY) walk.meetDirectory(name);
    else walk.meetLeaf(type, name);
  } catch (error) {
    walk.failedEntry(name, errnoOf(error));
  }
}

function typeOf(stats: Stats): number {
  if (stats.isFile()) return DT_REGULAR;
  if (stats.isDirectory()) return DT_DIRECTORY;
  return stats.isSymbolicLink() ? DT_SYMLINK : DT_OTHER;
}
