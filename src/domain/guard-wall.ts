// One wall of a guarded daemon: its band, whether a stop at it is confirmed, and why.
// Knows: the rules for one row, the daemon's share in it. May not know: phases, the other walls, clocks.
//
//   stop, confirmed   second reading in the band and one of: failcnt grew or reclaim ran at the limit within 10 s, tasks
//                     wait (under_oom), pressure `full` 10 % of the last second, it rises although frozen; where none of
//                     these is counted, a second in the band
//   pinned excess     the brake held for 30 s without relief: stop, confirmed, whatever the share
//   openvz-042 dcache stop while failcnt grew within 10 s, confirmed by a second growth or by the pins; see first-rise.ts
//   others' pressure  the daemon has < 20 % of judged and < half of the growth since its start: at most pause

import { explainsGrowth, isContribution } from './contribution.ts';
import { FirstRise } from './first-rise.ts';
import { BAND_AMPLE, BAND_PAUSE, BAND_STOP, BAND_THROTTLE, BAND_WARM, powerOf } from './guard-thresholds.ts';
import { type Band, ruleIndex } from './lifecycle.ts';
import type { PlatformId } from './platform.ts';
import type { Policy } from './policy.ts';
import { priorFill } from './tick-interval.ts';
import { WallBands } from './wall-bands.ts';
import { UNCONFIRMED, type WallReading, WallSignals } from './wall-signals.ts';

const CALM = ruleIndex('calm');
const SHARE = ruleIndex('share');
const FAILCNT = ruleIndex('failcnt');
const PINNED_EXCESS = ruleIndex('pinned-excess');
const FIRST_RISE = ruleIndex('first-rise');
const CAPPED = ruleIndex('capped');
const OTHERS = ruleIndex('others');
const GAP = ruleIndex('gap');

/** The state of one wall over the run of one daemon; `look` brings every field up to date. */
export interface WallTerms {
  readonly policy: Policy;
  readonly platform: PlatformId;
  readonly admitted: number;
}

export class GuardWall {
  readonly reading: WallReading;
  readonly signals: WallSignals = new WallSignals();
  /** null: shares of this wall mean what they say. */
  readonly rise: FirstRise | null;
  /** Whether it says anything about how the daemon may run. */
  readonly isActing: boolean;
  /** The daemon's own row of the same resource, where there is one. */
  own: GuardWall | null = null;
  /** Index into BANDS, already capped by what the resource may do and by who contributes. */
  band: number = BAND_AMPLE;
  isConfirmed = false;
  isGap = false;
  contributes = true;
  /** Whether it has throttled, paused or stopped since the daemon last ran freely. */
  isInvolved = false;
  /** To be told to people, though nothing, or less, is done about it. */
  isAlarming = false;
  /** Index into RULES. */
  rule: number = CALM;
  /** What is judged; -1: a gap. */
  level = -1;
  private readonly bands: WallBands;
  private readonly power: Band;
  private readonly priorPerMs: number;
  private baseline = -1;
  private stopReadings = 0;
  private stopSinceMs = 0;
  /** The last level that was no gap; -1: none yet. */
  private knownLevel = -1;

  /** `admitted`: what the gate foresaw here, in the row's own unit. */
  constructor(reading: WallReading, { policy, platform, admitted }: WallTerms) {
    const isCached = platform === 'openvz-042' && reading.resource === 'dcachesize';
    this.reading = reading;
    this.rise = isCached && reading.source === 'beancounters' ? new FirstRise() : null;
    this.power = powerOf(reading.resource);
    this.isActing = this.power !== 'warm';
    this.bands = new WallBands(policy, this.power, admitted);
    this.priorPerMs = priorFill(reading.resource);
  }

  /** Judges the reading as it stands at `nowMs`; frozen: by us. */
  look(nowMs: number, isFrozen: boolean): void {
    const { reading, signals } = this;
    this.level = this.rise === null ? reading.judged : reading.held;
    this.isGap = this.level < 0 || reading.wall <= 0;
    if (this.isGap) {
      this.lookAtGap();
      return;
    }
    this.bands.draw(reading.wall);
    this.knownLevel = this.level;
    if (this.baseline < 0) this.begin();
    signals.look(reading, this.level, nowMs);
    if (isFrozen) signals.forgetBrake();
    this.contributes = this.isContributing();
    const band = this.ownBand(nowMs);
    this.band = this.contributes ? band : Math.min(band, BAND_PAUSE);
    const confirming = this.confirm(nowMs, isFrozen);
    this.isConfirmed = confirming !== UNCONFIRMED;
    this.rule = this.isConfirmed ? confirming : this.ruleFor(band);
    this.isAlarming = this.rule === OTHERS || this.rule === CAPPED;
  }

  /** Neither relief nor danger: what a wall led to stays, and nothing follows from it. */
  private lookAtGap(): void {
    this.signals.forget();
    this.band = BAND_WARM;
    this.isConfirmed = false;
    this.stopReadings = 0;
    this.rule = GAP;
    this.isAlarming = this.isInvolved;
  }

  adopt(policy: Policy): void {
    this.bands.adopt(policy);
  }

  private begin(): void {
    this.baseline = this.level;
    this.rise?.begin(this.reading.maxheld, this.reading.held, this.reading.wall);
  }

  private ownBand(nowMs: number): number {
    const band = this.bands.bandOf(this.level);
    if (this.rise !== null) {
      this.rise.look(band, this.signals.hasJustFailed);
      if (this.signals.hasFailedLately(nowMs)) return BAND_STOP;
      return this.rise.hasBands() ? band : BAND_AMPLE;
    }
    return this.power === 'stop' && this.signals.isBrakeStuck(nowMs) ? BAND_STOP : band;
  }

  private isContributing(): boolean {
    const { own, rise, level } = this;
    if (!this.reading.isShared) return true;
    const growth = level - this.baseline;
    if (own !== null && !own.isGap)
      return isContribution(own.level, level) || explainsGrowth(own.level - own.baseline, growth);
    // Without a row of its own, its pins where they were counted, else all growth since its start is taken for its own.
    const mine = rise !== null && rise.pins >= 0 ? rise.pins : growth;
    return isContribution(mine, level);
  }

  /** Counts readings in the stop band and looks for the second signal. */
  private confirm(nowMs: number, isFrozen: boolean): number {
    if (this.band !== BAND_STOP) {
      this.stopReadings = 0;
      return UNCONFIRMED;
    }
    if (this.stopReadings === 0) this.stopSinceMs = nowMs;
    this.stopReadings += 1;
    const { rise, signals } = this;
    if (rise !== null) {
      const isPinned = signals.failures >= 2 || rise.state === 'pinned';
      return isPinned && signals.hasFailedLately(nowMs) ? FAILCNT : UNCONFIRMED;
    }
    if (signals.isBrakeStuck(nowMs)) return PINNED_EXCESS;
    return this.stopReadings >= 2 ? signals.confirmation(this.stopSinceMs, nowMs, isFrozen) : UNCONFIRMED;
  }

  /** Why the band is what it is, where no second signal says so. */
  private ruleFor(bandUncapped: number): number {
    if (bandUncapped > this.band) return OTHERS;
    if (this.power !== 'stop' && this.isToldOf()) return CAPPED;
    if (this.band < BAND_THROTTLE) return CALM;
    if (this.rise === null) return SHARE;
    return this.rise.state === 'cache' || this.signals.failures > 0 ? FAILCNT : FIRST_RISE;
  }

  /** A wall that may do less than stop is told of where another would act, and when it fails. */
  private isToldOf(): boolean {
    return (
      this.signals.hasJustFailed || this.bands.uncappedBandOf(this.level) > Math.max(this.band, BAND_WARM)
    );
  }

  /** Whether time may turn a pause at this wall into a stop: not where others press, or where ending it frees nothing. */
  get mayStop(): boolean {
    return this.power === 'stop' && this.contributes && !this.isGap;
  }

  /** Share of the wall, 0 and more; a gap is beyond all of them. */
  get share(): number {
    return this.isGap ? Number.POSITIVE_INFINITY : this.level / this.bands.wall;
  }

  /** What is left of the wall, 1 to 0; -1: a gap; Infinity: nothing that a slow start could watch. */
  get headroomShare(): number {
    const isWatched = this.power === 'stop' && (this.rise === null || this.rise.hasBands());
    if (!isWatched || this.bands.wall === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return this.isGap ? -1 : Math.max(0, 1 - this.share);
  }

  /**
   * Until the wall at the fastest fill seen, or to be expected before one was; Infinity: it sets no pace. A gap keeps the
   * pace it came at: one read that fails near a wall would else be followed by a second without a look.
   */
  get toWallMs(): number {
    if (this.knownLevel < 0 || this.priorPerMs === 0) return Number.POSITIVE_INFINITY;
    const headroom = Math.max(0, this.bands.wall - this.knownLevel);
    return headroom / Math.max(this.priorPerMs, this.signals.fillPerMs);
  }

  /** A new phase: trends begin anew; one that runs freely owes nothing to this wall. */
  enter(isFree: boolean, nowMs: number): void {
    this.signals.anchor(nowMs);
    if (isFree) this.isInvolved = false;
  }

  /** Time that did not count: somebody else had frozen the daemon. */
  shift(byMs: number): void {
    this.signals.shift(byMs);
    this.stopSinceMs += byMs;
  }
}
