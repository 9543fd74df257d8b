// Scheduled restarts as they come due: the schedule's clock and timer.

import type { ScheduledRestart } from '../formats/companion-request.ts';
import { isConditionMet, renderRestartCondition, type WallAmounts } from '../formats/restart-condition.ts';
import type { Level } from './journal.ts';
import { advanceSchedule, type Clock, lookInMs, type Schedule, startSchedule } from './schedule.ts';

export interface TimetableRequest extends ScheduledRestart {
  /** The last reading of each wall. */
  readWalls(): readonly WallAmounts[];
  restart(): void;
  say(level: Level, text: string): void;
}

/** Runs as long as this process does; a bad expression is said once, and nothing is scheduled. */
export function keepTimetable(request: TimetableRequest): void {
  const { expression, jitterMs, say } = request;
  const started = startSchedule({ expression, zone: null, jitterMs, random: Math.random }, readClock());
  if (!started.ok) {
    say('error', `${started.error}; no restart is scheduled`);
    return;
  }
  if (started.value.dueAtMs === null) say('error', `--restart-at '${expression}' never comes`);
  else say('debug', `the next restart is due at ${new Date(started.value.dueAtMs).toISOString()}`);
  lookAgain(started.value, request);
}

function lookAgain(schedule: Schedule, request: TimetableRequest): void {
  const timer = setTimeout(
    () => {
      const { schedule: next, isDue } = advanceSchedule(schedule, readClock());
      if (isDue) runDue(request);
      lookAgain(next, request);
    },
    lookInMs(schedule, readClock()),
  );
  // The pipe from the sentinel keeps this process, and its end ends it.
  timer.unref();
}

function runDue({ condition, readWalls, restart, say }: TimetableRequest): void {
  if (condition !== null && !isConditionMet(condition, readWalls())) {
    say('debug', `no restart: no wall has ${renderRestartCondition(condition)}`);
    return;
  }
  say('info', 'the scheduled restart is due');
  restart();
}

const readClock = (): Clock => ({ wallClockMs: Date.now(), monotonicMs: performance.now() });
