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

const HOUR = 3_600_000;
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
