// How often the daemon was paused, and so how long the next relief must last.
// Knows: the starts and ends of pauses. May not know: why they began.

import { LONGEST_RELIEF_DWELL_MS, RELIEF_DWELL_MS } from './guard-thresholds.ts';

/** A pause that begins within this of the last one's end is a flap; so many pauses may begin within it, and no more. */
export const FLAP_WINDOW_MS = 600_000;
const MOST_PAUSES = 3;

const LONG_AGO: number = Number.NEGATIVE_INFINITY;

/** Doubles with every flap, forgets after a calm window; allocates nothing after its making. */
export class PauseMemory {
  /** What ample must last before the pause ends, ms: 60 s to 1 h. */
  reliefMs: number = RELIEF_DWELL_MS;
  private readonly begins: Float64Array = new Float64Array(MOST_PAUSES).fill(LONG_AGO);
  private count = 0;
  private endedAtMs = LONG_AGO;

  begin(nowMs: number): void {
    const isFlap = nowMs - this.endedAtMs < FLAP_WINDOW_MS;
    this.reliefMs = isFlap ? Math.min(LONGEST_RELIEF_DWELL_MS, 2 * this.reliefMs) : RELIEF_DWELL_MS;
    this.begins[this.count % MOST_PAUSES] = nowMs;
    this.count += 1;
  }

  end(nowMs: number): void {
    this.endedAtMs = nowMs;
  }

  /** Whether a pause begun at once after now would be one too many in its window. */
  isSpent(nowMs: number): boolean {
    const oldest = this.begins[this.count % MOST_PAUSES] ?? LONG_AGO;
    return nowMs - oldest < FLAP_WINDOW_MS;
  }

  /** Time that did not count: somebody else had frozen the daemon. */
  shift(byMs: number): void {
    this.endedAtMs += byMs;
    for (let index = 0; index < MOST_PAUSES; index++)
      this.begins[index] = (this.begins[index] ?? LONG_AGO) + byMs;
  }
}
