// Five fields of cron, as crontab(5) has them: only whether they are such; when they come is croner's to say.

import { failure, type Result, success } from '../domain/result.ts';

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Names of the values from `low` on. */
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Field[] = [
  { name: 'minute', low: 0, high: 59, names: [] },
  { name: 'hour', low: 0, high: 23, names: [] },
  { name: 'day of the month', low: 1, high: 31, names: [] },
  { name: 'month', low: 1, high: 12, names: MONTHS },
  { name: 'day of the week', low: 0, high: 7, names: DAYS },
];

const PART = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d{1,2}))?$/;

/** `20 4 * * *` with single blanks between; lists, ranges, steps and names of months and days are known. */
export function parseCronExpression(text: string): Result<string, string> {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== FIELDS.length)
    return failure(`${text} is not five fields of cron, as in '20 4 * * *'`);
  for (const [index, field] of FIELDS.entries()) {
    const wrong = (fields[index] ?? '').split(',').find((part) => !isPart(part, field));
    if (wrong !== undefined)
      return failure(
        `${text} is not a time: ${wrong === '' ? 'an empty part' : wrong} is no ${field.name} from ${field.low} to ${field.high}`,
      );
  }
  return success(fields.join(' '));
}

function isPart(part: string, field: Field): boolean {
  const match = PART.exec(part);
  if (match === null) return false;
  const [, first, last, step] = match;
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.high)) return false;
  if (first === undefined) return true;
  const from = numberOf(first, field);
  // A step counts within a range or all of it: `5/10` means something else to every cron.
  if (last === undefined) return from !== null && step === undefined;
  const to = numberOf(last, field);
  return from !== null && to !== null && from <= to;
}

/** null: not a value of this field. */
function numberOf(word: string, { low, high, names }: Field): number | null {
  const named = names.indexOf(word.toLowerCase());
  const value = named >= 0 ? low + named : /^\d{1,2}$/.test(word) ? Number(word) : -1;
  return value >= low && value <= high ? value : null;
}
