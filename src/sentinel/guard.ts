// The guard of one start: everything is opened, made and rehearsed before the daemon's first instruction, then one timer.
// Knows: which parts there are, and in which order they come and go. May not know: what a part does.
//
//   grip -> keeper -> walls -> rehearsal -> manifest -> the daemon is let go -> ticks ... -> none of it is left -> all closed

import { decideEvent, type LifecycleEvent } from '../domain/guard-decision.ts';
import { PHASES, type Phase, phaseIndex } from '../domain/lifecycle.ts';
import { DEFAULT_FLOOR_MS, intervalMs, type Pacing } from '../domain/tick-interval.ts';
import type { GuardTerms } from '../formats/gate-record.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { openWakeup, type Wakeup } from '../kernel/event-wakeup.ts';
import { readPinCount } from '../kernel/pin-count.ts';
import { CalmChores } from './calm-chores.ts';
import type { Ending } from './ending.ts';
import type { AskedFor, GuardEnd } from './guard-end.ts';
import type { GuardParts } from './guard-parts.ts';
import { collectYoung, settleHeap } from './settled-heap.ts';
import type { SignalTarget } from './signals.ts';
import { StopNote } from './stop-note.ts';
import type { Daemon } from './supervision.ts';
import { signalTargetOf } from './supervision.ts';
import { suspendWith } from './suspension.ts';

/** A signal that was passed on has so long to be heard before the daemon is frozen again. */
const HEARING_MS = 2_000;
const REHEARSED_BEATS = 100;
/** A beat leaves some 5 KiB of garbage, one with slices up to 13: half of what settled-heap.ts fills. */
const BEATS_PER_SCAVENGE = 16;
const ENDING: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT'];
const STARTING = phaseIndex('starting');
const PAUSED = phaseIndex('paused');
const STOPPING = phaseIndex('stopping');

export class Guard {
  readonly #parts: GuardParts;
  readonly #daemon: Daemon;
  readonly #pacing: Pacing;
  readonly #wakeup: Wakeup;
  readonly #graceMs: number;
  readonly #pinUnitBytes: number;
  readonly #stop: StopNote = new StopNote();
  readonly #chores: CalmChores;
  #timer: NodeJS.Timeout | null = null;
  #beats = 0;
  #askedFor: AskedFor = null;
  /** A person's pause lasts until then, ms; 0: none. */
  #byHandUntilMs = 0;
  /** A person or a service manager told the daemon to end, through us. */
  #wasTold = false;

  constructor(parts: GuardParts, daemon: Daemon, { graceMs, pinUnitBytes }: GuardTerms) {
    this.#parts = parts;
    this.#daemon = daemon;
    this.#graceMs = graceMs;
    this.#pinUnitBytes = pinUnitBytes;
    const hasOwnWall = parts.sensors.some(({ isShared, resource }) => !isShared && resource === 'memory');
    this.#pacing = { hasOwnWall, floorMs: DEFAULT_FLOOR_MS };
    this.#chores = new CalmChores(parts);
    this.#wakeup = openWakeup(daemon.traits.home.rooms, () => this.#wake());
  }

  /** The daemon has just been let go; `isSliced`: by slices first. */
  begin(isSliced: boolean): void {
    this.#rehearse();
    const nowMs = monotonicMs();
    const { tick, hold, judge } = this.#parts;
    tick.run(nowMs);
    if (isSliced) hold.beginSlowStart(nowMs, judge.headroomShare);
    else tick.endSlowStart(nowMs);
    this.#sleep();
  }

  /** Beats without the sleep between: below a wall of its own it would take a minute until the last of it has settled. */
  #rehearse(): void {
    for (let count = 0; count < REHEARSED_BEATS; count += 1) {
      this.#beat();
      new StopNote().take(this.#parts.judge, this.#parts.sensors);
      if (this.#timer !== null) clearTimeout(this.#timer);
    }
    settleHeap();
  }

  /** Nothing acts on the daemon from here on, and what this guard froze goes on. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#wakeup.close();
  }

  end(ending: Ending): GuardEnd {
    return {
      ending,
      stoppedAt: this.#stop.render(),
      isAskedFor: this.#askedFor ?? (this.#wasTold ? 'stop' : null),
    };
  }

  readonly #beat = (): void => {
    this.#beats = (this.#beats + 1) % BEATS_PER_SCAVENGE;
    if (this.#beats === 0) collectYoung();
    const nowMs = monotonicMs();
    const { tick, hold, judge, sensors } = this.#parts;
    tick.run(nowMs);
    // Frozen again before it could end, it would hold the guard and whoever waits for it: TERM with a grace, then KILL.
    if (this.#wasTold && judge.phase === PAUSED) this.#happen('stop-asked');
    const isOwnStop = this.#askedFor === null && !this.#wasTold;
    if (judge.phase >= STOPPING && isOwnStop && !this.#stop.isTaken) this.#stop.take(judge, sensors);
    if (hold.takeSlowStartEnd() && judge.phase === STARTING) tick.endSlowStart(nowMs);
    this.#pauseAgain(nowMs);
    if (judge.asksPinsAt >= 0) this.#countPins();
    this.#chores.look(nowMs);
    this.#sleep();
  };

  /** openvz-042 only, once per rise, and after the daemon was paused: it reads every descriptor's fdinfo. */
  #countPins(): void {
    const { judge, grip } = this.#parts;
    judge.countPins(judge.asksPinsAt, readPinCount(grip.members()) * this.#pinUnitBytes);
  }

  #wake(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#beat();
  }

  #sleep(): void {
    const { judge, hold, tick } = this.#parts;
    const dueMs = Math.min(hold.nextAtMs, tick.dueAtMs) - monotonicMs();
    const delayMs = Math.max(1, Math.min(intervalMs(judge, this.#pacing), dueMs));
    this.#timer = setTimeout(this.#beat, delayMs);
  }

  #happen(event: LifecycleEvent): boolean {
    const { judge, tick } = this.#parts;
    const phase: Phase = PHASES[judge.phase] ?? 'ended';
    const decision = decideEvent(phase, event);
    if (decision === null) return false;
    tick.actByCommand(phaseIndex(decision.phase), decision.actions, monotonicMs());
    return true;
  }

  /** Signals for the daemon pass through the guard: a frozen one is thawed first, or it would never hear them. */
  get signalTarget(): SignalTarget {
    const daemon = signalTargetOf(this.#daemon);
    return {
      ...daemon,
      hear: (signal) => this.#hear(signal),
      suspend: (signal, stop) => {
        suspendWith({ tick: this.#parts.tick, daemon }, signal, stop);
        this.#wake();
      },
    };
  }

  #hear(signal: NodeJS.Signals): void {
    const { tick } = this.#parts;
    const isEnding = ENDING.includes(signal);
    if (isEnding) this.#wasTold = true;
    tick.hearsUntilMs = monotonicMs() + (isEnding ? Math.max(HEARING_MS, this.#graceMs) : HEARING_MS);
    this.#happen('resume-asked');
  }

  pause(forMs: number | null): boolean {
    this.#byHandUntilMs = forMs === null ? Number.POSITIVE_INFINITY : monotonicMs() + forMs;
    return this.#pauseByHand();
  }

  #pauseByHand(): boolean {
    this.#parts.judge.pauseByHand(this.#byHandUntilMs);
    return this.#happen('pause-asked');
  }

  /** A signal that was passed on had its time to be heard: a person's pause is not over by that. */
  #pauseAgain(nowMs: number): void {
    const { judge, tick } = this.#parts;
    const isHeard = nowMs >= tick.hearsUntilMs;
    if (nowMs < this.#byHandUntilMs && isHeard && judge.phase < PAUSED) this.#pauseByHand();
  }

  resume(): boolean {
    this.#byHandUntilMs = 0;
    return this.#happen('resume-asked');
  }

  stop(askedFor: 'stop' | 'restart'): boolean {
    this.#byHandUntilMs = 0;
    this.#askedFor = askedFor;
    return this.#happen('stop-asked');
  }
}
