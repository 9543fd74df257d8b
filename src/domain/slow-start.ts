// The first seconds of a daemon, in slices that grow only while each costs little of the headroom.
// Knows: its slices and what the headroom was before each. May not know: walls, how a daemon is frozen.
//
//   running --slice is over, or took a quarter of the headroom--> resting --one look--> running with the next slice
//   the next slice: doubled where the last cost < 1/8 of the headroom, halved where it cost > 1/4
//   over: 3 s run in slices of 500 ms and more (a quiet daemon is there 5 s after its last dear slice); or 5 min in all
//
// A daemon can pin 148 MB/s: 20 ms are 3 MB, the whole of a small container's dcachesize. Free running begins only after
// its own speed was seen.

const FIRST_SLICE_MS = 20;
const SHORTEST_SLICE_MS = 5;
const LONGEST_SLICE_MS = 1000;
/** Frozen for one look: charges of a stopped task are in the counters when it has stopped. */
const REST_MS = 5;

const CHEAP_SHARE = 1 / 8;
const DEAR_SHARE = 1 / 4;

const FAST_SLICE_MS = 500;
const FAST_RUN_MS = 3000;
/** The bands guard from then on: a daemon that still grows is no longer starting. */
const LONGEST_MS = 300_000;

/** `headroom` is a number in any one unit throughout: Infinity, no wall; below 0, a gap, which changes no slice. */
export class SlowStart {
  /** Whether the daemon is to be frozen now. */
  isResting = false;
  isOver = false;
  /** When to step next, ms of the caller's clock; Infinity once over. */
  nextAtMs: number;
  sliceMs: number = FIRST_SLICE_MS;
  private readonly beganAtMs: number;
  private sliceAtMs: number;
  private before: number;
  private fastMs = 0;

  constructor(nowMs: number, headroom: number) {
    this.beganAtMs = nowMs;
    this.sliceAtMs = nowMs;
    this.before = headroom;
    this.nextAtMs = nowMs + FIRST_SLICE_MS;
  }

  /** Brings isResting and isOver up to date; to be called with every look, and at nextAtMs at the latest. */
  step(nowMs: number, headroom: number): void {
    if (this.isOver) return;
    if (this.isResting) {
      if (nowMs >= this.nextAtMs) this.beginSlice(nowMs, headroom);
    } else if (nowMs >= this.nextAtMs || this.costShare(headroom) > DEAR_SHARE) this.endSlice(nowMs);
  }

  private endSlice(nowMs: number): void {
    if (this.sliceMs >= FAST_SLICE_MS) this.fastMs += nowMs - this.sliceAtMs;
    this.isResting = true;
    this.nextAtMs = nowMs + REST_MS;
  }

  private beginSlice(nowMs: number, headroom: number): void {
    this.sliceMs = this.nextSliceMs(headroom);
    this.isResting = false;
    this.sliceAtMs = nowMs;
    this.before = headroom;
    this.nextAtMs = nowMs + this.sliceMs;
    if (this.fastMs < FAST_RUN_MS && nowMs - this.beganAtMs < LONGEST_MS) return;
    this.isOver = true;
    this.nextAtMs = Number.POSITIVE_INFINITY;
  }

  /** What the slice took of the headroom before it; 0 where either is not known. */
  private costShare(headroom: number): number {
    if (this.before < 0 || headroom < 0 || this.before === Number.POSITIVE_INFINITY) return 0;
    return (this.before - headroom) / Math.max(this.before, Number.MIN_VALUE);
  }

  private nextSliceMs(headroom: number): number {
    if (this.before < 0 || headroom < 0) return this.sliceMs;
    const cost = this.costShare(headroom);
    // At the wall itself there is nothing left to cost.
    if (cost > DEAR_SHARE || headroom === 0) return Math.max(SHORTEST_SLICE_MS, this.sliceMs / 2);
    return cost < CHEAP_SHARE ? Math.min(LONGEST_SLICE_MS, this.sliceMs * 2) : this.sliceMs;
  }
}
