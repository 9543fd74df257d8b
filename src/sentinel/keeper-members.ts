// The daemon's processes as the keeper is told them: each with its start time, so that a reused pid is not meant.

import { readProcessPlace } from '../kernel/process-place.ts';

/** A write to a pipe is whole or not at all up to PIPE_BUF, 4096 bytes (pipe(7)). */
const LINE_BYTES = 4_000;

/** The first line replaces the list, the others add to it. */
export function memberLines(pids: readonly number[]): string[] {
  const lines: string[] = [];
  let line = 'P';
  for (const pid of pids) {
    const place = readProcessPlace(pid);
    if (place === null) continue;
    line += ` ${pid}/${place.startTicks}`;
    if (line.length < LINE_BYTES) continue;
    lines.push(`${line}\n`);
    line = 'A';
  }
  return line === 'A' ? lines : [...lines, `${line}\n`];
}
