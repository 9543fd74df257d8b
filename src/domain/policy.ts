// The thresholds every judgement uses, and what each resource may lead to.

import type { ResourceName } from './resource.ts';
import { MiB } from './units.ts';

/** Shares of a wall, 0 to 1. */
export interface Policy {
  readonly throttleAt: number;
  readonly pauseAt: number;
  readonly stopAt: number;
}

/** Precedent: systemd-oomd acts at 90 % of swap, netdata warns at 80 and is critical at 90 to 98 of a cgroup's memory. */
export const DEFAULT_POLICY: Policy = { throttleAt: 0.85, pauseAt: 0.9, stopAt: 0.95 };

/**
 * Freed dentries and inodes return only after a grace period: with less than about 16 MiB free a plain walk was
 * OOM-killed (cgroup v1, Linux 6.18; 1 run in 2 at 10 MB of headroom, none at 26 MB).
 */
const MEMORY_MARGIN_BYTES: number = 16 * MiB;
const MEMORY_MARGIN_SHARE = 0.1;

/** Bytes of a memory wall that stay free whatever the percentages say. */
export const memoryMarginBytes = (wallBytes: number): number =>
  Math.max(MEMORY_MARGIN_BYTES, wallBytes * MEMORY_MARGIN_SHARE);

/**
 * The same in a room that is the daemon's alone: no more than it touches can be on its way back. Without what it touches the
 * room may be filled, less a tenth for what it reads and runs.
 */
export const roomMarginBytes = (roomBytes: number, touchedBytes: number): number =>
  Math.max(roomBytes * MEMORY_MARGIN_SHARE, Math.min(MEMORY_MARGIN_BYTES, touchedBytes));

/** The rows that RAM stands behind: the margin and the brake rule hold for these. */
export const isMemoryWall = (name: ResourceName): boolean => name === 'memory' || name === 'physpages';
