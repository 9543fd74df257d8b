// From readings to the table's five inputs, and to the next sleep.
// Knows: all walls of one daemon, the phase it is in and since when. May not know: how a reading is read, how an act is done.
// Everything is a field that is overwritten in place: a tick reads, observes, looks up, acts, and makes no object.
//
//   readings --GuardWall.look--> band, confirmed, rising of each wall
//            --the harshest acting wall binds--> phase x band x rising x dwelt x confirmed --policy-table--> phase, actions
//                                                  ^                                                          |
//                                                  +----------------------------- enter ----------------------+
//
// `warm` holds a pause or a brake only at walls that led to it: a disk at 80 % for years may not keep a daemon frozen that
// was paused for its memory.

import { RUN_SHARE } from './duty-cycle.ts';
import { TAKES_ANY, takenEnds } from './end-terms.ts';
import { BAND_AMPLE, BAND_THROTTLE, BAND_WARM, STOP_GRACE_MS } from './guard-thresholds.ts';
import { GuardWall } from './guard-wall.ts';
import type { JudgeRequest, JudgeTerms } from './judge-request.ts';
import { phaseIndex, ruleIndex } from './lifecycle.ts';
import { PhaseClock } from './phase-clock.ts';
import { FLAG_CONFIRMED, FLAG_DWELT, FLAG_RISING, TAKES_TERM } from './policy-table.ts';

const RUNNING = phaseIndex('running');
const THROTTLED = phaseIndex('throttled');
const PAUSED = phaseIndex('paused');
const STOPPING = phaseIndex('stopping');

const CALM = ruleIndex('calm');
const CACHE = ruleIndex('cache');
const RELIEF = ruleIndex('relief');
const PAUSE_OVER = ruleIndex('pause-over');
const GRACE_OVER = ruleIndex('grace-over');
const END_PUT_OFF = ruleIndex('end-put-off');

/** Trouble that nothing is done about is told again after this long. */
const TOLD_AGAIN_MS = 1_800_000;
const LONG_AGO: number = Number.NEGATIVE_INFINITY;
const NONE = -1;

/** The judge of one start of a daemon, from `starting` on; time is monotonic and in ms. */
export class Judge {
  /** In the order of the request. */
  readonly walls: readonly GuardWall[];
  /** Index into BANDS: the harshest of the acting walls. */
  band: number = BAND_AMPLE;
  /** FLAG_RISING, FLAG_DWELT, FLAG_CONFIRMED: the rest of the table's index. */
  flags = 0;
  /** TAKES_TERM, TAKES_KILL: the daemon's own part of that index. */
  ends: number;
  /** The wall that binds, as an index into `walls`; -1: none acts. */
  wallIndex: number = NONE;
  /** Index into RULES: why the band is what it is, or why the phase may be left. */
  rule: number = CALM;
  /** Whether the binding wall may end the daemon: not where others press, nor where that would free nothing. */
  mayStop = false;
  /** Whether the daemon is among those who fill the binding wall. */
  contributes = false;
  /** A wall to tell people of now, though the table does nothing about it; -1: none. */
  alertIndex: number = NONE;
  /** Time to the nearest wall of memory at its fastest fill, ms. */
  toWallMs: number = Number.POSITIVE_INFINITY;
  /** The least of what is left of any wall that may stop, 1 to 0, for the slow start; -1: a gap; Infinity: no wall. */
  headroomShare: number = Number.POSITIVE_INFINITY;
  /** openvz-042: the wall at which the daemon's pins (watches and open files, in its unit) are asked for; -1: none. */
  asksPinsAt: number = NONE;
  private readonly clock: PhaseClock;
  private readonly toldAtMs: Float64Array;
  private actedIndex: number = NONE;
  private isPutOffTold = false;

  constructor({ walls, policy, platform, graceMs, ends = TAKES_ANY, admitted = [] }: JudgeRequest) {
    this.walls = walls.map(
      (reading, index) => new GuardWall(reading, { policy, platform, admitted: admitted[index] ?? 0 }),
    );
    for (const wall of this.walls) wall.own = this.ownRowOf(wall);
    this.clock = new PhaseClock(graceMs ?? STOP_GRACE_MS, ends.isTermSafe);
    this.ends = takenEnds(ends);
    this.toldAtMs = new Float64Array(walls.length).fill(LONG_AGO);
  }

  private ownRowOf({ reading }: GuardWall): GuardWall | null {
    if (!reading.isShared) return null;
    const isOwn = (other: GuardWall): boolean =>
      !other.reading.isShared && other.reading.resource === reading.resource;
    return this.walls.find(isOwn) ?? null;
  }

  /** Index into PHASES. */
  get phase(): number {
    return this.clock.phase;
  }

  /** Whether it is a person's word that keeps it paused. */
  get isPausedByHand(): boolean {
    return this.clock.isByHand;
  }

  /** Judges all readings as they stand; the fields above are its answer. */
  observe(nowMs: number): void {
    this.lookAtWalls(nowMs);
    this.clock.note(this.band, nowMs);
    const binding = this.walls[this.wallIndex];
    const isRising = this.band === BAND_AMPLE ? this.isAnyRising() : binding?.signals.isRising === true;
    this.mayStop = binding?.mayStop === true;
    this.contributes = binding?.contributes === true;
    const hasDwelt = this.clock.hasDwelt(this.band, nowMs, this.mayStop);
    const isConfirmed = binding?.isConfirmed === true;
    this.flags =
      (isRising ? FLAG_RISING : 0) | (hasDwelt ? FLAG_DWELT : 0) | (isConfirmed ? FLAG_CONFIRMED : 0);
    this.rule =
      hasDwelt && !(isRising && this.band === BAND_AMPLE) ? this.dwellRule() : (binding?.rule ?? CALM);
    if (isConfirmed && !(isRising || hasDwelt)) this.notePutOff();
  }

  /** What would end another daemon keeps this one paused: told once a pause. */
  private notePutOff(): void {
    if (this.phase !== PAUSED || (this.ends & TAKES_TERM) !== 0) return;
    this.rule = END_PUT_OFF;
    if (!this.isPutOffTold) this.alertIndex = this.wallIndex;
    this.isPutOffTold = true;
  }

  private lookAtWalls(nowMs: number): void {
    this.band = BAND_AMPLE;
    this.wallIndex = NONE;
    this.alertIndex = NONE;
    this.asksPinsAt = NONE;
    this.toWallMs = Number.POSITIVE_INFINITY;
    this.headroomShare = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.walls.length; index++) this.lookAt(index, nowMs);
    // What is over is told of the wall that began it.
    if (this.band === BAND_AMPLE && this.actedIndex !== NONE) this.wallIndex = this.actedIndex;
  }

  private lookAt(index: number, nowMs: number): void {
    const wall = this.walls[index];
    if (wall === undefined) return;
    wall.signals.runShare = this.phase === THROTTLED ? RUN_SHARE : 1;
    wall.look(nowMs, this.phase === PAUSED);
    if (wall.isActing) this.weigh(wall, index);
    if (wall.toWallMs < this.toWallMs) this.toWallMs = wall.toWallMs;
    if (wall.headroomShare < this.headroomShare) this.headroomShare = wall.headroomShare;
    if (wall.rise?.state === 'asking') this.asksPinsAt = index;
    if (wall.isAlarming) this.tellOf(index, nowMs);
  }

  /** Keeps the harshest: by band, then confirmed before not, then the nearest to its wall. */
  private weigh(wall: GuardWall, index: number): void {
    if (wall.band >= BAND_THROTTLE) wall.isInvolved = true;
    const band = wall.band === BAND_WARM && !wall.isInvolved ? BAND_AMPLE : wall.band;
    const best = this.walls[this.wallIndex];
    const isHarsher = best === undefined || band > this.band || (band === this.band && isBefore(wall, best));
    if (!isHarsher) return;
    this.band = band;
    this.wallIndex = index;
  }

  private tellOf(index: number, nowMs: number): void {
    if (this.alertIndex !== NONE || nowMs - (this.toldAtMs[index] ?? LONG_AGO) < TOLD_AGAIN_MS) return;
    this.toldAtMs[index] = nowMs;
    this.alertIndex = index;
  }

  private isAnyRising(): boolean {
    for (let index = 0; index < this.walls.length; index++) {
      const wall = this.walls[index];
      if (wall?.isInvolved === true && wall.signals.isRising) return true;
    }
    return false;
  }

  private dwellRule(): number {
    if (this.phase >= STOPPING) return GRACE_OVER;
    if (this.band !== BAND_AMPLE) return PAUSE_OVER;
    return this.clock.isCleared ? CACHE : RELIEF;
  }

  /** Called with every decision that acts, and with every event that changes the phase. */
  enter(phase: number, nowMs: number): void {
    this.clock.enter(phase, nowMs);
    this.isPutOffTold = false;
    this.actedIndex = phase >= THROTTLED ? this.wallIndex : NONE;
    for (const wall of this.walls) wall.enter(phase <= RUNNING, nowMs);
  }

  /** A reloaded policy: shares and grace are new from the next look on, phase, pauses and baselines go on. */
  adopt({ policy, graceMs, ends = TAKES_ANY }: JudgeTerms): void {
    this.clock.graceMs = graceMs ?? STOP_GRACE_MS;
    this.clock.isTermSafe = ends.isTermSafe;
    this.ends = takenEnds(ends);
    for (const wall of this.walls) wall.adopt(policy);
  }

  /** Called before `enter` by who pauses on a person's word; Infinity: until told otherwise. */
  pauseByHand(untilMs: number): void {
    this.clock.pauseByHand(untilMs);
  }

  /** The answer to asksPinsAt; below 0: they could not be counted. What turns out to be cache ends its pause at once. */
  countPins(index: number, pins: number): void {
    const wall = this.walls[index];
    if (wall === undefined || wall.rise === null) return;
    wall.rise.count(pins, wall.reading.held);
    if (wall.rise.state === 'cache' && index === this.actedIndex) this.clock.isCleared = true;
  }

  /** Time that did not count: somebody else had frozen the daemon or one above it. */
  shift(byMs: number): void {
    this.clock.shift(byMs);
    for (const wall of this.walls) wall.shift(byMs);
  }
}

const isBefore = (wall: GuardWall, than: GuardWall): boolean =>
  wall.isConfirmed === than.isConfirmed ? wall.share > than.share : wall.isConfirmed;
