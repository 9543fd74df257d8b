// Every cgroup that limits something by itself, with its own rows alone: those above it are listed for themselves.
// Knows: the trees of both versions. May not know: which container a cgroup belongs to.

import { failure, type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { type CgroupPlace, type Controller, directoryOf, readCgroupPlace } from './cgroup-place.ts';
import { readOwnLegacyMemoryRows, readOwnLegacyPidsRows } from './cgroup-v1.ts';
import { type CgroupRows, readOwnUnifiedRows } from './cgroup-v2.ts';
import { readKernelSubdirectories, type Sysroot } from './kernel-file.ts';

type ReadOwn = (sysroot: Sysroot, place: CgroupPlace, path: string) => CgroupRows;

/** By path below the mount point (bytes as latin1); in v1 memory and pids lie in trees of their own. */
export function readHostCgroups(sysroot: Sysroot): Result<ReadonlyMap<string, CgroupRows>, Gap> {
  const memory = placeOf(sysroot, 'memory');
  if (!memory.ok) return failure(memory.error);
  if (memory.value.version === 2) return success(rowsOfTree(sysroot, memory.value, readOwnUnifiedRows));
  const found = rowsOfTree(sysroot, memory.value, readOwnLegacyMemoryRows);
  const pids = placeOf(sysroot, 'pids');
  const tasks =
    pids.ok && pids.value.version === 1 ? rowsOfTree(sysroot, pids.value, readOwnLegacyPidsRows) : [];
  for (const [path, { resources, gaps }] of tasks) {
    const known = found.get(path) ?? NO_ROWS;
    found.set(path, { resources: [...known.resources, ...resources], gaps: [...known.gaps, ...gaps] });
  }
  return success(found);
}

const NO_ROWS: CgroupRows = { resources: [], gaps: [] };

/** A cgroup that vanishes meanwhile is left out, with what was below it; one that limits nothing too. */
function rowsOfTree(sysroot: Sysroot, place: CgroupPlace, readOwn: ReadOwn): Map<string, CgroupRows> {
  const rows = new Map<string, CgroupRows>();
  const paths = ['/'];
  for (const path of paths) {
    const own = readOwn(sysroot, place, path);
    if (own.resources.length > 0 || own.gaps.some(({ reason }) => reason !== 'absent')) rows.set(path, own);
    const names = readKernelSubdirectories(sysroot, directoryOf(place, path));
    if (names.ok) paths.push(...names.value.map((name) => `${path === '/' ? '' : path}/${name}`));
  }
  return rows;
}

const placeOf = (sysroot: Sysroot, controller: Controller): Result<CgroupPlace, Gap> =>
  readCgroupPlace(sysroot, { kind: 'self' }, controller);
