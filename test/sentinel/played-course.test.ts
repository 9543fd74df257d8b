import { describe, expect, it } from 'vitest';
import { unknownTerms } from '../../src/sentinel/guard-parts.ts';
import { playCourse } from '../../src/sentinel/played-course.ts';

describe('the played course', () => {
  it('comes to the end of its story every time: at least eight acts a play, whatever the platform', () => {
    for (const platform of ['cgroup1', 'cgroup2', 'openvz-028', 'host'] as const)
      expect(playCourse({ ...unknownTerms(), platform }, null)).toBeGreaterThan(100 * 8);
  });

  it('tells a daemon to end and kills it also where neither is safe', () => {
    const ends = { isTermSafe: false, isKillSafe: false, recover: null };
    expect(playCourse({ ...unknownTerms(), ends, graceMs: 30_000 }, null)).toBeGreaterThan(100 * 8);
  });
});
