// `key value` lines, one per line: memory.stat, memory.events, pids.events, memory.oom_control.
// Knows: the layout of cgroup v2's "flat keyed" files (Documentation/admin-guide/cgroup-v2.rst). May not know: what a key means.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import type { Counter } from '../domain/units.ts';
import { parseCounter } from './counter.ts';

export type FlatKeyed = ReadonlyMap<string, Counter>;

/**
 * The whole file; a line of another shape, a key that comes twice, or a missing last newline (a cut file) is Malformed.
 * An empty text is an empty file: a kernel that prints nothing was cut nowhere.
 */
export function parseFlatKeyed(text: string): Result<FlatKeyed, Malformed> {
  const lines = text.split('\n');
  const values = new Map<string, Counter>();
  if (lines.at(-1) !== '') return failure({ reason: 'cut: no newline at the end', line: lines.length });
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const match = /^(\S+) (\d+)$/.exec(line);
    const key = match?.[1];
    const value = parseCounter(match?.[2] ?? '');
    if (key === undefined || value === null) return failure({ reason: 'not `key value`', line: index + 1 });
    if (values.has(key)) return failure({ reason: `${key} comes twice`, line: index + 1 });
    values.set(key, value);
  }
  return success(values);
}
