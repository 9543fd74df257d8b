import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextRun } from '../../src/companion/schedule.ts';
import { parseCronExpression } from '../../src/formats/cron-expression.ts';

const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/** Parts that crontab(5) allows in a field of this range. */
function partOf([low, high]: readonly [number, number]): fc.Arbitrary<string> {
  const number = fc.integer({ min: low, max: high });
  const range = fc.tuple(number, number).map((two) => [Math.min(...two), Math.max(...two)].join('-'));
  const step = fc.integer({ min: 1, max: high });
  const stepped = fc.tuple(fc.oneof(fc.constant('*'), range), step).map(([from, by]) => `${from}/${by}`);
  return fc.oneof(fc.constant('*'), number.map(String), range, stepped);
}

const fieldOf = (range: readonly [number, number]): fc.Arbitrary<string> =>
  fc.array(partOf(range), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','));

describe('five fields of cron', () => {
  it('as crontab has them are known, and croner knows them too', () => {
    fc.assert(
      fc.property(fc.tuple(...RANGES.map(fieldOf)), (fields) => {
        const text = fields.join(' ');
        expect(parseCronExpression(text)).toEqual({ ok: true, value: text });
        expect(nextRun(text, 'UTC', new Date(0))).toMatchObject({ ok: true });
      }),
    );
  });

  it('may have names, and any blanks between', () => {
    expect(parseCronExpression(' 20  4 * jan-MAR\tmon,Fri ')).toEqual({
      ok: true,
      value: '20 4 * jan-MAR mon,Fri',
    });
    expect(nextRun('20 4 * jan-MAR mon,Fri', 'UTC', new Date(0))).toMatchObject({ ok: true });
  });

  it.each([
    ['daily', 'daily is not five fields of cron'],
    ['20 4 * * * *', 'is not five fields of cron'],
    ['60 4 * * *', '60 is no minute from 0 to 59'],
    ['20 24 * * *', '24 is no hour from 0 to 23'],
    ['20 4 0 * *', '0 is no day of the month from 1 to 31'],
    ['20 4 * 13 *', '13 is no month from 1 to 12'],
    ['20 4 * * 8', '8 is no day of the week from 0 to 7'],
    ['20 4 * * son', 'son is no day of the week'],
    ['5/10 4 * * *', '5/10 is no minute'],
    ['*/0 4 * * *', '*/0 is no minute'],
    ['30-20 4 * * *', '30-20 is no minute'],
    ['1,,2 4 * * *', 'an empty part is no minute'],
    ['-5 4 * * *', '-5 is no minute'],
    ['@daily 4 * * *', '@daily is no minute'],
  ])('%s is none, and its first wrong part is named', (text, words) => {
    const parsed = parseCronExpression(text);
    expect(parsed.ok ? '' : parsed.error).toContain(words);
  });

  it('never throw', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseCronExpression(text).ok === 'boolean'));
  });
});
