// JSON as scripts can trust it: one object, integers above 2^53 as strings, never NaN.

import type { Range } from '../../domain/units.ts';

/** One line of JSON and a newline; a bigint becomes its decimal text. */
export const renderJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))}\n`;

/** Bytes and items are whole. */
export const roundRange = ({ low, expected, high }: Range): Range => ({
  low: Math.floor(low),
  expected: Math.round(expected),
  high: Math.ceil(high),
});
