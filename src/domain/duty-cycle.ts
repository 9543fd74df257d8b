// The throttle that needs no knob of the daemon's: it runs a part of the time.
// Knows: its two spans. May not know: how a daemon is frozen, or why it is throttled.

/**
 * Measured on Syncthing 1.19, first scan of 50 000 files: 81.9 s instead of 18.4 s (4.45 times as long), 200 freezes, no
 * crash.
 */
export const REST_MS = 300;
export const RUN_MS = 100;
/** Of the time a throttled daemon runs, and so can wait for memory at all. */
export const RUN_SHARE: number = RUN_MS / (RUN_MS + REST_MS);

/** Off until begun; the daemon runs first, so that what it was told just now is heard. */
export class DutyCycle {
  /** Whether the daemon is to be frozen now. */
  isResting = false;
  /** When that changes, ms of the caller's clock; Infinity while off. */
  nextAtMs: number = Number.POSITIVE_INFINITY;

  begin(nowMs: number): void {
    this.isResting = false;
    this.nextAtMs = nowMs + RUN_MS;
  }

  end(): void {
    this.isResting = false;
    this.nextAtMs = Number.POSITIVE_INFINITY;
  }

  /** Brings isResting up to date. A late step shortens nothing: the next span is counted from now. */
  step(nowMs: number): void {
    if (nowMs < this.nextAtMs) return;
    this.isResting = !this.isResting;
    this.nextAtMs = nowMs + (this.isResting ? REST_MS : RUN_MS);
  }
}
