// What the guard does for itself while all is calm, so that there is nothing left to do when it is not.
// Knows: how often. May not know: what a tick does.

import { BAND_AMPLE, BAND_PAUSE } from '../domain/guard-thresholds.ts';
import { phaseIndex } from '../domain/lifecycle.ts';
import type { GuardParts } from './guard-parts.ts';
import { refillYoung, settleHeap } from './settled-heap.ts';

/** New members are looked at this often at most: a survey opens files. */
const SURVEY_MS = 5_000;
/** What the heap has grown into is packed and filled again. */
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
    if (judge.phase === RUNNING || judge.phase === THROTTLED)
      this.#keepHeap(nowMs, judge.band === BAND_AMPLE);
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

  /** Right after the slow start, which is when daemons fill, nothing is given back that would have to be asked for again. */
  #keepHeap(nowMs: number, isAmple: boolean): void {
    const isFirst = this.#settleAtMs === 0;
    if (!isFirst && (!isAmple || nowMs < this.#settleAtMs)) return;
    this.#settleAtMs = nowMs + SETTLE_MS;
    if (isFirst) refillYoung();
    else settleHeap();
  }
}
