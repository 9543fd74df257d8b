// The daemon in the guard's hand: which of the table's acts are in force, and the slices of slow start and duty cycle, which
// freeze and thaw between two acts. Knows: the grip, and the clock it is given. May not know: walls, bands, why.

import type { GraceRoom } from '../actuators/grace-room.ts';
import type { Grip } from '../actuators/grip.ts';
import { DutyCycle } from '../domain/duty-cycle.ts';
import { ACTIONS } from '../domain/lifecycle.ts';
import { SlowStart } from '../domain/slow-start.ts';

const { FREEZE, THAW, THROTTLE, UNTHROTTLE, TERM, KILL } = ACTIONS;

export interface HoldRequest {
  readonly grip: Grip;
  readonly grace: GraceRoom | null;
  /** false: it serves a mount, or lets people in; it may only be ended. */
  readonly mayFreeze: boolean;
}

export class Hold {
  readonly mayFreeze: boolean;
  /** Members at the last tick; -1: they could not be read. */
  memberCount = -1;
  readonly #grip: Grip;
  readonly #grace: GraceRoom | null;
  readonly #duty: DutyCycle = new DutyCycle();
  /** null: not begun, or over. */
  #slowStart: SlowStart | null = null;
  #isPaused = false;
  #isEnding = false;
  /** As last asked of the grip. */
  #isFrozen = false;

  constructor({ grip, grace, mayFreeze }: HoldRequest) {
    this.#grip = grip;
    this.#grace = grace;
    this.mayFreeze = mayFreeze;
  }

  /** Frozen until the next step, which knows whether it shall be; false: it may not be, or was not taken. */
  stand(): boolean {
    return this.mayFreeze && !this.#isEnding && this.#grip.freeze();
  }

  refresh(): void {
    this.memberCount = this.#grip.refresh();
  }

  isFrozenByOthers(): boolean {
    return this.#grip.isFrozenByOthers();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The daemon is let go in slices from now on; `headroom` as in step. */
  beginSlowStart(nowMs: number, headroom: number): void {
    this.#slowStart = new SlowStart(nowMs, headroom);
  }

  /** true once, when the slices of the slow start have ended. */
  takeSlowStartEnd(): boolean {
    if (this.#slowStart?.isOver !== true) return false;
    this.#slowStart = null;
    return true;
  }

  /** When the next slice begins or ends, ms of the caller's clock; Infinity: none does. */
  get nextAtMs(): number {
    return Math.min(this.#duty.nextAtMs, this.#slowStart?.nextAtMs ?? Number.POSITIVE_INFINITY);
  }

  /** `actions` are bits of ACTIONS, 0: nothing. false: it was not taken, and `step` asks for it again. */
  carryOut(actions: number, nowMs: number): boolean {
    if ((actions & UNTHROTTLE) !== 0) this.#duty.end();
    if ((actions & THROTTLE) !== 0) this.#duty.begin(nowMs);
    if ((actions & THAW) !== 0) this.#isPaused = false;
    if ((actions & FREEZE) !== 0) this.#pause();
    if ((actions & (TERM | KILL)) !== 0) this.#letGo();
    if ((actions & TERM) !== 0) this.#terminate();
    if ((actions & KILL) !== 0) return this.#grip.kill();
    return this.#apply();
  }

  /** Who has been paused has shown itself: afterwards the bands guard, not the slices. */
  #pause(): void {
    this.#isPaused = true;
    this.#slowStart = null;
  }

  #terminate(): void {
    this.#grace?.open();
    this.#grip.terminate();
  }

  /** Nothing is frozen again that was told to end. */
  #letGo(): void {
    this.#isEnding = true;
    this.#isPaused = false;
    this.#isFrozen = false;
    this.#slowStart = null;
    this.#duty.end();
  }

  /** Everything goes on, and nothing is frozen again; false: it was not taken. */
  release(): boolean {
    this.#letGo();
    return this.#grip.thaw();
  }

  /** Slices; `headroom` is the nearest wall's free share, 0 to 1; Infinity: no wall, below 0: unknown. */
  step(nowMs: number, headroom: number): void {
    this.#duty.step(nowMs);
    this.#slowStart?.step(nowMs, headroom);
    this.#apply();
  }

  #apply(): boolean {
    const shallFreeze =
      this.mayFreeze &&
      !this.#isEnding &&
      (this.#isPaused || this.#duty.isResting || this.#slowStart?.isResting === true);
    // A thaw of what is not frozen does nothing, and keeps the way to the act walked on every calm tick.
    const isTaken = shallFreeze ? this.#isFrozen || this.#grip.freeze() : this.#grip.thaw();
    this.#isFrozen = shallFreeze && isTaken;
    return isTaken;
  }
}
