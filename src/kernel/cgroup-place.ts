// Where a process or a unit lies in the cgroup trees, and which directories above it this process can see.
// Knows: mountinfo, /proc/PID/cgroup, namespaced roots. May not know: what a cgroup limits.

import { failure, type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { type Mount, parseMountinfo } from '../formats/mountinfo.ts';
import { lineOfController, parseProcCgroup, unifiedLine } from '../formats/proc-cgroup.ts';
import { parseLimitValue } from '../formats/single-value.ts';
import { hasKernelPath, readKernelFile, readParsed, type Sysroot } from './kernel-file.ts';
import { cgroupPathOf, processOf, type Subject } from './subject.ts';

export type Controller = 'memory' | 'pids' | 'freezer';

export interface CgroupPlace {
  readonly version: 1 | 2;
  readonly mountPoint: string;
  /** Below the mount point, `/` for its root; begins with `/`. */
  readonly path: string;
  /** The mount point is not the machine's root cgroup: limits above it bind, and can't be read. */
  readonly isHiddenAbove: boolean;
}

const MOUNTINFO = '/proc/self/mountinfo';

/** The subject's cgroup in the hierarchy that holds `controller`; a Gap where none does (source mountinfo: the machine has none). */
export function readCgroupPlace(
  sysroot: Sysroot,
  subject: Subject,
  controller: Controller,
): Result<CgroupPlace, Gap> {
  const mounts = readParsed(sysroot, MOUNTINFO, parseMountinfo);
  if (!mounts.ok) return mounts;
  const source = `/proc/${processOf(subject)}/cgroup`;
  const lines = readParsed(sysroot, source, parseProcCgroup);
  if (!lines.ok) return lines;
  const legacy = lineOfController(lines.value, controller);
  const line = legacy ?? unifiedLine(lines.value);
  const mount = mounts.value.findLast((one) =>
    legacy === null ? one.type === 'cgroup2' : one.type === 'cgroup' && one.superOptions.includes(controller),
  );
  const absent: Gap = {
    source: MOUNTINFO,
    reason: 'absent',
    detail: `no ${controller} controller mounted`,
  };
  if (line === null || mount === undefined) return failure(absent);
  const named = cgroupPathOf(subject, mount.mountPoint);
  const isThere = named !== null && hasKernelPath(sysroot, `${mount.mountPoint}${named}`);
  if (subject.kind === 'cgroup' && !isThere)
    return failure({ source: named ?? '', reason: 'absent', detail: `no such ${controller} cgroup` });
  const place = placeIn(sysroot, mount, isThere ? named : line.path);
  return legacy !== null || hasController(sysroot, place, controller) ? success(place) : failure(absent);
}

/** A process's cgroup in the unified hierarchy, whatever controllers that has; a Gap where none is mounted. */
export function readUnifiedPlace(
  sysroot: Sysroot,
  subject: Subject = { kind: 'self' },
): Result<CgroupPlace, Gap> {
  const mounts = readParsed(sysroot, MOUNTINFO, parseMountinfo);
  if (!mounts.ok) return mounts;
  const lines = readParsed(sysroot, `/proc/${processOf(subject)}/cgroup`, parseProcCgroup);
  if (!lines.ok) return lines;
  const mount = mounts.value.findLast(({ type }) => type === 'cgroup2');
  const line = unifiedLine(lines.value);
  if (mount === undefined || line === null)
    return failure({ source: MOUNTINFO, reason: 'absent', detail: 'no unified hierarchy mounted' });
  return success(placeIn(sysroot, mount, line.path));
}

/** A v2 root lists its controllers; below it a controller's files are there when its parent enabled it. */
function hasController(sysroot: Sysroot, place: CgroupPlace, controller: Controller): boolean {
  const own = `${place.mountPoint}${place.path}/${controller}.current`;
  const listed = readKernelFile(sysroot, `${place.mountPoint}/cgroup.controllers`);
  return hasKernelPath(sysroot, own) || (listed.ok && listed.value.trim().split(' ').includes(controller));
}

/**
 * `path` as the process's own file gives it, `mount.root` as the mount shows it: inside a container with the host's
 * cgroup namespace both begin with the container's own path, which is cut off. A path that the mount does not show
 * (`/../..`, another container's) leaves the mount's own root as the nearest thing that binds.
 */
function placeIn(sysroot: Sysroot, mount: Mount, path: string): CgroupPlace {
  const isBelowRoot = mount.root !== '/' && (path === mount.root || path.startsWith(`${mount.root}/`));
  const inside = isBelowRoot ? path.slice(mount.root.length) || '/' : path;
  const version = mount.type === 'cgroup2' ? 2 : 1;
  const isVisible =
    !inside.split('/').includes('..') && hasKernelPath(sysroot, `${mount.mountPoint}${inside}`);
  const isHiddenAbove =
    !isVisible || mount.root !== '/' || isNamespacedRoot(sysroot, mount.mountPoint, version);
  return { version, mountPoint: mount.mountPoint, path: isVisible ? inside : '/', isHiddenAbove };
}

/**
 * cgroup.type exists in every v2 cgroup but the machine's root (Documentation/admin-guide/cgroup-v2.rst). A v1 root
 * takes no limit (mm/memcontrol-v1.c refuses the write), so a root with one is a container's.
 */
function isNamespacedRoot(sysroot: Sysroot, mountPoint: string, version: 1 | 2): boolean {
  if (version === 2) return hasKernelPath(sysroot, `${mountPoint}/cgroup.type`);
  const limit = readParsed(sysroot, `${mountPoint}/memory.limit_in_bytes`, parseLimitValue);
  return limit.ok && limit.value !== null;
}

/** The place itself and everything above it up to the mount point, nearest first: `/a/b`, `/a`, `/`. */
export function ancestorsOf(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return [...parts.keys(), parts.length].map((depth) => `/${parts.slice(0, depth).join('/')}`).toReversed();
}

/** The directory of one cgroup of the chain. */
export const directoryOf = (place: CgroupPlace, path: string): string =>
  path === '/' ? place.mountPoint : `${place.mountPoint}${path}`;

/** What binds above the mount point and cannot be read from here; null where everything is visible. */
export const hiddenGap = (place: CgroupPlace): Gap | null =>
  place.isHiddenAbove
    ? { source: place.mountPoint, reason: 'hidden', detail: 'limits above the namespace root cannot be read' }
    : null;
