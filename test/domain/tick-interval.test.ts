import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BANDS, PHASES, type Phase, phaseIndex } from '../../src/domain/lifecycle.ts';
import { DEFAULT_FLOOR_MS, intervalMs, priorFill } from '../../src/domain/tick-interval.ts';
import { MiB } from '../../src/domain/units.ts';
import { reading, Simulation } from '../support/guard-simulation.ts';

const SHARED = { hasOwnWall: false, floorMs: DEFAULT_FLOOR_MS };
const OWN = { hasOwnWall: true, floorMs: DEFAULT_FLOOR_MS };
const pace = (phase: Phase, toWallMs: number, band = 0) => ({ phase: phaseIndex(phase), band, toWallMs });

describe('the time to the next look', () => {
  it('below a wall of its own is unhurried, and shorter near the wall', () => {
    expect(intervalMs(pace('running', 1), OWN)).toBe(1000);
    expect(intervalMs(pace('running', 1, 1), OWN)).toBe(100);
    expect([intervalMs(pace('paused', 1), OWN), intervalMs(pace('stopping', 1), OWN)]).toEqual([1000, 100]);
  });

  it('without one leaves three looks on the way to the wall', () => {
    expect(intervalMs(pace('running', 300), SHARED)).toBe(100);
  });

  it.each([
    ['starting', 0.5, 1],
    ['running', 0.5, DEFAULT_FLOOR_MS],
    ['running', Number.POSITIVE_INFINITY, 1000],
  ] as const)('%s with %d ms to the wall is %i ms: a floor and a cap', (phase, toWallMs, expected) => {
    expect(intervalMs(pace(phase, toWallMs), SHARED)).toBe(expected);
  });

  it('is never zero, never more than a second, and never longer for a nearer wall', () => {
    const any = fc.record({
      phase: fc.integer({ min: 0, max: PHASES.length - 1 }),
      band: fc.integer({ min: 0, max: BANDS.length - 1 }),
      toWallMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    });
    fc.assert(
      fc.property(
        any,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        (here, share, hasOwnWall) => {
          const pacing = { hasOwnWall, floorMs: DEFAULT_FLOOR_MS };
          const sleepMs = intervalMs(here, pacing);
          expect(sleepMs).toBeGreaterThanOrEqual(1);
          expect(sleepMs).toBeLessThanOrEqual(1000);
          expect(intervalMs({ ...here, toWallMs: here.toWallMs * share }, pacing)).toBeLessThanOrEqual(
            sleepMs,
          );
        },
      ),
    );
  });
});

describe('the time to the wall', () => {
  it('is reckoned with the fastest fill a daemon was seen to reach, before anything was seen', () => {
    const memory = reading({ wall: 164 * MiB, judged: 64 * MiB });
    expect(new Simulation({ walls: [memory] }).judge.toWallMs).toBeCloseTo((100 * MiB) / priorFill('memory'));
    const dcache = reading({ resource: 'dcachesize', wall: 3_145_728, judged: 145_728 });
    expect(new Simulation({ walls: [dcache] }).judge.toWallMs).toBeCloseTo(20);
  });

  it('is reckoned with what was seen, once that was faster', () => {
    const memory = reading({ wall: 10_000 * MiB, judged: 0 });
    const simulation = new Simulation({ walls: [memory] }).run(5000);
    memory.judged = 1000 * MiB;
    simulation.run(100);
    memory.judged = 900 * MiB;
    simulation.run(1000);
    expect(simulation.judge.toWallMs).toBeCloseTo(9100 / 10);
  });

  it('is unknown where nothing of memory is walled', () => {
    const pids = reading({ resource: 'pids', judged: 990 });
    expect(new Simulation({ walls: [pids] }).judge.toWallMs).toBe(Number.POSITIVE_INFINITY);
  });
});
