// Pressure stall information: /proc/pressure/*, memory.pressure (Documentation/accounting/psi.rst).

import { failure, type Malformed, type Result, success } from '../domain/result.ts';

export interface PressureLine {
  /** Percent of wall time, 0 to 100, over the last 10, 60 and 300 seconds. */
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  /** Microseconds since boot (or since the cgroup was made). */
  readonly totalMicroseconds: number;
}

export interface Pressure {
  /** At least one task waited. */
  readonly some: PressureLine;
  /** All tasks waited; null for cpu before 5.13. */
  readonly full: PressureLine | null;
}

const LINE = /^(some|full) avg10=(\d+\.\d+) avg60=(\d+\.\d+) avg300=(\d+\.\d+) total=(\d+)$/;

/** A line of another shape, no `some` line, or a missing last newline is Malformed. */
export function parsePressure(text: string): Result<Pressure, Malformed> {
  const lines = text.split('\n');
  if (lines.at(-1) !== '') return failure({ reason: 'cut: no newline at the end', line: lines.length });
  const read = new Map<string, PressureLine>();
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const match = LINE.exec(line);
    if (match === null) return failure({ reason: 'not a pressure line', line: index + 1 });
    const [avg10, avg60, avg300, total] = match.slice(2).map(Number);
    read.set(match[1] ?? '', {
      avg10: avg10 ?? 0,
      avg60: avg60 ?? 0,
      avg300: avg300 ?? 0,
      totalMicroseconds: total ?? 0,
    });
  }
  const some = read.get('some');
  if (some === undefined) return failure({ reason: 'no `some` line', line: 1 });
  return success({ some, full: read.get('full') ?? null });
}
