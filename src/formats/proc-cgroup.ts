// /proc/PID/cgroup: one line per v1 hierarchy, and `0::` for the unified one (cgroups(7)).

import { failure, type Malformed, type Result, success } from '../domain/result.ts';

export interface CgroupLine {
  /** 0: the unified hierarchy. */
  readonly hierarchy: number;
  /** Empty for the unified hierarchy; `name=systemd` for a named one. */
  readonly controllers: readonly string[];
  /** Relative to the reader's cgroup namespace: begins with `/..` when the process lies outside it. Bytes as latin1. */
  readonly path: string;
}

/** A path may hold colons; it ends with ` (deleted)` when the cgroup is gone, which is cut off here. */
const LINE = /^(\d+):([^:]*):(\/.*?)(?: \(deleted\))?$/;

/** A line of another shape or a missing last newline is Malformed. */
export function parseProcCgroup(text: string): Result<readonly CgroupLine[], Malformed> {
  const lines = text.split('\n');
  if (lines.at(-1) !== '') return failure({ reason: 'cut: no newline at the end', line: lines.length });
  const read: CgroupLine[] = [];
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const match = LINE.exec(line);
    if (match === null) return failure({ reason: 'not a cgroup line', line: index + 1 });
    const controllers = match[2] === '' ? [] : (match[2] ?? '').split(',');
    read.push({ hierarchy: Number(match[1]), controllers, path: match[3] ?? '/' });
  }
  return success(read);
}

/** The v1 hierarchy that holds a controller; null where none does. */
export const lineOfController = (lines: readonly CgroupLine[], controller: string): CgroupLine | null =>
  lines.find((line) => line.controllers.includes(controller)) ?? null;

export const unifiedLine = (lines: readonly CgroupLine[]): CgroupLine | null =>
  lines.find((line) => line.hierarchy === 0) ?? null;
