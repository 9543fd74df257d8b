import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseAmount,
  parseDuration,
  parsePercent,
  parseSize,
  renderAmount,
  renderBytes,
  renderCount,
  renderDuration,
  renderExactSize,
  renderWait,
} from '../../src/formats/quantity-text.ts';

const outcome = <T>(parsed: { ok: true; value: T } | { ok: false; error: string }): T | string =>
  parsed.ok ? parsed.value : `! ${parsed.error}`;

describe('a size', () => {
  it.each([
    ['3145728', 3145728],
    ['0', 0],
    ['64K', 65536],
    ['64M', 67108864],
    ['64m', 67108864],
    ['64MiB', 67108864],
    ['64 MiB', 67108864],
    ['1.5G', 1610612736],
    ['2T', 2199023255552],
    ['512B', 512],
    [' 3M ', 3145728],
  ])('%s is %i bytes', (text, bytes) => {
    expect(outcome(parseSize(text))).toBe(bytes);
  });

  it.each(['64MB', '64KB', '1.5 GB'])('%s is refused because it could mean two things', (text) => {
    expect(outcome(parseSize(text))).toMatch(/could mean 1000 or 1024: write [KMG] or [KMG]iB/);
  });

  it.each(['', 'M', '-1', '1e6', '1_000', '0x10', '64Q', '1.5', '1.2.3M', '99999999999P', '5 M M', 'NaN'])(
    '%j is refused',
    (text) => {
      expect(parseSize(text).ok).toBe(false);
    },
  );

  it('printed exactly, reads back as the same bytes', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(outcome(parseSize(renderExactSize(bytes)))).toBe(bytes);
      }),
    );
    expect(renderExactSize(3145728)).toBe('3M');
    expect(renderExactSize(3460300)).toBe('3460300');
    expect(renderExactSize(0)).toBe('0');
  });
});

describe('an amount', () => {
  it('without a suffix is in the unit of its row', () => {
    expect(outcome(parseAmount('20480', 'pages'))).toBe(20480);
    expect(outcome(parseAmount('20480', 'bytes'))).toBe(20480);
    expect(outcome(parseAmount('20480', 'items'))).toBe(20480);
  });

  it('as a size is turned into pages of 4096 bytes, rounded up', () => {
    expect(outcome(parseAmount('72M', 'pages'))).toBe(18432);
    expect(outcome(parseAmount('1B', 'pages'))).toBe(1);
  });

  it('as a size of items is refused', () => {
    expect(outcome(parseAmount('96K', 'items'))).toMatch(/not a number of items/);
  });

  it('to 2^64 is exact', () => {
    expect(outcome(parseAmount('9223372036854775807', 'bytes'))).toBe(9223372036854775807n);
  });
});

describe('a percentage', () => {
  it('is a share of one', () => {
    expect(outcome(parsePercent('85%'))).toBe(0.85);
    expect(outcome(parsePercent('99.5 %'))).toBe(0.995);
  });

  it.each(['85', '%', '101%', '-5%', '8 5%'])('%s is refused', (text) => {
    expect(parsePercent(text).ok).toBe(false);
  });
});

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5min', 300_000],
    ['1h', 3_600_000],
    ['1h30min', 5_400_000],
    ['1.5s', 1500],
    ['2d', 172_800_000],
    ['0', 0],
  ])('%s is %i ms', (text, milliseconds) => {
    expect(outcome(parseDuration(text))).toBe(milliseconds);
  });

  it('needs its unit, and one that means one thing', () => {
    expect(outcome(parseDuration('10'))).toMatch(/not a duration/);
    expect(outcome(parseDuration('5m'))).toMatch(/write min/);
    for (const text of ['', 'ms', '-1s', '1 fortnight', '1s,2s', '1S'])
      expect(parseDuration(text).ok).toBe(false);
  });

  it('printed, reads back as the same milliseconds', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 12 }), (durationMs) => {
        expect(outcome(parseDuration(renderDuration(durationMs)))).toBe(durationMs);
      }),
    );
  });

  it.each([
    [899_999, '15min'],
    [5217, '5s'],
    [1000, '1s'],
    [250, '250ms'],
  ])('a wait of %i ms is told as %s', (waitMs, text) => {
    expect(renderWait(waitMs)).toBe(text);
  });
});

describe('numbers for people', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [3145728, '3.0 MiB'],
    [3460300, '3.3 MiB'],
    [1048575, '1.0 MiB'],
    [-1536, '-1.5 KiB'],
    [2 ** 60, '1024.0 PiB'],
  ])('%i bytes read %s', (bytes, text) => {
    expect(renderBytes(bytes)).toBe(text);
  });

  it('counts are grouped by thousands, exact to 2^64', () => {
    expect(renderCount(625106375)).toBe('625,106,375');
    expect(renderCount(18446744073709551615n)).toBe('18,446,744,073,709,551,615');
    expect(renderCount(-1234)).toBe('-1,234');
    expect(renderCount(999)).toBe('999');
  });

  it('amounts show pages as the bytes they are', () => {
    expect(renderAmount(20480, 'pages')).toBe('80.0 MiB');
    expect(renderAmount(20480, 'items')).toBe('20,480');
    expect(renderAmount(20480, 'bytes')).toBe('20.0 KiB');
  });
});
