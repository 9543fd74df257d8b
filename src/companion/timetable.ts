// Scheduled restarts as they come due: the schedule's clock and timer, for as long as its settings stay as they are.

import type { RestartSettings } from '../domain/settings.ts';
import type { Level } from './journal.ts';
import { advanceSchedule, type Clock, lookInMs, type Schedule, startSchedule } from './schedule.ts';

export interface Timetable {
  /** From now on by these; the same ones as before change nothing, so that a run that is due stays due. */
  keep(settings: RestartSettings): void;
}

export interface TimetableRequest {
  onDue(settings: RestartSettings): Promise<void>;
  say(level: Level, text: string): void;
}

export function openTimetable(request: TimetableRequest): Timetable {
  let kept: RestartSettings | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isBusy = false;
  const run = (settings: RestartSettings): void => {
    // Hooks may take longer than the time to the next run: never two at a time.
    if (isBusy) return;
    isBusy = true;
    void request.onDue(settings).finally(() => {
      isBusy = false;
    });
  };
  const lookAgain = (schedule: Schedule, settings: RestartSettings): void => {
    timer = setTimeout(
      () => {
        const { schedule: next, isDue } = advanceSchedule(schedule, readClock());
        lookAgain(next, settings);
        if (isDue) run(settings);
      },
      lookInMs(schedule, readClock()),
    );
    // The pipe from the sentinel keeps this process, and its end ends it.
    timer.unref();
  };
  return {
    keep(settings) {
      const isSame = kept !== null && JSON.stringify(kept) === JSON.stringify(settings);
      kept = settings;
      if (isSame) return;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      const schedule = scheduleOf(settings, request);
      if (schedule !== null) lookAgain(schedule, settings);
    },
  };
}

/** null: none is wanted, or the expression is bad, which is said. */
function scheduleOf({ at, timeZone, jitterMs }: RestartSettings, { say }: TimetableRequest): Schedule | null {
  if (at === null) return null;
  const started = startSchedule(
    { expression: at, zone: timeZone, jitterMs, random: Math.random },
    readClock(),
  );
  if (!started.ok) {
    say('error', `${started.error}; no restart is scheduled`);
    return null;
  }
  if (started.value.dueAtMs === null) say('error', `the time to restart at, '${at}', never comes`);
  else say('debug', `the next restart is due at ${new Date(started.value.dueAtMs).toISOString()}`);
  return started.value;
}

const readClock = (): Clock => ({ wallClockMs: Date.now(), monotonicMs: performance.now() });
