// How long the daemon has been in its phase, and whether that is long enough to leave it.
// Knows: the dwell table, pauses by hand, earlier pauses. May not know: walls.

import { BAND_AMPLE, BAND_STOP, dwellMs, NEVER } from './guard-thresholds.ts';
import { BANDS, PHASES, phaseIndex } from './lifecycle.ts';
import { PauseMemory } from './pause-memory.ts';

const STARTING = phaseIndex('starting');
const THROTTLED = phaseIndex('throttled');
const PAUSED = phaseIndex('paused');

const LONG_AGO: number = Number.NEGATIVE_INFINITY;
const NOT_NOW: number = Number.POSITIVE_INFINITY;

/** The phase and its dwell; from `starting`, which is left by an event alone. */
export class PhaseClock {
  /** Index into PHASES. */
  phase: number = STARTING;
  /** What TERM is given before KILL, ms. */
  graceMs: number;
  isTermSafe: boolean;
  /** A pause was found to be for nothing: it ends as soon as all is ample. */
  isCleared = false;
  private readonly pauses: PauseMemory = new PauseMemory();
  private sinceMs = LONG_AGO;
  private ampleSinceMs = NOT_NOW;
  private stopSinceMs = NOT_NOW;
  private pausedUntilMs = LONG_AGO;

  constructor(graceMs: number, isTermSafe: boolean) {
    this.graceMs = graceMs;
    this.isTermSafe = isTermSafe;
  }

  /** What ample must last before a pause ends, ms. */
  get reliefMs(): number {
    return this.pauses.reliefMs;
  }

  /** Paused on a person's word. */
  get isByHand(): boolean {
    return this.pausedUntilMs !== LONG_AGO;
  }

  /** Also for a phase that repeats its act: its dwell begins anew. */
  enter(phase: number, nowMs: number): void {
    const wasPaused = this.phase === PAUSED;
    if (phase === PAUSED && !wasPaused && !this.isByHand) this.pauses.begin(nowMs);
    if (wasPaused && phase !== PAUSED && !this.isByHand) this.pauses.end(nowMs);
    if (phase !== PAUSED) this.pausedUntilMs = LONG_AGO;
    this.phase = phase;
    this.sinceMs = nowMs;
    this.isCleared = false;
  }

  /** Called before `enter` by who pauses on a person's word; Infinity: until told otherwise. */
  pauseByHand(untilMs: number): void {
    this.pausedUntilMs = untilMs;
  }

  /** Notes the band of this look, so that relief, and the stop band, are counted without a break. */
  note(band: number, nowMs: number): void {
    if (band !== BAND_STOP) this.stopSinceMs = NOT_NOW;
    else if (this.stopSinceMs === NOT_NOW) this.stopSinceMs = nowMs;
    if (band !== BAND_AMPLE) this.ampleSinceMs = NOT_NOW;
    else if (this.ampleSinceMs === NOT_NOW) this.ampleSinceMs = nowMs;
  }

  /** `mayStop`: whether time may turn a pause into a stop at the wall that binds. */
  hasDwelt(band: number, nowMs: number, mayStop: boolean): boolean {
    const dwell = dwellMs(PHASES[this.phase] ?? 'ended', BANDS[band] ?? 'warm', this);
    if (dwell === NEVER) return false;
    const isAmple = band === BAND_AMPLE;
    if (this.phase === PAUSED)
      return isAmple ? this.isRelieved(dwell, nowMs) : mayStop && this.isOverdue(band, dwell, nowMs);
    const isRelief = isAmple && this.phase === THROTTLED;
    return nowMs - (isRelief ? Math.max(this.ampleSinceMs, this.sinceMs) : this.sinceMs) >= dwell;
  }

  private isRelieved(dwell: number, nowMs: number): boolean {
    if (this.isByHand) return nowMs >= this.pausedUntilMs;
    if (this.isCleared) return true;
    return nowMs - Math.max(this.ampleSinceMs, this.sinceMs) >= dwell && !this.pauses.isSpent(nowMs);
  }

  /** The stop band must last to count for more than any other; a pause as a whole does not last longer for it. */
  private isOverdue(band: number, dwell: number, nowMs: number): boolean {
    const beganMs = Math.max(this.sinceMs, this.pausedUntilMs);
    const isOver = nowMs - beganMs >= dwellMs('paused', 'warm', this);
    return isOver || (band === BAND_STOP && nowMs - Math.max(beganMs, this.stopSinceMs) >= dwell);
  }

  /** Time that did not count: somebody else had frozen the daemon. */
  shift(byMs: number): void {
    this.sinceMs += byMs;
    this.ampleSinceMs += byMs;
    this.stopSinceMs += byMs;
    this.pausedUntilMs += byMs;
    this.pauses.shift(byMs);
  }
}
