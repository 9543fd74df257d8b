// One look at every wall, from the read to the act, in one straight line that allocates nothing.
// Knows: the order. May not know: how anything is read, judged or done, nor why.
//
//   read every wall -> judge -> one lookup -> (read again before what cannot be taken back) -> act -> keep -> will
//
// All of it runs on every tick, calm or not: at an exhausted memory cgroup a first call would have to be compiled, and
// waits for memory for ever (measured: 0 of 6 guards whose act was a function of its own survived 10 s, 10 of 10 so).

import type { Judge } from '../domain/guard-observation.ts';
import { BAND_PAUSE, BAND_STOP } from '../domain/guard-thresholds.ts';
import { ACTIONS, phaseIndex, ruleIndex } from '../domain/lifecycle.ts';
import { entryActions, entryPhase, TAKES_TERM, tableIndex } from '../domain/policy-table.ts';
import { NO_INDEX, RECORD_FLAGS } from '../formats/guard-record.ts';
import type { Sensor } from '../kernel/sensor.ts';
import { ACTION, type Chronicle, SAMPLE } from './chronicle.ts';
import type { Hold } from './hold.ts';
import type { LastWill } from './last-will.ts';

export interface TickParts {
  readonly sensors: readonly Sensor[];
  /** Index into RESOURCE_NAMES of each sensor. */
  readonly resources: Uint8Array;
  readonly judge: Judge;
  readonly table: Uint16Array;
  readonly hold: Hold;
  readonly will: LastWill;
  readonly chronicle: Chronicle;
  readonly isDryRun: boolean;
}

/** What may not be done on one reading. */
const IRREVERSIBLE: number = ACTIONS.TERM | ACTIONS.KILL;
const FREEZE: number = ACTIONS.FREEZE;
const ALERT: number = ACTIONS.ALERT;
const RUNNING = phaseIndex('running');
const COMMAND = ruleIndex('command');
/** The companion draws one point a second; more would be noise on its pipe. */
const SAMPLE_MS = 1000;

export class Tick {
  /** No freeze before then, ms: a signal was passed on, and shall be heard. */
  hearsUntilMs = 0;
  /** No freeze below the stop band before then, ms: it is asked to pause itself. */
  asksUntilMs = 0;
  readonly #parts: TickParts;
  #lastMs: number;
  #sampledMs = 0;

  constructor(parts: TickParts, nowMs: number) {
    this.#parts = parts;
    this.#lastMs = nowMs;
  }

  /** The whole straight line, once. `nowMs` is monotonic. */
  run(nowMs: number): void {
    const { judge, hold, will, chronicle, isDryRun } = this.#parts;
    this.#read();
    hold.refresh();
    const sinceMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    // Somebody else's freeze (docker pause) is their time, not the daemon's: bands and dwells stand still.
    if (hold.isFrozenByOthers()) {
      judge.shift(sinceMs);
      will.tell('C');
      chronicle.notice.feed(nowMs);
      return;
    }
    judge.observe(nowMs);
    let entry = this.#lookUp(nowMs);
    if ((entryActions(entry) & IRREVERSIBLE) !== 0) {
      this.#read();
      judge.observe(nowMs);
      entry = this.#lookUp(nowMs);
    }
    this.act(entryPhase(entry), entryActions(entry), nowMs);
    if (!isDryRun) hold.step(nowMs, judge.headroomShare);
    // What shall happen if this was our last tick: at a wall it must end, below it may go on.
    will.tell(judge.band >= BAND_PAUSE && judge.mayStop ? 'K' : 'C');
    this.#tell(nowMs);
    chronicle.notice.feed(nowMs);
  }

  /** When a tick must have run for the service manager's sake, ms; Infinity: it waits for none. */
  get dueAtMs(): number {
    return this.#parts.chronicle.notice.nextAtMs;
  }

  #read(): void {
    const { sensors } = this.#parts;
    for (let index = 0; index < sensors.length; index += 1) sensors[index]?.read();
  }

  #lookUp(nowMs: number): number {
    const { judge, table, hold } = this.#parts;
    const isAsked = nowMs < this.asksUntilMs && judge.band < BAND_STOP;
    const isBarred = !hold.mayFreeze || isAsked || nowMs < this.hearsUntilMs;
    // Who cannot be frozen instead is ended as any other: nothing else is left at the wall.
    const ends = isBarred ? judge.ends | TAKES_TERM : judge.ends;
    const entry = table[tableIndex(judge.phase, judge.band, judge.flags, ends)] ?? judge.phase;
    return isBarred && (entryActions(entry) & FREEZE) !== 0 ? judge.phase : entry;
  }

  /** Also with nothing to do, so that the way to the act is walked every time. */
  act(phase: number, actions: number, nowMs: number): void {
    const { hold, judge, isDryRun } = this.#parts;
    if (!isDryRun) hold.carryOut(actions, nowMs);
    if (phase === judge.phase && actions === 0) return;
    // Entered also where the freeze was not taken: the hold asks for it at every tick from now on, and a freeze that took
    // effect under another phase would be ended by nobody (seen with one write made to fail).
    judge.enter(phase, nowMs);
    this.#keep(ACTION, actions, nowMs, judge.wallIndex);
  }

  #tell(nowMs: number): void {
    const { judge } = this.#parts;
    if (judge.alertIndex >= 0) this.#keep(ACTION, ALERT, nowMs, judge.alertIndex);
    if (nowMs - this.#sampledMs < SAMPLE_MS) return;
    this.#sampledMs = nowMs;
    this.#keep(SAMPLE, 0, nowMs, judge.wallIndex);
  }

  #keep(kind: number, actions: number, nowMs: number, wallIndex: number): void {
    const { chronicle, judge, sensors, resources, isDryRun } = this.#parts;
    const { record } = chronicle;
    const sensor = sensors[wallIndex];
    record.phase = judge.phase;
    record.band = judge.band;
    record.rule = judge.rule;
    record.actions = actions;
    record.wallIndex = sensor === undefined ? NO_INDEX : wallIndex;
    record.resource = sensor === undefined ? NO_INDEX : (resources[wallIndex] ?? NO_INDEX);
    record.judged = sensor?.judged ?? -1;
    record.wall = sensor?.wall ?? -1;
    record.held = sensor?.held ?? -1;
    record.failcnt = sensor?.failcnt ?? -1;
    record.flags =
      judge.flags |
      (judge.contributes ? RECORD_FLAGS.contributes : 0) |
      (sensor?.isShared === true ? RECORD_FLAGS.sharedWall : 0) |
      (isDryRun ? RECORD_FLAGS.dryRun : 0);
    chronicle.keep(kind, nowMs);
  }

  /** An act of a person, or of who asks for the daemon, and not of a reading; `rule` is an index into RULES. */
  actByCommand(phase: number, actions: number, nowMs: number, rule: number = COMMAND): void {
    this.#parts.judge.rule = rule;
    this.act(phase, actions, nowMs);
  }

  /** Something about the daemon that is to be known, and changes nothing; `rule` as above. */
  note(rule: number, nowMs: number): void {
    const { judge } = this.#parts;
    judge.rule = rule;
    this.#keep(ACTION, ALERT, nowMs, judge.wallIndex);
  }

  /** Everything of the daemon stands still and the keeper expects silence; false: nothing here may freeze it. */
  suspend(): boolean {
    const { hold, will, isDryRun } = this.#parts;
    const stands = !isDryRun && hold.stand();
    will.tell('S');
    return stands;
  }

  /** The time until now did not count: this process was stopped, and the daemon with it. */
  passOver(nowMs: number): void {
    this.#parts.judge.shift(nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }

  /** The slices are over: the daemon runs freely, and nobody is told, for nothing happened. */
  endSlowStart(nowMs: number): void {
    const { judge, hold } = this.#parts;
    hold.carryOut(0, nowMs);
    judge.enter(RUNNING, nowMs);
  }
}
