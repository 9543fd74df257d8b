// The kinds of values a setting may have: each says how it is read, written back, and described to an editor.
// Knows: quantities and words. May not know: which settings there are, files, layers.

import type { EndSafety } from '../domain/profile.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { RestartCondition } from '../domain/settings.ts';
import { parseCronExpression } from '../formats/cron-expression.ts';
import { nearestWord } from '../formats/nearest-word.ts';
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
  /** What people are shown instead of a secret; absent, or null for this value: it is none. */
  show?(value: T): string | null;
  /** How a variable or a flag, which is always text, is taken. */
  readonly form: 'text' | 'number' | 'flag' | 'list';
  readonly schema: JsonSchema;
}

export const found = (value: unknown): string => {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return typeof value === 'object' && value !== null ? 'a table' : String(value);
};

/** A number as quantities have it. */
export const NUMBER_PATTERN = '\\d+(?:\\.\\d+)?';

export const unlike = (value: unknown, expected: string): Result<never, string> =>
  failure(`${found(value)} found, ${expected} expected`);

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

/** Some of the words, each once; none is a list too. */
export const someOf = <const Word extends string>(words: readonly Word[]): Kind<readonly Word[]> => {
  const word = oneOf(...words);
  return {
    form: 'list',
    parse(value) {
      if (!Array.isArray(value)) return unlike(value, `a list of ${words.join(', ')}`);
      const parsed = value.map(word.parse);
      const wrong = parsed.find(({ ok }) => !ok);
      if (wrong?.ok === false) return wrong;
      return success(words.filter((each) => value.includes(each)));
    },
    write: (value) => value,
    schema: { type: 'array', items: word.schema },
  };
};

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
  schema: {
    type: 'string',
    pattern: `^\\s*(?:held|judged) ?> ?${NUMBER_PATTERN} ?%\\s*$`,
    examples: ['held>60%'],
  },
});
