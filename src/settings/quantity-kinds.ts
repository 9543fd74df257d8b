// Settings that are quantities: shares, sizes, amounts of a row, durations. A text with its unit, or a bare number.

import type { ResourceUnit } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { type Counter, type Ratio, ratio } from '../domain/units.ts';
import {
  parseAmount,
  parseDuration,
  parsePercent,
  parseSize,
  renderDuration,
  renderExactSize,
} from '../formats/quantity-text.ts';
import { type Kind, NUMBER_PATTERN, unlike, type Written } from './kinds.ts';

interface Quantity<T> {
  parse(text: string): Result<T, string>;
  write(value: T): Written;
  /** Of the text, for editors. */
  readonly pattern: string;
  readonly example: string;
  /** true: a bare number is one too. */
  readonly isBareAllowed: boolean;
}

/** A text with its unit, or a bare number where the kind has one. */
function quantity<T>({ parse, write, pattern, example, isBareAllowed }: Quantity<T>): Kind<T> {
  const text = { type: 'string', pattern, examples: [example] };
  return {
    form: 'text',
    parse: (value) =>
      typeof value === 'string' || typeof value === 'number'
        ? parse(String(value))
        : unlike(value, 'a number, or a text with its unit'),
    write,
    schema: isBareAllowed ? { anyOf: [text, { type: 'integer', minimum: 0 }] } : text,
  };
}

/** A share of a wall, more than 0 %. */
export const SHARE: Kind<Ratio> = quantity({
  parse(text) {
    const parsed = parsePercent(text);
    if (!parsed.ok) return parsed;
    return parsed.value > 0 ? success(ratio(parsed.value)) : failure(`${text}: a threshold is more than 0%`);
  },
  write: (value) => `${Math.round(value * 100_000) / 1000}%`,
  pattern: `^\\s*${NUMBER_PATTERN} ?%\\s*$`,
  example: '85%',
  isBareAllowed: false,
});

const SIZE_PATTERN = `^\\s*${NUMBER_PATTERN} ?(?:[KMGTPkmgtp](?:[iI][bB])?|[bB])?\\s*$`;

/** Bytes. */
export const SIZE: Kind<number> = quantity({
  parse: parseSize,
  write: renderExactSize,
  pattern: SIZE_PATTERN,
  example: '64M',
  isBareAllowed: true,
});

/** Of a row, in its own unit. */
export const amountIn = (unit: ResourceUnit): Kind<Counter> =>
  quantity({
    parse: (text) => parseAmount(text, unit),
    write: (value) => (unit === 'bytes' ? renderExactSize(Number(value)) : Number(value)),
    pattern: unit === 'items' ? '^\\s*\\d+\\s*$' : SIZE_PATTERN,
    example: unit === 'items' ? '8192' : '400M',
    isBareAllowed: true,
  });

const UNIT = '(?:ms|s|sec|min|h|d)';

/** Milliseconds, `leastMs` at least; above 2^31 - 1 ms a timer of Node fires at once. */
export const durationFrom = (leastMs: number): Kind<number> =>
  quantity({
    parse(text) {
      const parsed = parseDuration(text);
      if (!parsed.ok) return parsed;
      if (parsed.value < leastMs) return failure(`${text} is shorter than ${renderDuration(leastMs)}`);
      return parsed.value < 2 ** 31 ? parsed : failure(`${text} is longer than 24d`);
    },
    write: renderDuration,
    pattern: `^\\s*(?:0|(?:${NUMBER_PATTERN} ?${UNIT} ?)+)\\s*$`,
    example: '5min',
    isBareAllowed: false,
  });
