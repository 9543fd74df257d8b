// What one daemon on one or more trees will ask of the kernel, summed: the bridge from costs to walls.
// Knows: costs, profile figures, counts. May not know: what is already held, or any wall.

import { type Census, leavesOf } from './census.ts';
import type { Costs } from './costs.ts';
import type { Figure, Profile } from './profile.ts';
import { addRanges, exactly, type Range, scaleRange, within, ZERO_RANGE } from './units.ts';

/**
 * Kernel memory per task: stack (16 KiB, THREAD_SIZE on x86_64 and arm64), task_struct and its kin 7 KiB, page table of the
 * stack 4 KiB, and a share of what its process holds (page tables of code and runtime, descriptors, sockets). Measured on
 * 6.18: Syncthing 50 to 57 KiB a task in 5 runs, rclone 61; C threads 28, C processes 55 to 80. Unswappable and charged to
 * the container on every platform.
 */
const TASK_KERNEL_BYTES: number = 50 * 1024;

/** Page tables of anonymous memory: 8 bytes per page of 4 KiB (measured 6.18: 80 KiB per 40 MiB). */
const PAGE_TABLE_SHARE: number = 8 / 4096;

export interface Load {
  /** Kernel bytes that reclaim cannot give back while the daemon lives. */
  readonly pinnedBytes: Range;
  /** Kernel bytes of every entry stat()ed once; contains what is pinned. */
  readonly touchedBytes: Range;
  readonly walkedBytes: Range;
  readonly pageCacheBytes: Range;
  /** Anonymous memory of the daemon itself. */
  readonly anonymousBytes: Range;
  readonly tasks: Range;
  readonly openFiles: Range;
  readonly watches: Range;
  readonly watchInstances: Range;
  /** On-disk index. */
  readonly indexBytes: Range;
}

export const NO_LOAD: Load = {
  pinnedBytes: ZERO_RANGE,
  touchedBytes: ZERO_RANGE,
  walkedBytes: ZERO_RANGE,
  pageCacheBytes: ZERO_RANGE,
  anonymousBytes: ZERO_RANGE,
  tasks: ZERO_RANGE,
  openFiles: ZERO_RANGE,
  watches: ZERO_RANGE,
  watchInstances: ZERO_RANGE,
  indexBytes: ZERO_RANGE,
};

const figure = ({ value, errorPercent }: Figure, times = 1): Range => within(value * times, errorPercent);

/** The daemon with an empty tree: paid once, however many trees. */
export const baseLoad = ({ cost, watch }: Profile): Load => ({
  ...NO_LOAD,
  anonymousBytes: figure(cost.rssBaseBytes),
  tasks: figure(cost.tasks),
  openFiles: figure(cost.openFiles),
  watchInstances: exactly(watch.instances),
});

/** What one tree adds. `costs` are those of this tree under this profile. */
export function treeLoad(census: Census, costs: Costs, profile: Profile): Load {
  const { cost } = profile;
  return {
    ...NO_LOAD,
    // Only the source is watched: of the other side nothing stays (lsyncd, both sides local: measured 6.18).
    pinnedBytes: costs.pinned,
    touchedBytes: addRanges(
      scaleRange(profile.scan.atStart === 'stat-all' ? costs.touched : costs.walked, cost.sides),
      scaleRange(costs.written, cost.sides - 1),
    ),
    walkedBytes: costs.walked,
    pageCacheBytes: scaleRange(costs.pageCache, cost.sides),
    anonymousBytes: addRanges(
      figure(cost.rssPerFileBytes, census.files),
      figure(cost.rssPerDirectoryBytes, census.directories),
    ),
    watches: exactly(watchesOf(census, profile)),
    watchInstances: exactly(profile.watch.instancesPerRoot ?? 0),
    indexBytes: figure(cost.indexPerFileBytes, census.files),
  };
}

/** inotify or fanotify marks the daemon will place on this tree. */
export function watchesOf(census: Census, { watch }: Profile): number {
  if (watch.api !== 'inotify') return 0;
  const perTree = {
    directory: census.directories,
    entry: census.directories + leavesOf(census),
    root: 1,
    none: 0,
  };
  return perTree[watch.per];
}

const KEYS = Object.keys(NO_LOAD).filter((key): key is keyof Load => key in NO_LOAD);

export function addLoads(...loads: readonly Load[]): Load {
  const sums = KEYS.map((key) => [key, addRanges(...loads.map((load) => load[key]))] as const);
  return { ...NO_LOAD, ...Object.fromEntries(sums) };
}

/** Kernel bytes of processes themselves: stacks, task structures, page tables. */
export const processKernelBytes = (tasks: number, anonymousBytes: number): number =>
  tasks * TASK_KERNEL_BYTES + anonymousBytes * PAGE_TABLE_SHARE;

/** The same of a projected daemon. */
export const daemonKernelBytes = ({ tasks, anonymousBytes }: Load): Range => ({
  low: processKernelBytes(tasks.low, anonymousBytes.low),
  expected: processKernelBytes(tasks.expected, anonymousBytes.expected),
  high: processKernelBytes(tasks.high, anonymousBytes.high),
});

/** Unswappable and anonymous memory together: what a memory wall must have room for. */
export const firmBytes = (load: Load): Range =>
  addRanges(load.pinnedBytes, load.anonymousBytes, daemonKernelBytes(load));
