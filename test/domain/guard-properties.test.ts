import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAP_WINDOW_MS } from '../../src/domain/pause-memory.ts';
import { type Act, type Reading, reading, Simulation } from '../support/guard-simulation.ts';

const HARSHNESS = ['running', 'throttled', 'paused', 'stopping', 'killing'];
const LOOK_MS = 5000;

/** Levels around the thresholds of a wall of 1000, each held for a while. */
const traces = fc.array(
  fc.record({
    judged: fc.oneof(
      { weight: 1, arbitrary: fc.constant(-1) },
      { weight: 6, arbitrary: fc.integer({ min: 700, max: 930 }) },
      { weight: 2, arbitrary: fc.integer({ min: 930, max: 990 }) },
    ),
    looks: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 5, maxLength: 30 },
);

function play(trace: readonly { readonly judged: number; readonly looks: number }[]): Simulation {
  const wall: Reading = reading({ judged: 700 });
  const simulation = new Simulation({ walls: [wall] });
  for (const { judged, looks } of trace) {
    wall.judged = judged;
    simulation.run(looks * LOOK_MS, LOOK_MS);
  }
  return simulation;
}

const startsOf = (acts: readonly Act[], phase: string): number[] =>
  acts.filter((act) => act.phase === phase).map(({ atMs }) => atMs);

describe('over any course of readings', () => {
  it('no phase is left for a milder one within its dwell, and no more than three pauses begin in ten minutes', () => {
    fc.assert(
      fc.property(traces, (trace) => {
        const { acts } = play(trace);
        const pauses = startsOf(acts, 'paused');
        for (const atMs of pauses)
          expect(
            pauses.filter((other) => other >= atMs && other - atMs < FLAP_WINDOW_MS).length,
          ).toBeLessThanOrEqual(3);
        for (const [index, act] of acts.entries()) {
          const next = acts[index + 1];
          const isMilder = next !== undefined && HARSHNESS.indexOf(next.phase) < HARSHNESS.indexOf(act.phase);
          if (isMilder) expect(next.atMs - act.atMs).toBeGreaterThanOrEqual(60_000);
        }
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);

  it('what is frozen is thawed, told to end or killed by the next act', () => {
    fc.assert(
      fc.property(traces, (trace) => {
        const { acts } = play(trace);
        for (const [index, { actions }] of acts.entries()) {
          const next = acts[index + 1];
          if (!actions.includes('FREEZE') || next === undefined) continue;
          expect(next.actions.some((action) => ['THAW', 'TERM', 'KILL'].includes(action))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a gap is followed by no act of its own', () => {
    fc.assert(
      fc.property(traces, (trace) => {
        const wall = reading({ judged: 700 });
        const simulation = new Simulation({ walls: [wall] });
        for (const { judged, looks } of trace) {
          wall.judged = judged;
          const before = simulation.acts.length;
          const wasEnding = ['stopping', 'killing'].includes(simulation.phase);
          simulation.run(looks * LOOK_MS, LOOK_MS);
          if (judged === -1 && !wasEnding) expect(simulation.acts.length).toBe(before);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a course that is higher everywhere is never answered more mildly, at its first answer', () => {
    const level = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(level, fc.nat({ max: 200 }), fc.boolean(), (judged, more, hasFailed) => {
        const answerTo = (amount: number): number => {
          const wall = reading({ judged: 100 });
          const simulation = new Simulation({ walls: [wall] });
          Object.assign(wall, { judged: amount, failcnt: hasFailed ? 1 : 0 });
          return HARSHNESS.indexOf(simulation.run(500).phase);
        };
        expect(answerTo(judged + more)).toBeGreaterThanOrEqual(answerTo(judged));
      }),
    );
  });

  it('a pause at a wall that the daemon fills always ends', () => {
    const levels = fc.array(fc.integer({ min: 0, max: 990 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(levels, (course) => {
        const wall = reading({ judged: 100 });
        const simulation = new Simulation({ walls: [wall] });
        wall.judged = 920;
        simulation.run(1000);
        // Twice the longest pause there is: two hours after twelve flaps.
        for (let look = 0; look < 4 * 3600 && simulation.acts.length < 2; look++) {
          wall.judged = course[look % course.length] ?? 0;
          simulation.run(1000, 1000);
        }
        expect(simulation.acts.length).toBeGreaterThan(1);
      }),
      { numRuns: 50 },
    );
  });
});
