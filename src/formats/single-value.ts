// Kernel files of one number: memory.max, pids.current, memory.usage_in_bytes, sysctls.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import type { Counter } from '../domain/units.ts';
import { parseCounter } from './counter.ts';
import { wallOf } from './unlimited.ts';

/** One counter and its newline; a number without its newline may be a cut one and is Malformed. */
export function parseSingleValue(text: string): Result<Counter, Malformed> {
  const value = text.endsWith('\n') ? parseCounter(text.slice(0, -1)) : null;
  return value === null ? failure({ reason: 'not one number', line: 1 }) : success(value);
}

/** A limit: null for `max` and for every number that means "no limit". */
export function parseLimitValue(text: string): Result<Counter | null, Malformed> {
  if (text === 'max\n') return success(null);
  const value = parseSingleValue(text);
  return value.ok ? success(wallOf(value.value)) : value;
}
