// Finds the directory a census starts from, resolving symlinks once: below it none is ever followed.

import { realpathSync, type Stats, statSync } from 'node:fs';
import { failure, type Result, success } from '../domain/result.ts';
import { errnoOf } from '../kernel/errno.ts';
import { byteForms, openable } from './latin1-path.ts';
import type { CensusFailure } from './request.ts';

export interface Root {
  /** Absolute, free of symlinks, bytes as latin1. */
  readonly path: string;
  readonly sizeBytes: number;
  /** st_nlink less two: directories directly inside; 0 where the filesystem does not count them. */
  readonly subdirectories: number;
}

const KIND_OF: Readonly<Record<string, CensusFailure['kind']>> = {
  ENOENT: 'missing',
  ENOTDIR: 'not-a-directory',
  EACCES: 'denied',
  EPERM: 'denied',
};

export const censusFailure = (path: string, errno: string): CensusFailure => ({
  kind: KIND_OF[errno] ?? 'io',
  path,
  errno,
});

/** Tries the path as bytes, then as typed text. */
export function findRoot(asked: string): Result<Root, CensusFailure> {
  let errno = 'ENOENT';
  for (const path of byteForms(asked)) {
    try {
      return rootAt(path, asked);
    } catch (error) {
      errno = errnoOf(error);
      if (errno !== 'ENOENT') break;
    }
  }
  return failure(censusFailure(asked, errno));
}

function rootAt(path: string, asked: string): Result<Root, CensusFailure> {
  const resolved = realpathSync.native(openable(path), 'latin1');
  const stats: Stats = statSync(openable(resolved));
  if (!stats.isDirectory()) return failure(censusFailure(asked, 'ENOTDIR'));
  return success({ path: resolved, sizeBytes: stats.size, subdirectories: Math.max(0, stats.nlink - 2) });
}
