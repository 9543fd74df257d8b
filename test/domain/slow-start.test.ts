import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DutyCycle, REST_MS, RUN_MS } from '../../src/domain/duty-cycle.ts';
import { SlowStart } from '../../src/domain/slow-start.ts';

interface Scene {
  readonly headroom: number;
  /** Taken of the headroom per ms of running. */
  readonly perMs: number;
  readonly forMs: number;
}

/** A daemon that takes `perMs` while it is not resting, looked at every ms. */
function start({ headroom, perMs, forMs }: Scene) {
  const slow = new SlowStart(0, headroom);
  const slices = [slow.sliceMs];
  let left = headroom;
  let overMs = Number.POSITIVE_INFINITY;
  for (let nowMs = 1; nowMs <= forMs && !slow.isOver; nowMs++) {
    if (!slow.isResting) left = Math.max(0, left - perMs);
    slow.step(nowMs, left);
    if (slices.at(-1) !== slow.sliceMs) slices.push(slow.sliceMs);
    if (slow.isOver) overMs = nowMs;
  }
  return { slow, slices, left, overMs };
}

describe('a slow start', () => {
  it('doubles its slices to a second while they cost little, and is over after three seconds of long ones', () => {
    const { slices, overMs } = start({ headroom: 1e9, perMs: 1, forMs: 60_000 });
    expect(slices).toEqual([20, 40, 80, 160, 320, 640, 1000]);
    expect(overMs).toBeGreaterThan(3000);
    expect(overMs).toBeLessThan(6000);
  });

  it('keeps its slices short while they are dear, and goes on', () => {
    const { slow, slices } = start({ headroom: 1e6, perMs: 1e6 / 50, forMs: 200 });
    expect(slow.isOver).toBe(false);
    expect(Math.max(...slices)).toBe(20);
    expect(slow.sliceMs).toBeLessThan(20);
  });

  it('halves a dear slice down to five ms, and rests five ms between two', () => {
    const slow = new SlowStart(1000, 1000);
    let left = 1000;
    const slices: number[] = [];
    for (let round = 0; round < 4; round++) {
      left /= 2;
      slow.step(slow.nextAtMs, left);
      const restFromMs = slow.nextAtMs - 5;
      slow.step(restFromMs + 4, left);
      expect(slow.isResting).toBe(true);
      slow.step(restFromMs + 5, left);
      slices.push(slow.sliceMs);
    }
    expect([slices, slow.isResting]).toEqual([[10, 5, 5, 5], false]);
  });

  it('cuts a slice short that has taken a quarter of the headroom', () => {
    const slow = new SlowStart(0, 1000);
    slow.step(3, 700);
    expect(slow.isResting).toBe(true);
  });

  it('takes no more than a quarter of the headroom, and one look, in any slice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (perMs) => {
        const slow = new SlowStart(0, 1000);
        let left = 1000;
        let before = left;
        for (let nowMs = 1; nowMs < 500; nowMs++) {
          const wasResting = slow.isResting;
          if (!wasResting) left = Math.max(0, left - perMs);
          slow.step(nowMs, left);
          if (!wasResting) expect(before - left).toBeLessThanOrEqual(before / 4 + perMs);
          else before = left;
        }
      }),
    );
  });

  it('is over five seconds after its last dear slice', () => {
    const slow = new SlowStart(0, 1000);
    let left = 1000;
    let nowMs = 0;
    for (; nowMs < 20_000; nowMs++) {
      if (!slow.isResting) left *= 0.97;
      slow.step(nowMs, left);
    }
    expect(slow.isOver).toBe(false);
    for (; nowMs < 25_500; nowMs++) slow.step(nowMs, left);
    expect(slow.isOver).toBe(true);
    expect(slow.nextAtMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('changes no slice on a gap, and still ends', () => {
    const slow = new SlowStart(0, -1);
    for (let nowMs = 0; nowMs < 299_000; nowMs += 1) slow.step(nowMs, -1);
    expect([slow.sliceMs, slow.isOver]).toEqual([20, false]);
    for (let nowMs = 299_000; nowMs < 301_000; nowMs += 1) slow.step(nowMs, -1);
    expect(slow.isOver).toBe(true);
  });

  it('without any wall is over as soon as its slices are long', () => {
    const slow = new SlowStart(0, Number.POSITIVE_INFINITY);
    for (let nowMs = 0; nowMs < 10_000; nowMs += 1) slow.step(nowMs, Number.POSITIVE_INFINITY);
    expect(slow.isOver).toBe(true);
  });

  it('always leaves the daemon running when it is over', () => {
    const speed = fc.double({ min: 0, max: 50, noNaN: true });
    fc.assert(
      fc.property(speed, fc.integer({ min: 1, max: 250 }), (perMs, lookMs) => {
        const slow = new SlowStart(0, 1e6);
        let left = 1e6;
        for (let nowMs = 0; nowMs < 310_000 && !slow.isOver; nowMs += lookMs) {
          if (!slow.isResting) left = Math.max(0, left - perMs * lookMs);
          slow.step(nowMs, left);
        }
        expect([slow.isOver, slow.isResting]).toEqual([true, false]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a duty cycle', () => {
  it('runs a quarter of the time, running first', () => {
    const cycle = new DutyCycle();
    cycle.begin(0);
    let restedMs = 0;
    for (let nowMs = 0; nowMs < 4000; nowMs++) {
      cycle.step(nowMs);
      restedMs += cycle.isResting ? 1 : 0;
    }
    expect(restedMs).toBe(3000);
    cycle.begin(5000);
    cycle.step(5000 + RUN_MS - 1);
    expect(cycle.isResting).toBe(false);
    cycle.step(5000 + RUN_MS);
    expect([cycle.isResting, cycle.nextAtMs]).toEqual([true, 5000 + RUN_MS + REST_MS]);
  });

  it('rests nobody once it is off', () => {
    const cycle = new DutyCycle();
    cycle.begin(0);
    cycle.step(RUN_MS);
    cycle.end();
    cycle.step(1e9);
    expect([cycle.isResting, cycle.nextAtMs]).toEqual([false, Number.POSITIVE_INFINITY]);
  });
});
