// How long a cgroup has stood still for memory: what tells a brake that works from one that only stalls.

/** PSI full 42 to 51 % with no end is what a pinned excess looked like under memory.high (Linux 6.1). */
const STALLED_SHARE = 0.4;
/** A walk that the brake carried through stood still for 1 s at most. */
const STALLED_MS = 30_000;

export interface StallWatch {
  /** `fullMicroseconds` of memory.pressure's full line; true: it has stood still for 30 s. A gap (null) begins anew. */
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
