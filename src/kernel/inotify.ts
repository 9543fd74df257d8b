// A user's inotify watches and instances: held by /proc/PID/fdinfo, limits by sysctl.
// Knows: where the kernel shows watches. Costs about 4 us per watch to read (233 ms at 60,000): never per tick.

import { isAtLeast } from '../domain/kernel-release.ts';
import { type Resource, type ResourceName, UNSAID } from '../domain/resource.ts';
import type { Gap } from '../domain/snapshot.ts';
import type { Counter } from '../domain/units.ts';
import { countInotifyWatches } from '../formats/proc-fdinfo.ts';
import { parseProcStatus } from '../formats/proc-status.ts';
import { parseLimitValue } from '../formats/single-value.ts';
import { type GapList, gapList } from './gap-list.ts';
import {
  readKernelDirectory,
  readKernelFile,
  readKernelLink,
  readOwner,
  readParsed,
  type Sysroot,
} from './kernel-file.ts';
import { readKernelRelease } from './machine.ts';

export interface InotifyRows {
  readonly resources: readonly Resource[];
  readonly gaps: readonly Gap[];
}

interface Tally {
  instances: number;
  watches: number;
  /** Processes of this user, or of unknown owner, whose descriptors could not be read. */
  unreadProcesses: number;
}

/** Both rows of one user, numeric uid. held is a lower bound: other pid namespaces share the user's allowance unseen. */
export function readInotify(sysroot: Sysroot, uid: number): InotifyRows {
  const gaps = gapList();
  const pids = gaps.take(readKernelDirectory(sysroot, '/proc'));
  const tally: Tally = { instances: 0, watches: 0, unreadProcesses: 0 };
  for (const pid of pids ?? []) if (/^\d+$/.test(pid)) addProcess(sysroot, { pid, uid }, tally);
  const caveat =
    tally.unreadProcesses > 0
      ? `lower bound: ${tally.unreadProcesses} processes could not be read`
      : 'lower bound: other containers of this user are not seen';
  const row = (name: ResourceName, held: number, limit: Counter | null): Resource => ({
    name,
    unit: 'items',
    source: 'inotify',
    scope: `uid ${uid}`,
    ...UNSAID,
    held,
    limit,
    caveat,
  });
  if (pids === null) return { resources: [], gaps: gaps.all() };
  const instances = row('inotify_instances', tally.instances, readLimit(sysroot, 'instances', gaps));
  if (!listsWatches(sysroot)) {
    gaps.add({ source: '/proc/PID/fdinfo', reason: 'absent', detail: 'kernel before 3.8 lists no watches' });
    return { resources: [instances], gaps: gaps.all() };
  }
  const watches = row('inotify_watches', tally.watches, readLimit(sysroot, 'watches', gaps));
  return { resources: [watches, instances], gaps: gaps.all() };
}

/** fdinfo shows one line per watch since 3.8 (fs/notify/fdinfo.c): before, no line says nothing. */
function listsWatches(sysroot: Sysroot): boolean {
  const release = readKernelRelease(sysroot);
  return release === 'unknown' || isAtLeast(release, '3.8');
}

/** A process that ended meanwhile is none. Its whole status only where it watches, or its descriptors may not be seen. */
function addProcess(sysroot: Sysroot, { pid, uid }: { pid: string; uid: number }, tally: Tally): void {
  const isProbablyTheirs = readOwner(sysroot, `/proc/${pid}`) === uid;
  const early = isProbablyTheirs ? readWatchesOf(sysroot, pid) : null;
  if (early?.instances === 0) return;
  const status = readParsed(sysroot, `/proc/${pid}/status`, parseProcStatus);
  const isGone = !status.ok && status.error.reason === 'absent';
  if (isGone || (status.ok && (status.value.realUid !== uid || status.value.isKernelThread))) return;
  const held = early ?? (status.ok ? readWatchesOf(sysroot, pid) : null);
  if (held === null) {
    tally.unreadProcesses++;
    return;
  }
  tally.instances += held.instances;
  tally.watches += held.watches;
}

export interface WatchesHeld {
  readonly instances: number;
  readonly watches: number;
}

/** One process's; null when its descriptors may not be listed or looked at, or it has ended. */
export function readWatchesOf(sysroot: Sysroot, pid: string): WatchesHeld | null {
  const descriptors = readKernelDirectory(sysroot, `/proc/${pid}/fd`);
  if (!descriptors.ok) return null;
  const tally = { instances: 0, watches: 0 };
  for (const descriptor of descriptors.value) {
    const target = readKernelLink(sysroot, `/proc/${pid}/fd/${descriptor}`);
    // Some kernels let root list what it may not follow; the next hundreds would be denied as well.
    if (!target.ok && target.error.reason === 'denied') return null;
    if (target.ok && isInotify(target.value))
      addInstance(sysroot, `/proc/${pid}/fdinfo/${descriptor}`, tally);
  }
  return tally;
}

/** An instance kept by parent and child after a fork counts twice: nothing in /proc tells it from two. */
function addInstance(sysroot: Sysroot, path: string, tally: Omit<Tally, 'unreadProcesses'>): void {
  const info = readKernelFile(sysroot, path);
  tally.instances++;
  if (info.ok) tally.watches += countInotifyWatches(info.value);
}

/** `inotify` alone is how 2.6.18 named it, before anonymous inodes. */
const isInotify = (link: string): boolean => link === 'anon_inode:inotify' || link === 'inotify';

/** min(fs.inotify.max_user_X, user.max_inotify_X): the second is this user namespace's own, where the kernel has it. */
function readLimit(sysroot: Sysroot, what: 'watches' | 'instances', gaps: GapList): Counter | null {
  const global = gaps.take(readParsed(sysroot, `/proc/sys/fs/inotify/max_user_${what}`, parseLimitValue));
  const own = gaps.unlessAbsent(readParsed(sysroot, `/proc/sys/user/max_inotify_${what}`, parseLimitValue));
  const limits = [global, own].filter((value) => value !== null).map(Number);
  return limits.length === 0 ? null : Math.min(...limits);
}
