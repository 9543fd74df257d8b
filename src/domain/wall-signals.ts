// What one wall's readings say over time: does it rise, did it fail, does the brake hold, how fast does it fill.
// Knows: two readings of one row and the time between them. May not know: bands, phases, other walls.
// Fields are overwritten in place: the tick makes no object.

import { type Rule, ruleIndex } from './lifecycle.ts';
import type { ResourceName, ResourceSource } from './resource.ts';

/** One wall as it is read now, every number in the row's own unit; -1 is a gap, a wall of Infinity is none. */
export interface WallReading {
  readonly resource: ResourceName;
  readonly source: ResourceSource;
  /** Whether others than the daemon are charged here. */
  readonly isShared: boolean;
  readonly wall: number;
  /** What reclaim cannot give back; where that is a range, its low end. */
  readonly judged: number;
  readonly held: number;
  readonly maxheld: number;
  readonly failcnt: number;
  readonly hits: number;
  readonly underOom: number;
  readonly stallMicroseconds: number;
}

/** Rates and shares are taken over this: a shorter look at `full` pressure is all or nothing. */
const WINDOW_MS = 1000;
/** A second signal counts this long. */
const SIGNAL_MS = 10_000;
/** Failures so far apart belong together. */
const FAILURES_MS = 600_000;
/** Growth below this share of the wall in a window is noise: per-CPU charges alone are 64 pages a processor (Linux 6.x). */
const NOISE_SHARE = 1 / 1024;
/** All tasks waiting for so much of a window confirms a stop. */
const STALLED_SHARE = 0.1;
/** A brake on pinned memory: pressure stood at 42 to 51 % of time and never ended. */
const BRAKE_STALL_SHARE = 0.4;
const BRAKE_HELD_MS = 30_000;
/** Where nothing counts failures, the stop band itself must last. */
const STOP_LASTS_MS = 1000;

const LONG_AGO: number = Number.NEGATIVE_INFINITY;
const NONE = -1;

/** No confirmation. */
export const UNCONFIRMED: number = ruleIndex('calm');
const ruleOf = (rule: Rule): number => ruleIndex(rule);
const FAILCNT = ruleOf('failcnt');
const UNDER_OOM = ruleOf('under-oom');
const HITS = ruleOf('hits');
const STALL = ruleOf('stall');
const RISES = ruleOf('rises-while-paused');
const LASTS = ruleOf('stop-lasts');

/** What a wall's readings say over time; `look` brings it up to date. */
export class WallSignals {
  /** Grew by more than noise over the last whole window. */
  isRising = false;
  /** Failures counted at this very look. */
  hasJustFailed = false;
  /** Looks at which failures had been counted, in the last ten minutes. */
  failures = 0;
  /** The fastest growth seen, in the row's unit per ms. */
  fillPerMs = 0;
  private failcnt = NONE;
  private failedAtMs = LONG_AGO;
  private hits = NONE;
  private hitAtMs = LONG_AGO;
  private underOom = NONE;
  private level = NONE;
  private lookedAtMs = LONG_AGO;
  private brakeSinceMs = Number.POSITIVE_INFINITY;
  private anchorMs = LONG_AGO;
  private anchorLevel = NONE;
  private anchorStall = NONE;
  private stall = NONE;
  /** Share of the time in which the daemon may run: frozen tasks do not stall. */
  runShare = 1;
  private stallShare = NONE;

  /** `level` is what is judged of the reading; not for gaps. */
  look(reading: WallReading, level: number, nowMs: number): void {
    this.countFailures(reading.failcnt, nowMs);
    if (reading.hits > this.hits && this.hits !== NONE) this.hitAtMs = nowMs;
    if (reading.hits !== NONE) this.hits = reading.hits;
    this.underOom = reading.underOom;
    if (nowMs > this.lookedAtMs && this.level !== NONE)
      this.fillPerMs = Math.max(this.fillPerMs, (level - this.level) / (nowMs - this.lookedAtMs));
    this.level = level;
    this.lookedAtMs = nowMs;
    this.stall = reading.stallMicroseconds;
    this.followTrend(reading.wall, nowMs);
    this.followBrake(nowMs);
  }

  private countFailures(failcnt: number, nowMs: number): void {
    this.hasJustFailed = failcnt > this.failcnt && this.failcnt !== NONE;
    if (failcnt !== NONE) this.failcnt = failcnt;
    if (nowMs - this.failedAtMs > FAILURES_MS) this.failures = 0;
    if (!this.hasJustFailed) return;
    this.failures += 1;
    this.failedAtMs = nowMs;
  }

  private followTrend(wall: number, nowMs: number): void {
    const windowMs = nowMs - this.anchorMs;
    if (windowMs < WINDOW_MS) return;
    const isFirst = this.anchorMs === LONG_AGO;
    const isStallKnown = !isFirst && this.anchorStall !== NONE && this.stall !== NONE;
    this.stallShare = isStallKnown ? (this.stall - this.anchorStall) / 1000 / windowMs : NONE;
    const hasRisen = !isFirst && this.level > this.anchorLevel + wall * NOISE_SHARE;
    this.anchor(nowMs);
    this.isRising = hasRisen;
  }

  /** A new window, as with every new phase: what grew before it says nothing about what grows in it. */
  anchor(nowMs: number): void {
    this.anchorLevel = this.level;
    this.anchorStall = this.stall;
    this.anchorMs = nowMs;
    this.isRising = false;
  }

  /** v1 says at every look whether tasks wait; v2 is told by pressure together with reclaim at the brake. */
  private followBrake(nowMs: number): void {
    const isHeld =
      this.underOom === NONE
        ? this.stallShare >= BRAKE_STALL_SHARE * this.runShare && nowMs - this.hitAtMs <= 2 * WINDOW_MS
        : this.underOom > 0;
    if (!isHeld) this.brakeSinceMs = Number.POSITIVE_INFINITY;
    else if (nowMs < this.brakeSinceMs) this.brakeSinceMs = nowMs;
  }

  /** A frozen daemon relieves no brake: its time under one does not count. */
  forgetBrake(): void {
    this.brakeSinceMs = Number.POSITIVE_INFINITY;
  }

  /** The brake is held so long without relief that the excess must be pinned. */
  isBrakeStuck(nowMs: number): boolean {
    return nowMs - this.brakeSinceMs >= BRAKE_HELD_MS;
  }

  hasFailedLately(nowMs: number): boolean {
    return nowMs - this.failedAtMs <= SIGNAL_MS;
  }

  /** The rule that confirms a stop band entered at `sinceMs`, or UNCONFIRMED. */
  confirmation(sinceMs: number, nowMs: number, isFrozen: boolean): number {
    if (this.hasFailedLately(nowMs)) return FAILCNT;
    if (this.underOom > 0) return UNDER_OOM;
    if (nowMs - this.hitAtMs <= SIGNAL_MS) return HITS;
    if (this.stallShare >= STALLED_SHARE) return STALL;
    if (isFrozen && this.isRising) return RISES;
    return !this.hasCounters() && nowMs - sinceMs >= STOP_LASTS_MS ? LASTS : UNCONFIRMED;
  }

  private hasCounters(): boolean {
    return Math.max(this.failcnt, this.hits, this.underOom, this.stall) !== NONE;
  }

  /** A gap breaks every trend: what grew meanwhile is not known. */
  forget(): void {
    this.isRising = false;
    this.hasJustFailed = false;
    this.stallShare = NONE;
    this.level = NONE;
    this.stall = NONE;
    this.anchorMs = LONG_AGO;
    this.forgetBrake();
  }

  /** Time that did not count: somebody else had frozen the daemon. */
  shift(byMs: number): void {
    this.failedAtMs += byMs;
    this.hitAtMs += byMs;
    this.lookedAtMs += byMs;
    this.anchorMs += byMs;
    this.brakeSinceMs += byMs;
  }
}
