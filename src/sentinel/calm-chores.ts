// What the guard does for itself while all is calm, so that there is nothing left to do when it is not.
// Knows: how often. May not know: what a tick does.

import { BAND_AMPLE, BAND_PAUSE } from '../domain/guard-thresholds.ts';
import { phaseIndex } from '../domain/lifecycle.ts';
import type { GuardParts } from './guard-parts.ts';
import { settleHeap } from './settled-heap.ts';

/** New members are looked at this often at most: a survey opens files. */
const SURVEY_MS = 5_000;
/** What the heap has grown into is filled again: once after the slow start, and then so often; a chore of 10 to 20 ms. */
const SETTLE_MS = 3_600_000;
const RUNNING = phaseIndex('running');
const THROTTLED = phaseIndex('throttled');

export class CalmChores {
  readonly #parts: GuardParts;
  #surveyedMs = 0;
  #surveyedCount = -1;
  #settleAtMs = 0;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  look(nowMs: number): void {
    const { judge } = this.#parts;
    if (judge.band >= BAND_PAUSE) return;
    this.#survey(nowMs);
    // What a slow start leaves also where it led right into the throttle, since what comes next is the pause.
    const isDue = judge.band === BAND_AMPLE || this.#settleAtMs === 0;
    if (isDue && (judge.phase === RUNNING || judge.phase === THROTTLED)) this.#settle(nowMs);
  }

  /** Who leads is found only when somebody came or went: files are opened, and lists made. */
  #survey(nowMs: number): void {
    const { hold, grip, will } = this.#parts;
    const isCgroup = grip.kind !== 'signals';
    if (nowMs - this.#surveyedMs < SURVEY_MS || (isCgroup && hold.memberCount === this.#surveyedCount))
      return;
    this.#surveyedMs = nowMs;
    this.#surveyedCount = hold.memberCount;
    grip.survey();
    will.keeper?.setMembers(grip.members());
  }

  #settle(nowMs: number): void {
    if (nowMs < this.#settleAtMs) return;
    this.#settleAtMs = nowMs + SETTLE_MS;
    settleHeap();
  }
}
