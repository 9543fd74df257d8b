// /proc/PID/limits (fs/proc/base.c): soft and hard resource limits as a table of fixed width.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import type { Counter } from '../domain/units.ts';
import { parseCounter } from './counter.ts';

export interface ResourceLimit {
  /** null: unlimited. What the kernel refuses at now. */
  readonly soft: Counter | null;
  /** null: unlimited. As far as the process may raise soft by itself. */
  readonly hard: Counter | null;
}

/** By the kernel's own title, `Max open files`. */
export type ProcLimits = ReadonlyMap<string, ResourceLimit>;

const ROW = /^(Max [a-z -]+?) +(unlimited|\d{1,20}) +(unlimited|\d{1,20}) +(?:[a-z]+ *)?$/;

/** A row of another shape, no header, or a missing last newline is Malformed. */
export function parseProcLimits(text: string): Result<ProcLimits, Malformed> {
  const lines = text.split('\n');
  if (lines.at(-1) !== '') return failure({ reason: 'cut: no newline at the end', line: lines.length });
  if (!/^Limit +Soft Limit +Hard Limit +Units *$/.test(lines[0] ?? ''))
    return failure({ reason: 'not the header line', line: 1 });
  const limits = new Map<string, ResourceLimit>();
  for (const [index, line] of lines.slice(1, -1).entries()) {
    const match = ROW.exec(line);
    if (match === null) return failure({ reason: 'not a limit row', line: index + 2 });
    limits.set(match[1] ?? '', { soft: boundOf(match[2]), hard: boundOf(match[3]) });
  }
  return success(limits);
}

const boundOf = (word: string | undefined): Counter | null =>
  word === undefined || word === 'unlimited' ? null : parseCounter(word);
