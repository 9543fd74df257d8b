import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/guard-decision.ts';
import { Judge } from '../../src/domain/guard-observation.ts';
import { BANDS, phaseIndex, RULES } from '../../src/domain/lifecycle.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { FLAG_CONFIRMED } from '../../src/domain/policy-table.ts';
import type { WallReading } from '../../src/domain/wall-signals.ts';

/** A v2 cgroup of its own at 87 %, braked by memory.high: reclaim runs, and every task waits `share` of the time. */
function stalled(phase: 'running' | 'throttled', share: number, seconds: number): Judge {
  const reading = {
    resource: 'memory' as const,
    source: 'cgroup2' as const,
    isShared: false,
    wall: 1000,
    judged: 870,
    held: 870,
    maxheld: -1,
    failcnt: 0,
    hits: 0,
    underOom: -1,
    stallMicroseconds: 0,
  };
  const judge = new Judge({ walls: [reading as WallReading], policy: DEFAULT_POLICY, platform: 'cgroup2' });
  judge.enter(phaseIndex(phase), 0);
  for (let nowMs = 0; nowMs <= seconds * 1000; nowMs += 250) {
    reading.hits += 1;
    reading.stallMicroseconds += 250_000 * share;
    judge.observe(nowMs);
  }
  return judge;
}

const decisionOf = (judge: Judge, phase: 'running' | 'throttled'): string =>
  decide({
    phase,
    band: BANDS[judge.band] ?? 'ample',
    isRising: false,
    hasDwelt: false,
    isConfirmed: (judge.flags & FLAG_CONFIRMED) !== 0,
    isTermSafe: true,
    isKillSafe: true,
  }).phase;

describe('a brake that is held for 30 s', () => {
  it('stops a daemon that runs when all its tasks waited 40 % of the time', () => {
    const judge = stalled('running', 0.45, 35);
    expect([RULES[judge.rule], decisionOf(judge, 'running')]).toEqual(['pinned-excess', 'stopping']);
    expect(decisionOf(stalled('running', 0.35, 35), 'running')).not.toBe('stopping');
  });

  it('stops one in its duty cycle by the time in which it may run: a frozen task does not wait', () => {
    const judge = stalled('throttled', 0.12, 35);
    expect([RULES[judge.rule], decisionOf(judge, 'throttled')]).toEqual(['pinned-excess', 'stopping']);
    expect(decisionOf(stalled('throttled', 0.08, 35), 'throttled')).toBe('throttled');
  });

  it('is not judged before', () => {
    expect(decisionOf(stalled('throttled', 0.25, 20), 'throttled')).toBe('throttled');
  });
});
