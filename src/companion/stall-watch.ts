// How long a cgroup has stood still for memory: what tells a brake that works from one that only stalls.

import { RUN_SHARE } from '../domain/duty-cycle.ts';

/**
 * PSI full 42 to 51 % with no end is what a pinned excess looked like under memory.high (Linux 6.1). Here it is looked at
 * while the daemon is throttled, and frozen tasks do not stall.
 */
const STALLED_SHARE: number = 0.4 * RUN_SHARE;
/**
 * A walk that the brake carried through stood still for 1 s at most. The guard ends a daemon after 30 s of this: a brake
 * that was lowered only here must be out of its way by then.
 */
const STALLED_MS = 10_000;

export interface StallWatch {
  /** `fullMicroseconds` of memory.pressure's full line; true: it has stood still for 10 s. A gap (null) begins anew. */
  look(nowMs: number, fullMicroseconds: number | null): boolean;
}

export function stallWatch(): StallWatch {
  let before: { atMs: number; fullMicroseconds: number } | null = null;
  let stalledSinceMs: number | null = null;
  return {
    look(nowMs, fullMicroseconds) {
      const last = before;
      before = fullMicroseconds === null ? null : { atMs: nowMs, fullMicroseconds };
      if (last === null || fullMicroseconds === null || nowMs <= last.atMs) {
        stalledSinceMs = null;
        return false;
      }
      const share = (fullMicroseconds - last.fullMicroseconds) / 1000 / (nowMs - last.atMs);
      stalledSinceMs = share >= STALLED_SHARE ? (stalledSinceMs ?? last.atMs) : null;
      return stalledSinceMs !== null && nowMs - stalledSinceMs >= STALLED_MS;
    },
  };
}
