// decide and decideEvent: everything that can happen to a guarded daemon, as two pure functions.
// Knows: phases, bands, the five inputs of a look, and how the daemon takes TERM and KILL. May not know: how a band was
// found, clocks, how an act is carried out.
//
//                  slow-start-over                 resume: ample, dwelt, not rising
//   (waiting) --> starting ----------> running <--------------------------------------+
//                   |                  |  ^   \  pause band, stop unconfirmed         |
//                   |   throttle band  v  | ample, dwelt                              |
//                   |               throttled ------> paused -------------------------+
//                   |  pause band ----------------->  |  |
//                   |                                 |  | pause dwelt outside ample, stop confirmed (where TERM is safe)
//                   | stop confirmed                  |  v
//                   +------------------------------> stopping --grace dwelt, or confirmed and rising--> killing --+
//                                                                                                       ^  dwelt: |
//                                                                                                       +--KILL---+
//   paused --hearing-asked: it shall hear a request to pause itself--> throttled
//   every ticked phase --daemon-gone--> ended --restart-due--> waiting --start-admitted--> starting
//                                       ended --held-------->  held ----start-admitted--> starting
//
//   phase     | ample                 | warm        | throttle          | pause            | stop, unconfirmed | stop, confirmed
//   ----------+-----------------------+-------------+-------------------+------------------+-------------------+----------------
//   starting  | -                     | -           | - (slices brake)  | paused: FREEZE   | paused: FREEZE    | stopping: TERM
//   running   | -                     | -           | throttled: THROTTLE| paused: FREEZE  | paused: FREEZE    | stopping: TERM
//   throttled | dwelt, not rising:    | -           | -                 | paused: FREEZE   | paused: FREEZE    | stopping: TERM
//             | running: UNTHROTTLE   |             |                   |                  |                   |
//   paused    | dwelt, not rising:    | dwelt: stopping, in these four bands                                   | stopping: TERM
//             | running: THAW         |             |                   |                  |                   |
//   stopping  | dwelt: killing: KILL, in every band                                        |                   | rising: killing
//   killing   | dwelt: KILL once more, in every band
//
// Where TERM in the middle of a run breaks the daemon (not isTermSafe), frozen is the safer place, and the last wall ends it:
//
//   phase     | warm, throttle, pause            | stop, unconfirmed | stop, confirmed
//   ----------+----------------------------------+-------------------+--------------------------------------------
//   at large  | as above                         | paused: FREEZE    | paused: FREEZE
//   paused    | dwelt, not rising: throttled:    | dwelt: stopping:  | rising although frozen, or dwelt: stopping:
//             | THAW, THROTTLE (it is tried again)| TERM             | TERM; else its end is put off, and that is told
//
// Where KILL breaks it (not isKillSafe), running away does not cut its grace short: the table's `rising: killing` is not there.

import { ACTIONS, type Band, type Phase } from './lifecycle.ts';

export interface Situation {
  readonly phase: Phase;
  readonly band: Band;
  readonly isRising: boolean;
  /** The dwell of this phase in this band is over. */
  readonly hasDwelt: boolean;
  /** A second signal says that the stop band is real. */
  readonly isConfirmed: boolean;
  /** TERM leaves the daemon whole whatever it is doing. */
  readonly isTermSafe: boolean;
  /** So does KILL. */
  readonly isKillSafe: boolean;
}

export interface GuardDecision {
  readonly phase: Phase;
  /** Bits of ACTIONS; 0: nothing to do, and the phase stays. */
  readonly actions: number;
}

const { FREEZE, THAW, THROTTLE, UNTHROTTLE, TERM, KILL, ALERT } = ACTIONS;

const stay = (phase: Phase): GuardDecision => ({ phase, actions: 0 });

/** What one reading leads to. */
export function decide(situation: Situation): GuardDecision {
  switch (situation.phase) {
    case 'starting':
    case 'running':
    case 'throttled':
      return decideAtLarge(situation.phase, situation);
    case 'paused':
      return decidePaused(situation);
    case 'stopping':
      return decideStopping(situation);
    case 'killing':
      return situation.hasDwelt ? { phase: 'killing', actions: KILL } : stay('killing');
    default:
      return stay(situation.phase);
  }
}

/** A daemon that runs, in slices, in a duty cycle or freely. */
function decideAtLarge(phase: 'starting' | 'running' | 'throttled', situation: Situation): GuardDecision {
  const release = phase === 'throttled' ? UNTHROTTLE : 0;
  if (situation.band === 'stop' && situation.isConfirmed && situation.isTermSafe)
    return { phase: 'stopping', actions: release | TERM | ALERT };
  if (situation.band === 'stop' || situation.band === 'pause')
    return { phase: 'paused', actions: release | FREEZE | ALERT };
  if (situation.band === 'throttle' && phase === 'running') return { phase: 'throttled', actions: THROTTLE };
  if (phase === 'throttled' && isRelieved(situation)) return { phase: 'running', actions: UNTHROTTLE | THAW };
  return stay(phase);
}

function decidePaused(situation: Situation): GuardDecision {
  if (isRelieved(situation)) return { phase: 'running', actions: THAW };
  const { band, isRising, isTermSafe } = situation;
  const isOverdue = band !== 'ample' && situation.hasDwelt;
  const isAtWall = band === 'stop' && situation.isConfirmed && (isTermSafe || isRising);
  if (isAtWall || (isOverdue && (isTermSafe || band === 'stop')))
    return { phase: 'stopping', actions: TERM | ALERT };
  return isOverdue && !isRising ? { phase: 'throttled', actions: THAW | THROTTLE } : stay('paused');
}

function decideStopping({ band, isRising, hasDwelt, isConfirmed, isKillSafe }: Situation): GuardDecision {
  const isRunningAway = band === 'stop' && isConfirmed && isRising && isKillSafe;
  return hasDwelt || isRunningAway ? { phase: 'killing', actions: KILL | ALERT } : stay('stopping');
}

const isRelieved = ({ band, isRising, hasDwelt }: Situation): boolean =>
  band === 'ample' && hasDwelt && !isRising;

/** What happens to a daemon besides readings. */
export const LIFECYCLE_EVENTS = [
  'slow-start-over',
  'pause-asked',
  'resume-asked',
  'hearing-asked',
  'stop-asked',
  'daemon-gone',
  'restart-due',
  'no-more-starts',
  'start-admitted',
] as const;
export type LifecycleEvent = (typeof LIFECYCLE_EVENTS)[number];

interface Passage {
  readonly from: readonly Phase[];
  readonly to: Phase;
  readonly actions: number;
}

const AT_LARGE: readonly Phase[] = ['starting', 'running', 'throttled'];

/** Where an event is possible, what it leads to, what is to be done. UNTHROTTLE is harmless where no duty cycle is on. */
const PASSAGES: Readonly<Record<LifecycleEvent, Passage>> = {
  'slow-start-over': { from: ['starting'], to: 'running', actions: THAW },
  'pause-asked': { from: AT_LARGE, to: 'paused', actions: UNTHROTTLE | FREEZE },
  'resume-asked': { from: ['paused'], to: 'running', actions: THAW },
  // In slices, so that it hears a request to pause itself.
  'hearing-asked': { from: ['paused'], to: 'throttled', actions: THAW | THROTTLE },
  'stop-asked': { from: [...AT_LARGE, 'paused'], to: 'stopping', actions: UNTHROTTLE | TERM },
  'daemon-gone': { from: [...AT_LARGE, 'paused', 'stopping', 'killing'], to: 'ended', actions: UNTHROTTLE },
  'restart-due': { from: ['ended'], to: 'waiting', actions: 0 },
  'no-more-starts': { from: ['ended', 'waiting'], to: 'held', actions: 0 },
  'start-admitted': { from: ['waiting', 'held'], to: 'starting', actions: 0 },
};

/** What an event leads to; null: it has no meaning in this phase. */
export function decideEvent(phase: Phase, event: LifecycleEvent): GuardDecision | null {
  const { from, to, actions } = PASSAGES[event];
  return from.includes(phase) ? { phase: to, actions } : null;
}
