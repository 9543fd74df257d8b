import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalAfter, keyBytes, lastDecimalOf, readDecimal } from '../../src/formats/tick-decimal.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const decimalIn = (text: string): number => readDecimal(bytes(text), 0, text.length);
const keyed = (text: string, key: string): number => decimalAfter(bytes(text), text.length, keyBytes(key));

describe('a decimal on the tick', () => {
  it('is every number up to 2^53 exactly, and 2^53 - 1 for all above', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const largest = BigInt(Number.MAX_SAFE_INTEGER);
        expect(decimalIn(`${value}\n`)).toBe(Number(value > largest ? largest : value));
      }),
    );
  });

  it.each([
    ['the word max', 'max\n', Number.POSITIVE_INFINITY],
    ['blanks before it', ' \t 42 kB\n', 42],
    ['no newline after it: the caller knows where it ends', '42', 42],
    ['nothing', '', -1],
    ['a newline alone', '\n', -1],
    ['blanks alone', '   ', -1],
    ['a word', 'maximum\n', -1],
    ['a cut word', 'ma', -1],
    ['a sign', '-1\n', -1],
    ['digits with a tail', '12a\n', -1],
    ['a fraction', '0.5\n', -1],
  ])('with %s is what it says, or -1', (_, text, value) => {
    expect(decimalIn(text)).toBe(value);
  });

  it('is never read from beyond its range', () => {
    expect(readDecimal(bytes('123456'), 0, 3)).toBe(123);
    expect(readDecimal(bytes('123456'), 4, 4)).toBe(-1);
    expect(readDecimal(bytes('12'), 5, 9)).toBe(-1);
  });

  it('is a number for any bytes: nothing throws, nothing is NaN', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 0, max: 70 }), (buffer, to) => {
        expect(readDecimal(buffer, 0, to)).toBeGreaterThanOrEqual(-1);
        expect(decimalAfter(buffer, Math.min(to, buffer.length), keyBytes('a'))).toBeGreaterThanOrEqual(-1);
        expect(lastDecimalOf(buffer, Math.min(to, buffer.length), keyBytes('a'))).toBeGreaterThanOrEqual(-1);
      }),
    );
  });
});

describe('a keyed line on the tick', () => {
  const STAT = 'anon 1\nslab_reclaimable 22\nslab 333\noom_kill 5\noom 4\n';

  it('is found by its whole key, at the beginning of a line', () => {
    expect(['anon', 'slab', 'slab_reclaimable', 'oom', 'oom_kill'].map((key) => keyed(STAT, key))).toEqual([
      1, 333, 22, 4, 5,
    ]);
    expect(keyed('x slab 1\n', 'slab')).toBe(-1);
  });

  it('that is not there is -1, and so is one without a number', () => {
    expect(keyed(STAT, 'kernel')).toBe(-1);
    expect(keyed('anon\n', 'anon')).toBe(-1);
    expect(keyed('anon \n', 'anon')).toBe(-1);
    expect(keyed('anon\n7\n', 'anon')).toBe(-1);
  });

  it('that is cut is -1, however many digits are there', () => {
    for (let length = 0; length < 6; length++)
      expect(decimalAfter(bytes('anon 123456\n'), 5 + length, keyBytes('anon'))).toBe(-1);
  });

  it('left over from an earlier, longer read is not seen', () => {
    expect(decimalAfter(bytes('anon 1\nslab 2\n'), 7, keyBytes('slab'))).toBe(-1);
  });

  it('of a table with one space or many reads the same', () => {
    expect(keyed('MemTotal:       24684096 kB\nMemFree: 3 kB\n', 'MemTotal:')).toBe(24684096);
  });
});

describe('a pressure line on the tick', () => {
  const PRESSURE =
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=2954809\nfull avg10=1.50 avg60=0.00 avg300=0.00 total=2012967\n';
  const totalOf = (text: string, key: string): number =>
    lastDecimalOf(bytes(text), text.length, keyBytes(key));

  it('gives its total', () => {
    expect([totalOf(PRESSURE, 'some'), totalOf(PRESSURE, 'full')]).toEqual([2954809, 2012967]);
  });

  it('without a total is -1', () => {
    expect(totalOf('full nothing here\n', 'full')).toBe(-1);
    expect(totalOf('full avg10=0.00\n', 'full')).toBe(-1);
    expect(totalOf(PRESSURE.slice(0, -1), 'full')).toBe(-1);
  });
});
