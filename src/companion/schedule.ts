// When the next scheduled restart is: the door of croner.
// Knows: cron expressions, time zones, clocks that jump. May not know: what is restarted.

import { Cron } from 'croner';
import { failure, type Result, success } from '../domain/result.ts';

/**
 * The first instant after `after` that the expression names in that zone (`null`: the machine's own); null where none
 * comes. A local time that a change to summer time leaves out is taken at the change, one that comes twice at its first.
 */
export function nextRun(expression: string, zone: string | null, after: Date): Result<Date | null, string> {
  try {
    // `paused`: croner's own timers are not used, they would follow a clock that jumps.
    const cron = new Cron(expression, {
      mode: '5-part',
      paused: true,
      ...(zone === null ? {} : { timezone: zone }),
    });
    return success(cron.nextRun(after));
  } catch (error) {
    return failure(`'${expression}' is not a time to restart at: ${firstSentence(error)}`);
  }
}

/** croner puts its class before and explanations behind. */
const firstSentence = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/^Cron\w+: /, '').split(/\.(?: |$)/)[0] ??
  '';

export interface Clock {
  readonly wallClockMs: number;
  /** Never goes back; stands still while the machine sleeps. */
  readonly monotonicMs: number;
}

export interface ScheduleRequest {
  readonly expression: string;
  /** An IANA name; null: the machine's own. */
  readonly zone: string | null;
  /** Each run is late by a random part of this, milliseconds; 0: punctual. */
  readonly jitterMs: number;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
}

export interface Schedule {
  readonly request: ScheduleRequest;
  readonly seen: Clock;
  /** Wall clock, milliseconds; null: never again. */
  readonly dueAtMs: number | null;
}

export function startSchedule(request: ScheduleRequest, now: Clock): Result<Schedule, string> {
  const next = nextRun(request.expression, request.zone, new Date(now.wallClockMs));
  return next.ok ? success({ request, seen: now, dueAtMs: withJitter(request, next.value) }) : next;
}

const withJitter = ({ jitterMs, random }: ScheduleRequest, at: Date | null): number | null =>
  at === null ? null : at.getTime() + Math.floor(random() * jitterMs);

/**
 * A clock that was set by more than this was wrong, not late: nobody meant the runs in between. Below it (a sleeping
 * machine, a change by an hour) a run that was passed over is made up for, once.
 */
const LONGEST_LATENESS_MS = 25 * 3_600_000;

/** Where the schedule stands `now`, and whether a run is due. It never runs twice for one time, however clocks jump. */
export function advanceSchedule(schedule: Schedule, now: Clock): { schedule: Schedule; isDue: boolean } {
  const { request, seen, dueAtMs } = schedule;
  const jumpMs = now.wallClockMs - seen.wallClockMs - (now.monotonicMs - seen.monotonicMs);
  if (Math.abs(jumpMs) > LONGEST_LATENESS_MS)
    return { schedule: restarted(schedule, now, now.wallClockMs), isDue: false };
  if (dueAtMs === null || now.wallClockMs < dueAtMs)
    return { schedule: { request, seen: now, dueAtMs }, isDue: false };
  return { schedule: restarted(schedule, now, Math.max(now.wallClockMs, dueAtMs)), isDue: true };
}

function restarted({ request }: Schedule, seen: Clock, afterMs: number): Schedule {
  const next = nextRun(request.expression, request.zone, new Date(afterMs));
  return { request, seen, dueAtMs: next.ok ? withJitter(request, next.value) : null };
}

/** A sleeping timer does not see a clock that was set: it looks at least this often. */
export const LONGEST_LOOK_MS = 30_000;

/** Milliseconds until the next look. */
export const lookInMs = ({ dueAtMs }: Schedule, { wallClockMs }: Clock): number =>
  dueAtMs === null ? LONGEST_LOOK_MS : Math.min(LONGEST_LOOK_MS, Math.max(0, dueAtMs - wallClockMs));
