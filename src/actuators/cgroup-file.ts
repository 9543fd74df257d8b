// Writes to cgroup files and directories. Knows: the calls and their errno. May not know: what a value means.

import { closeSync, constants, mkdirSync, openSync, rmdirSync, writeSync } from 'node:fs';
import type { Result } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { attempt } from '../kernel/kernel-file.ts';

/** One write of the whole value, which is how the kernel wants it; never creates the file. */
export const writeCgroupFile = (path: string, value: string): Result<void, Gap> =>
  attempt(path, () => {
    const descriptor = openSync(path, constants.O_WRONLY);
    try {
      writeSync(descriptor, value);
    } finally {
      closeSync(descriptor);
    }
  });

export const makeCgroup = (directory: string): Result<void, Gap> =>
  attempt(directory, () => {
    mkdirSync(directory);
  });

/** Refused (EBUSY) while a process or a child cgroup is left in it. */
export const removeCgroup = (directory: string): Result<void, Gap> =>
  attempt(directory, () => rmdirSync(directory));
