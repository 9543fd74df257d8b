// Open files of a process against its own limit.

import { type Resource, UNSAID } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { parseProcLimits } from '../formats/proc-limits.ts';
import { readKernelDirectory, readParsed, type Sysroot } from './kernel-file.ts';

/**
 * RLIMIT_NOFILE as numfile: the hard limit is the wall, the soft one stands as barrier, because a daemon may raise it
 * by itself (Go's runtime and Node do). held = descriptors open in `process`, a pid or `self`.
 */
export function readOpenFileLimit(sysroot: Sysroot, process: string): Result<Resource, Gap> {
  const path = `/proc/${process}/limits`;
  const limits = readParsed(sysroot, path, parseProcLimits);
  if (!limits.ok) return failure(limits.error);
  const openFiles = limits.value.get('Max open files');
  if (openFiles === undefined)
    return failure({ source: path, reason: 'malformed', detail: 'no Max open files row' });
  const descriptors = readKernelDirectory(sysroot, `/proc/${process}/fd`);
  if (!descriptors.ok) return failure(descriptors.error);
  return success({
    name: 'numfile',
    unit: 'items',
    source: 'rlimit',
    scope: process === 'self' ? 'this process' : `process ${process}`,
    ...UNSAID,
    held: descriptors.value.length,
    barrier: openFiles.soft,
    limit: openFiles.hard,
  });
}
