import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanceSchedule,
  type Clock,
  lookInMs,
  nextRun,
  type Schedule,
  startSchedule,
} from '../../src/companion/schedule.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const next = (expression: string, after: string, zone = 'Europe/Paris'): string | null => {
  const run = nextRun(expression, zone, new Date(after));
  if (!run.ok) throw new Error(run.error);
  return run.value?.toISOString() ?? null;
};

describe('the next run', () => {
  it('is at the local time, on the days the clocks change too', () => {
    expect(next('20 4 * * *', '2027-03-27T12:00:00Z')).toBe('2027-03-28T02:20:00.000Z');
    expect(next('20 4 * * *', '2027-10-30T12:00:00Z')).toBe('2027-10-31T03:20:00.000Z');
  });

  it('at a time that the change to summer time leaves out is at the change', () => {
    expect(next('30 2 * * *', '2027-03-27T12:00:00Z')).toBe('2027-03-28T01:00:00.000Z');
    expect(next('30 2 * * *', '2027-03-28T01:00:00Z')).toBe('2027-03-29T00:30:00.000Z');
  });

  it('at a time that comes twice is at the first, once', () => {
    expect(next('30 2 * * *', '2027-10-30T12:00:00Z')).toBe('2027-10-31T00:30:00.000Z');
    expect(next('30 2 * * *', '2027-10-31T00:30:00Z')).toBe('2027-11-01T01:30:00.000Z');
  });

  it('of a date that never comes is none', () => {
    expect(next('0 0 30 2 *', '2027-01-01T00:00:00Z')).toBeNull();
  });

  it.each([
    ['61 4 * * *', 'UTC', "'61 4 * * *' is not a time to restart at: Invalid value for minute: 61"],
    ['20 4 * * * *', 'UTC', 'requires exactly 5 parts'],
    ['daily', 'UTC', "'daily' is not a time to restart at"],
    ['20 4 * * *', 'Mars/Olympus', "'Mars/Olympus'"],
  ])('of %s in %s is an error in one sentence', (expression, zone, words) => {
    const run = nextRun(expression, zone, new Date(0));
    expect(run.ok ? '' : run.error).toContain(words);
    expect(run.ok ? '' : run.error).not.toMatch(/\. \w/);
  });
});

/** When the clocks of 2026 and 2027 change, in UTC, and where they then stand. */
const CHANGES = [
  ['Europe/Paris', ['2026-03-29T01:00', '2027-03-28T01:00'], ['2026-10-25T01:00', '2027-10-31T01:00']],
  ['America/New_York', ['2026-03-08T07:00', '2027-03-14T07:00'], ['2026-11-01T06:00', '2027-11-07T06:00']],
] as const;

/** Runs of the expression from one instant to another. */
function runsBetween(expression: string, zone: string, from: number, to: number): number[] {
  const runs: number[] = [];
  for (let after = from; ; ) {
    const run = nextRun(expression, zone, new Date(after));
    if (!run.ok) throw new Error(run.error);
    if (run.value === null || run.value.getTime() >= to) return runs;
    after = run.value.getTime();
    runs.push(after);
  }
}

describe.each(CHANGES)('the changes of the clocks in %s', (zone, toSummer, toWinter) => {
  const local = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    dateStyle: 'short',
    timeStyle: 'short',
  });

  it('leave 04:20 where it is: once on each of the 730 days', () => {
    const runs = runsBetween('20 4 * * *', zone, at('2026-01-01T12:00:00Z'), at('2028-01-01T12:00:00Z'));
    const told = runs.map((run) => local.format(run).split(', '));
    expect(told.every(([, time]) => time === '04:20')).toBe(true);
    expect([runs.length, new Set(told.map(([day]) => day)).size]).toEqual([730, 730]);
  });

  it.each(toSummer)('at %sZ take what they leave out at the change, once', (change) => {
    const changeAt = at(`${change}:00Z`);
    expect(runsBetween('30 2 * * *', zone, changeAt - 12 * HOUR, changeAt + 12 * HOUR)).toEqual([changeAt]);
  });

  it.each(toWinter)('at %sZ take what comes twice at its first, once', (change) => {
    const changeAt = at(`${change}:00Z`);
    // In the hour before the clocks go back by one.
    const half = local.format(changeAt - HOUR / 2).split(', ')[1] ?? '';
    const expression = `30 ${Number(half.split(':')[0])} * * *`;
    const runs = runsBetween(expression, zone, changeAt - 12 * HOUR, changeAt + 12 * HOUR);
    expect([half.endsWith(':30'), runs]).toEqual([true, [changeAt - HOUR / 2]]);
    expect(local.format(changeAt + HOUR / 2)).toBe(local.format(changeAt - HOUR / 2));
  });
});

/** A clock whose hands the test moves: `wait` both, `set` the wall's alone, `sleep` as a suspended machine. */
class Hands {
  wallClockMs: number;
  monotonicMs = 5_000;
  constructor(start: string) {
    this.wallClockMs = at(start);
  }
  wait(ms: number): void {
    this.wallClockMs += ms;
    this.monotonicMs += ms;
  }
  set(byMs: number): void {
    this.wallClockMs += byMs;
  }
  read(): Clock {
    return { wallClockMs: this.wallClockMs, monotonicMs: this.monotonicMs };
  }
}

const DAY = 24 * HOUR;

function begin(hands: Hands, jitterMs = 0, random = (): number => 0): Schedule {
  const started = startSchedule({ expression: '20 4 * * *', zone: 'UTC', jitterMs, random }, hands.read());
  if (!started.ok) throw new Error(started.error);
  return started.value;
}

/** Looks as the companion does until `forMs` have passed; the wall-clock instants at which it ran. */
function watch(schedule: Schedule, hands: Hands, forMs: number): { schedule: Schedule; runs: number[] } {
  const runs: number[] = [];
  let now = schedule;
  for (let passed = 0; passed < forMs; ) {
    const step = Math.max(1, Math.min(lookInMs(now, hands.read()), forMs - passed));
    hands.wait(step);
    passed += step;
    const { schedule: then, isDue } = advanceSchedule(now, hands.read());
    if (isDue) runs.push(hands.wallClockMs);
    now = then;
  }
  return { schedule: now, runs };
}

describe('a schedule', () => {
  it('runs once a day, at the minute', () => {
    const hands = new Hands('2027-05-01T00:00:00Z');
    const { runs } = watch(begin(hands), hands, 3 * DAY);
    expect(runs.map((run) => new Date(run).toISOString())).toEqual([
      '2027-05-01T04:20:00.000Z',
      '2027-05-02T04:20:00.000Z',
      '2027-05-03T04:20:00.000Z',
    ]);
  });

  it('does not run again when the clock is set back over the time', () => {
    const hands = new Hands('2027-05-01T04:00:00Z');
    const { schedule, runs } = watch(begin(hands), hands, HOUR);
    hands.set(-HOUR);
    expect(runs).toHaveLength(1);
    expect(watch(schedule, hands, 2 * HOUR).runs).toEqual([]);
  });

  it('runs once, late, when the clock is set forward over the time or the machine slept through it', () => {
    const hands = new Hands('2027-05-01T04:00:00Z');
    const schedule = begin(hands);
    hands.set(HOUR);
    expect(watch(schedule, hands, HOUR).runs).toHaveLength(1);
  });

  it('of a clock that was wrong by years starts afresh, and runs nothing for the years', () => {
    const hands = new Hands('1970-01-01T00:00:30Z');
    const { schedule } = watch(begin(hands), hands, 60_000);
    hands.set(at('2027-05-01T12:00:00Z'));
    expect(watch(schedule, hands, HOUR).runs).toEqual([]);
    const back = new Hands('2040-01-01T00:00:00Z');
    const ahead = watch(begin(back), back, 60_000).schedule;
    back.set(at('2027-05-01T04:00:00Z') - at('2040-01-01T00:01:00Z'));
    expect(watch(ahead, back, HOUR).runs).toHaveLength(1);
  });

  it('with a jitter is late by a part of it, and still once a day', () => {
    const hands = new Hands('2027-05-01T00:00:00Z');
    const { runs } = watch(
      begin(hands, 10 * 60_000, () => 0.5),
      hands,
      2 * DAY,
    );
    expect(runs.map((run) => new Date(run).toISOString())).toEqual([
      '2027-05-01T04:25:00.000Z',
      '2027-05-02T04:25:00.000Z',
    ]);
  });

  it('never runs twice within 22 hours, whatever small jumps the clock makes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -HOUR, max: HOUR }), { maxLength: 6 }), (jumps) => {
        const hands = new Hands('2027-05-01T03:00:00Z');
        let schedule = begin(hands);
        const runs: number[] = [];
        for (const jump of jumps) {
          hands.set(jump);
          const startedAt = hands.monotonicMs;
          const watched = watch(schedule, hands, HOUR);
          runs.push(...watched.runs.map(() => startedAt));
          schedule = watched.schedule;
        }
        expect(runs.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });
});
