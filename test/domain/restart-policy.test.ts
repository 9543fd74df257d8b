import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideRestart,
  HOLD_RECHECK_MS,
  type RestartQuestion,
  STARTS_WINDOW_MS,
} from '../../src/domain/restart-policy.ts';

const question = (change: Partial<RestartQuestion> = {}): RestartQuestion => ({
  mode: 'on-failure',
  ending: { status: 1 },
  startsAt: [0],
  now: 10_000,
  random: 0,
  ownRestartStatuses: [3, 4],
  wasStoppedAtWall: false,
  ...change,
});

const startsBefore = (count: number, now: number): number[] =>
  Array.from({ length: count }, (_, index) => now - 1000 * (index + 1));

describe('after the end of a daemon', () => {
  it.each([
    ['never', { status: 1 }, 'end'],
    ['never', { status: 3 }, 'end'],
    ['on-failure', { status: 0 }, 'end'],
    ['on-failure', { status: 1 }, 'start'],
    ['on-failure', { signal: 'SIGTERM' }, 'end'],
    ['on-failure', { signal: 'SIGSEGV' }, 'start'],
    ['on-failure', { signal: 'SIGKILL' }, 'start'],
    ['always', { status: 0 }, 'start'],
    ['always', { signal: 'SIGTERM' }, 'start'],
  ] as const)('with restart %s, %j leads to %s', (mode, ending, kind) => {
    expect(decideRestart(question({ mode, ending })).kind).toBe(kind);
  });

  it.each([
    [1, 5000],
    [2, 10_000],
    [3, 20_000],
    [4, 40_000],
  ])('after %i starts in the window it waits %i ms, and up to a quarter more', (starts, delayMs) => {
    const startsAt = startsBefore(starts, 100_000);
    expect(decideRestart(question({ startsAt, now: 100_000 }))).toEqual({ kind: 'start', delayMs });
    expect(decideRestart(question({ startsAt, now: 100_000, random: 1 }))).toEqual({
      kind: 'start',
      delayMs: delayMs * 1.25,
    });
  });

  it('holds after five starts in ten minutes, until one of them is older', () => {
    const now = 1_000_000;
    const startsAt = [...startsBefore(4, now), now - STARTS_WINDOW_MS + 1];
    expect(decideRestart(question({ startsAt, now }))).toEqual({ kind: 'hold', recheckMs: HOLD_RECHECK_MS });
    expect(decideRestart(question({ startsAt, now: now + 1 })).kind).toBe('start');
  });

  it('holds at once what was stopped at the wall, whatever it says itself', () => {
    for (const ending of [{ status: 0 }, { status: 3 }, { signal: 'SIGKILL' }])
      expect(decideRestart(question({ ending, wasStoppedAtWall: true })).kind).toBe('hold');
    expect(decideRestart(question({ mode: 'never', wasStoppedAtWall: true })).kind).toBe('end');
  });

  it('starts what asks for its own restart, outside the budget, never what only says 0', () => {
    const startsAt = startsBefore(9, 10_000);
    expect(decideRestart(question({ ending: { status: 3 }, startsAt })).kind).toBe('start');
    expect(decideRestart(question({ ending: { status: 0 }, ownRestartStatuses: [0] })).kind).toBe('end');
  });

  it('lets no clock that is set back empty the budget', () => {
    const startsAt = [10, 20, 30, 40, 50].map((minutes) => minutes * 60_000 + 1_000_000);
    expect(decideRestart(question({ startsAt, now: 1_000_000 })).kind).toBe('hold');
  });

  it('never starts a failing daemon more than five times in ten minutes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 20, maxLength: 60 }),
        (lives) => {
          const startsAt = [0];
          let now = 0;
          for (const lifeMs of lives) {
            now += lifeMs;
            const decision = decideRestart(question({ startsAt, now, random: 0.5 }));
            now += decision.kind === 'start' ? decision.delayMs : HOLD_RECHECK_MS;
            startsAt.push(now);
            expect(startsAt.filter((at) => now - at < STARTS_WINDOW_MS).length).toBeLessThanOrEqual(5);
          }
        },
      ),
    );
  });
});
