// The kinds of values a setting may have: each says how it is read, written back, and described to an editor.
// Knows: quantities and words. May not know: which settings there are, files, layers.

import type { EndSafety } from '../domain/profile.ts';
import type { ResourceUnit } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { RestartCondition } from '../domain/settings.ts';
import { type Counter, type Ratio, ratio } from '../domain/units.ts';
import { parseCronExpression } from '../formats/cron-expression.ts';
import { nearestWord } from '../formats/nearest-word.ts';
import {
  parseAmount,
  parseDuration,
  parsePercent,
  parseSize,
  renderDuration,
  renderExactSize,
} from '../formats/quantity-text.ts';
import { parseRestartCondition, renderRestartCondition } from '../formats/restart-condition.ts';

/** As TOML and JSON have it. */
export type Written = string | number | boolean | readonly string[];

/** What of JSON Schema (draft 7) is used. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export interface Kind<T> {
  /** What a file may say; the error is a clause behind the key. */
  parse(value: unknown): Result<T, string>;
  /** What `parse` takes for the same value. */
  write(value: T): Written;
  /** How a variable or a flag, which is always text, is taken. */
  readonly form: 'text' | 'number' | 'flag' | 'list';
  readonly schema: JsonSchema;
}

const found = (value: unknown): string => {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return typeof value === 'object' && value !== null ? 'a table' : String(value);
};

const unlike = (value: unknown, expected: string): Result<never, string> =>
  failure(`${found(value)} found, ${expected} expected`);

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

const NUMBER = '\\d+(?:\\.\\d+)?';

/** A share of a wall, more than 0 %. */
export const SHARE: Kind<Ratio> = quantity({
  parse(text) {
    const parsed = parsePercent(text);
    if (!parsed.ok) return parsed;
    return parsed.value > 0 ? success(ratio(parsed.value)) : failure(`${text}: a threshold is more than 0%`);
  },
  write: (value) => `${Math.round(value * 100_000) / 1000}%`,
  pattern: `^\\s*${NUMBER} ?%\\s*$`,
  example: '85%',
  isBareAllowed: false,
});

const SIZE_PATTERN = `^\\s*${NUMBER} ?(?:[KMGTPkmgtp](?:[iI][bB])?|[bB])?\\s*$`;

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
    pattern: `^\\s*(?:0|(?:${NUMBER} ?${UNIT} ?)+)\\s*$`,
    example: '5min',
    isBareAllowed: false,
  });

export const countIn = (low: number, high: number | null): Kind<number> => ({
  form: 'number',
  parse: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= (high ?? value)
      ? success(value)
      : unlike(value, high === null ? `a whole number from ${low} on` : `${low} to ${high}`),
  write: (value) => value,
  schema: { type: 'integer', minimum: low, ...(high === null ? {} : { maximum: high }) },
});

export const FLAG: Kind<boolean> = {
  form: 'flag',
  parse: (value) => (typeof value === 'boolean' ? success(value) : unlike(value, 'true or false')),
  write: (value) => value,
  schema: { type: 'boolean' },
};

/** `"idle-only"` is a third answer, where it depends on what the daemon is doing. */
export const END_SAFETY: Kind<EndSafety> = {
  form: 'flag',
  parse: (value) =>
    typeof value === 'boolean' || value === 'idle-only'
      ? success(value)
      : unlike(value, 'true, false or "idle-only"'),
  write: (value) => value,
  schema: { enum: [true, false, 'idle-only'] },
};

export function oneOf<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    form: 'text',
    parse(value) {
      const word = words.find((one) => one === value);
      if (word !== undefined) return success(word);
      const near = typeof value === 'string' ? nearestWord(value, words) : null;
      const guess = near === null ? '' : `; did you mean ${near}?`;
      return failure(`${found(value)} found, ${words.join(', ')} expected${guess}`);
    },
    write: (value) => value,
    schema: { enum: words },
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

export const TEXT: Kind<string> = {
  form: 'text',
  parse: (value) => (isText(value) ? success(value) : unlike(value, 'a text')),
  write: (value) => value,
  schema: { type: 'string', minLength: 1 },
};

export const TEXTS: Kind<readonly string[]> = {
  form: 'list',
  parse(value) {
    if (!Array.isArray(value)) return unlike(value, 'a list of texts, as in ["a", "b"],');
    const wrong = value.findIndex((each) => !isText(each));
    return wrong < 0
      ? success(value)
      : failure(`${found(value[wrong])} found as its ${ordinal(wrong)}, a text expected`);
  },
  write: (value) => value,
  schema: { type: 'array', items: { type: 'string', minLength: 1 } },
};

const ordinal = (index: number): string => ['first', 'second', 'third'][index] ?? `${index + 1}th`;

/** A program and its arguments; no shell reads them. */
export const COMMAND: Kind<readonly string[]> = {
  form: 'list',
  parse(value) {
    const words = TEXTS.parse(value);
    if (!words.ok || words.value.length === 0) return words;
    return words.value[0]?.startsWith('/') === true
      ? words
      : failure(`${found(words.value[0])} is not the whole path of a program, as in ["/usr/bin/sync", "-f"]`);
  },
  write: (value) => value,
  schema: {
    type: 'array',
    items: [{ type: 'string', pattern: '^/' }],
    additionalItems: { type: 'string', minLength: 1 },
  },
};

const textual = <T>(
  parse: (text: string) => Result<T, string>,
  kind: Omit<Kind<T>, 'parse' | 'form'>,
): Kind<T> => ({
  ...kind,
  form: 'text',
  parse: (value) => (isText(value) ? parse(value) : unlike(value, 'a text')),
});

export const CRON: Kind<string> = textual(parseCronExpression, {
  write: (value) => value,
  schema: { type: 'string', pattern: '^\\s*\\S+(?:\\s+\\S+){4}\\s*$', examples: ['20 4 * * *'] },
});

export const TIME_ZONE: Kind<string> = textual(parseTimeZone, {
  write: (value) => value,
  schema: { type: 'string', minLength: 1, examples: ['Europe/Paris'] },
});

/** By the zones this Node knows, aliases among them. */
function parseTimeZone(text: string): Result<string, string> {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return success(text);
  } catch {
    const near = nearestWord(text, Intl.supportedValuesOf('timeZone'));
    return failure(
      `${text} is no time zone${near === null ? ', as in Europe/Paris' : `; did you mean ${near}?`}`,
    );
  }
}

export const CONDITION: Kind<RestartCondition> = textual(parseRestartCondition, {
  write: renderRestartCondition,
  schema: { type: 'string', pattern: `^\\s*(?:held|judged) ?> ?${NUMBER} ?%\\s*$`, examples: ['held>60%'] },
});
