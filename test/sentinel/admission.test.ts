import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideAdmission, waitBeforeMs } from '../../src/sentinel/admission.ts';
import { ADMITTED } from '../support/installation.ts';

const VERDICTS = ['admit', 'throttle', 'refuse', 'unknown'] as const;
const ON_REFUSE = ['exit', 'wait', 'start'] as const;
const ON_UNKNOWN = ['start', 'refuse'] as const;

const kindOf = (
  verdict: (typeof VERDICTS)[number],
  onRefuse: (typeof ON_REFUSE)[number],
  onUnknown: (typeof ON_UNKNOWN)[number],
): string => decideAdmission({ ...ADMITTED, verdict }, { onRefuse, onUnknown }).kind;

describe('what an answer comes to', () => {
  it('a table that may not be read is refused, whatever --on-unknown says, and overruled only by --on-refuse', () => {
    const record = { ...ADMITTED, verdict: 'unknown' as const, reason: 'wall-denied' };
    expect(decideAdmission(record, { onRefuse: 'exit', onUnknown: 'start' })).toEqual({ kind: 'refuse' });
    expect(decideAdmission(record, { onRefuse: 'start', onUnknown: 'start' }).kind).toBe('start');
  });

  it('is the table of verdicts and options, whole', () => {
    const table = VERDICTS.flatMap((verdict) =>
      ON_UNKNOWN.map((onUnknown) => [
        verdict,
        onUnknown,
        ...ON_REFUSE.map((onRefuse) => kindOf(verdict, onRefuse, onUnknown)),
      ]),
    );
    expect(table).toEqual([
      ['admit', 'start', 'start', 'start', 'start'],
      ['admit', 'refuse', 'start', 'start', 'start'],
      ['throttle', 'start', 'start', 'start', 'start'],
      ['throttle', 'refuse', 'start', 'start', 'start'],
      ['refuse', 'start', 'refuse', 'wait', 'start'],
      ['refuse', 'refuse', 'refuse', 'wait', 'start'],
      ['unknown', 'start', 'start', 'start', 'start'],
      ['unknown', 'refuse', 'refuse', 'wait', 'start'],
    ]);
  });

  it('a start against the verdict is never without a caution, one with it never has any', () => {
    for (const verdict of VERDICTS) {
      const admission = decideAdmission({ ...ADMITTED, verdict }, { onRefuse: 'start', onUnknown: 'start' });
      const hasCaution = admission.kind === 'start' && admission.caution !== null;
      expect(hasCaution).toBe(verdict === 'refuse' || verdict === 'unknown');
    }
  });

  it('a request that is wrong fails, whatever the options', () => {
    const record = { ...ADMITTED, verdict: 'unknown' as const, reason: 'bad-request' };
    for (const onRefuse of ON_REFUSE)
      expect(decideAdmission(record, { onRefuse, onUnknown: 'start' })).toEqual({ kind: 'fail' });
  });
});

describe('waiting', () => {
  it('doubles from 5 s to 5 min and keeps within a quarter of it', () => {
    expect([0, 1, 2, 5, 6, 7, 1000].map((attempt) => waitBeforeMs(attempt, 0.5))).toEqual([
      5_000, 10_000, 20_000, 160_000, 300_000, 300_000, 300_000,
    ]);
    fc.assert(
      fc.property(fc.nat(2000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const plain = waitBeforeMs(attempt, 0.5);
        expect(Math.abs(waitBeforeMs(attempt, random) - plain)).toBeLessThanOrEqual(plain / 4 + 1);
      }),
    );
  });
});
