// Units. The one file with `as`: a number becomes a quantity here and nowhere else.
// Knows: which units the kernel speaks in. May not know: what is measured.

declare const unit: unique symbol;
type Quantity<Name extends string> = number & { readonly [unit]: Name };

/** Errno-free share, 0 to 1 (may exceed 1 when a projection is over its wall). */
export type Ratio = Quantity<'ratio'>;

export const ratio = (value: number): Ratio => value as Ratio;

export const KiB = 1024;
export const MiB: number = 1024 * KiB;

/**
 * A kernel counter in its row's own unit, exact to 2^64: a bigint only above 2^53, where a double would round.
 * `Number(counter)` is the way to judge it; `String(counter)` is the way to show it.
 */
export type Counter = number | bigint;

/** The exact value as the narrowest Counter. */
export function counter(value: bigint): Counter {
  const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
  return isSafe ? Number(value) : value;
}

/** An estimate with its error: low ≤ expected ≤ high, all in one unit. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

export const ZERO_RANGE: Range = { low: 0, expected: 0, high: 0 };

export const exactly = (value: number): Range => ({ low: value, expected: value, high: value });

/** `value` with a symmetric relative error in percent, never below zero. */
export function within(value: number, errorPercent: number): Range {
  const error = (Math.abs(value) * errorPercent) / 100;
  return { low: Math.max(0, value - error), expected: value, high: value + error };
}

export const addRanges = (...ranges: readonly Range[]): Range =>
  ranges.reduce(
    (sum, range) => ({
      low: sum.low + range.low,
      expected: sum.expected + range.expected,
      high: sum.high + range.high,
    }),
    ZERO_RANGE,
  );

export const scaleRange = (range: Range, factor: number): Range => ({
  low: range.low * factor,
  expected: range.expected * factor,
  high: range.high * factor,
});
