// The machine's memory as a row, and who says so: the kernel, or lxcfs on a container's behalf.

import { type Resource, UNSAID } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { parseMeminfo } from '../formats/meminfo.ts';
import { parseMountinfo } from '../formats/mountinfo.ts';
import { readParsed, type Sysroot } from './kernel-file.ts';

/** memory held = MemTotal - MemAvailable, limit = MemTotal. Under lxcfs MemTotal is the container's, so it is its wall. */
export function readMachineMemory(sysroot: Sysroot): Result<Resource, Gap> {
  const meminfo = readParsed(sysroot, '/proc/meminfo', parseMeminfo);
  if (!meminfo.ok) return failure(meminfo.error);
  const { totalBytes, availableBytes, estimatedAvailableBytes } = meminfo.value;
  const isLxcfs = hasLxcfsMeminfo(sysroot);
  return success({
    name: 'memory',
    unit: 'bytes',
    source: isLxcfs ? 'lxcfs' : 'meminfo',
    scope: isLxcfs ? 'container' : 'machine',
    ...UNSAID,
    held: Math.max(0, totalBytes - (availableBytes ?? estimatedAvailableBytes)),
    // MemAvailable has counted it as free already.
    limit: totalBytes,
    caveat: availableBytes === null ? 'no MemAvailable line: available is estimated' : null,
  });
}

/** A host's slab as dcachesize, where no cgroup counts it. */
export function readMachineDcache(sysroot: Sysroot): Resource | null {
  const meminfo = readParsed(sysroot, '/proc/meminfo', parseMeminfo);
  if (!meminfo.ok || meminfo.value.slabBytes === null) return null;
  return {
    name: 'dcachesize',
    unit: 'bytes',
    source: 'meminfo',
    scope: 'machine',
    ...UNSAID,
    held: meminfo.value.slabBytes,
    reclaimable: meminfo.value.slabReclaimableBytes,
    caveat: 'all slab of the machine',
  };
}

/** lxcfs mounts its own file over /proc/meminfo. */
export function hasLxcfsMeminfo(sysroot: Sysroot): boolean {
  const mounts = readParsed(sysroot, '/proc/self/mountinfo', parseMountinfo);
  return (
    mounts.ok &&
    mounts.value.some(({ mountPoint, type }) => mountPoint === '/proc/meminfo' && type === 'fuse.lxcfs')
  );
}
