import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandOf, compileThresholds, dwellMs, NEVER, powerOf } from '../../src/domain/guard-thresholds.ts';
import { BANDS, type Band, PHASES } from '../../src/domain/lifecycle.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';

const thresholds = compileThresholds({ policy: DEFAULT_POLICY, wall: 1000, power: 'stop', admitted: 0 });
const named = (judged: number): Band | undefined => BANDS[bandOf(judged, thresholds)];

describe('thresholds', () => {
  it.each([
    [0, 'ample'],
    [749, 'ample'],
    [750, 'warm'],
    [849, 'warm'],
    [850, 'throttle'],
    [900, 'pause'],
    [949, 'pause'],
    [950, 'stop'],
    [2000, 'stop'],
  ] as const)('%i of 1000 is %s', (judged, band) => {
    expect(named(judged)).toBe(band);
  });

  it('take a gap for warm: it neither resumes nor acts', () => {
    expect(named(-1)).toBe('warm');
  });

  it('round up, so that a share is reached and not merely neared', () => {
    expect(
      compileThresholds({ policy: DEFAULT_POLICY, wall: 999, power: 'stop', admitted: 0 }).pauseFrom,
    ).toBe(900);
  });

  it.each([
    ['throttle', ['throttleFrom']],
    ['pause', ['throttleFrom', 'pauseFrom']],
    ['warm', []],
  ] as const)('go no further than a power of %s', (power, reached) => {
    const capped = compileThresholds({ policy: DEFAULT_POLICY, wall: 1000, power, admitted: 0 });
    const open = (['throttleFrom', 'pauseFrom', 'stopFrom'] as const).filter(
      (name) => capped[name] !== NEVER,
    );
    expect(open).toEqual(reached);
  });

  it('never resume into a band that throttles', () => {
    const early = compileThresholds({
      policy: { throttleAt: 0.5, pauseAt: 0.6, stopAt: 0.7 },
      wall: 1000,
      power: 'stop',
      admitted: 0,
    });
    expect(early.resumeBelow).toBe(early.throttleFrom);
  });

  it('never give a milder band for more, nor a harsher one for a higher wall', () => {
    const amount = fc.integer({ min: 0, max: 2 ** 40 });
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 1, max: 2 ** 40 }), (judged, more, wall) => {
        const here = compileThresholds({ policy: DEFAULT_POLICY, wall, power: 'stop', admitted: 0 });
        const higher = compileThresholds({
          policy: DEFAULT_POLICY,
          wall: wall + more,
          power: 'stop',
          admitted: 0,
        });
        expect(bandOf(judged + more, here)).toBeGreaterThanOrEqual(bandOf(judged, here));
        expect(bandOf(judged, higher)).toBeLessThanOrEqual(bandOf(judged, here));
      }),
    );
  });
});

describe('what a resource may lead to', () => {
  it('is a stop for memory, dentries, kernel memory and tasks, less for disks and watches, a word for the rest', () => {
    expect(
      ['memory', 'dcachesize', 'kmemsize', 'pids', 'numproc'].map((name) => powerOf(name as 'memory')),
    ).toEqual(Array.from({ length: 5 }, () => 'stop'));
    expect([powerOf('disk_space'), powerOf('disk_inodes')]).toEqual(['pause', 'pause']);
    expect(powerOf('inotify_watches')).toBe('throttle');
    expect([powerOf('shmpages'), powerOf('numfile'), powerOf('physpages')]).toEqual(['warm', 'warm', 'warm']);
  });
});

describe('dwell', () => {
  const times = { reliefMs: 60_000, graceMs: 8000, isTermSafe: true };

  it.each([
    ['throttled', 'ample', 60_000],
    ['paused', 'ample', 60_000],
    ['paused', 'pause', 1_800_000],
    ['paused', 'stop', 60_000],
    ['stopping', 'ample', 8000],
    ['killing', 'stop', 1000],
    ['running', 'ample', NEVER],
    ['starting', 'stop', NEVER],
  ] as const)('of %s in %s is %i ms', (phase, band, expected) => {
    expect(dwellMs(phase, band, times)).toBe(expected);
  });

  it('of a pause at the wall is as long as any where TERM breaks the daemon', () => {
    expect(dwellMs('paused', 'stop', { ...times, isTermSafe: false })).toBe(1_800_000);
  });

  it('of a pause outside ample is never shorter than two of its own in ample', () => {
    const reliefMs = 3_600_000;
    expect(dwellMs('paused', 'warm', { ...times, reliefMs })).toBe(2 * reliefMs);
  });

  it('has an end in every phase that holds the daemon still or waits for its death', () => {
    const held = PHASES.filter((phase) => ['paused', 'stopping', 'killing'].includes(phase));
    for (const phase of held)
      for (const band of BANDS) expect(dwellMs(phase, band, times)).toBeLessThan(NEVER);
  });

  it('never pause or stop an admitted tree for what the gate foresaw of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 40 }),
        fc.double({ min: 0, max: 1.5, noNaN: true }),
        (wall, share) => {
          const admitted = share * wall;
          const { pauseFrom, stopFrom } = compileThresholds({
            policy: DEFAULT_POLICY,
            wall,
            power: 'stop',
            admitted,
          });
          expect(pauseFrom).toBeGreaterThanOrEqual(Math.min(admitted, 0.98 * wall) * (1 - 1e-9));
          expect(pauseFrom).toBeLessThanOrEqual(stopFrom);
          expect(stopFrom).toBeLessThanOrEqual(wall);
        },
      ),
    );
  });

  it('are the policy alone where the gate foresaw less', () => {
    const plain = compileThresholds({ policy: DEFAULT_POLICY, wall: 1000, power: 'stop', admitted: 0 });
    expect(compileThresholds({ policy: DEFAULT_POLICY, wall: 1000, power: 'stop', admitted: 899 })).toEqual(
      plain,
    );
  });
});
