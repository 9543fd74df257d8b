// The guard's part in a pause of the daemon's own: it lets a frozen daemon hear the request, in slices, and judges it anew.
// Knows: for how long at most. May not know: who asks the daemon, or by which means; that is the companion's.
//
//   paused --hear--> throttled, frozen at the stop band alone --answered, or the time is over--> judged again: paused, or not
//                     ^ |
//                     +-+ hear: it is on its way; five minutes in all

import { decideEvent } from '../domain/guard-decision.ts';
import { BAND_STOP } from '../domain/guard-thresholds.ts';
import { PHASES, phaseIndex, ruleIndex } from '../domain/lifecycle.ts';
import type { GuardParts } from './guard-parts.ts';

const ASKED = ruleIndex('own-pause-asked');
const TAKEN = ruleIndex('own-pause');
const THROTTLED = phaseIndex('throttled');
const PAUSED = phaseIndex('paused');

/** Syncthing 1.19 gives 40 000 watches back in 27 s when it runs freely, and in a quarter of the time so in 108. */
const LONGEST_MS = 300_000;

export class OwnPause {
  readonly #parts: Pick<GuardParts, 'judge' | 'tick'>;
  #isHearing = false;
  #longestUntilMs = 0;

  constructor(parts: Pick<GuardParts, 'judge' | 'tick'>) {
    this.#parts = parts;
  }

  /** Not against a person's word; and at the stop band nobody is thawed but to end. */
  hear(forMs: number, nowMs: number): void {
    const { judge, tick } = this.#parts;
    if (judge.isPausedByHand || judge.band >= BAND_STOP) return;
    const decision = decideEvent(PHASES[judge.phase] ?? 'ended', 'hearing-asked');
    if (decision === null && !(this.#isHearing && judge.phase === THROTTLED)) return;
    // Frozen meanwhile, it is still the same request: its time does not begin anew before as much again has passed.
    if (!this.#isHearing || nowMs >= this.#longestUntilMs + LONGEST_MS)
      this.#longestUntilMs = nowMs + LONGEST_MS;
    if (nowMs >= this.#longestUntilMs) return;
    this.#isHearing = true;
    tick.asksUntilMs = Math.min(nowMs + forMs, this.#longestUntilMs);
    if (decision === null) return;
    tick.actByCommand(phaseIndex(decision.phase), decision.actions, nowMs, ASKED);
  }

  /** The companion has its answer; `isPaused`: the daemon has paused itself. What a band asks for is done again. */
  settle(isPaused: boolean, nowMs: number): void {
    const { judge, tick } = this.#parts;
    if (this.#isHearing) tick.asksUntilMs = nowMs;
    this.#isHearing = false;
    if (isPaused && judge.phase <= PAUSED) tick.note(TAKEN, nowMs);
  }
}
