// What the stand-in has done so far, told as lines of JSON to whoever started it: assertions need no race with /proc.

import { writeSync } from 'node:fs';

/** Counts since its start; `watches` and `openFiles` are what it holds now. */
export interface Counts {
  files: number;
  directories: number;
  /** Calls of lstat: one per entry, and two more per directory when it is listed and when it is watched. */
  touched: number;
  watches: number;
  openFiles: number;
  readBytes: number;
  /** Calls that failed, whatever the errno. */
  errors: number;
}

export const noCounts = (): Counts => ({
  files: 0,
  directories: 0,
  touched: 0,
  watches: 0,
  openFiles: 0,
  readBytes: 0,
  errors: 0,
});

/** One line of the report. */
export interface Report extends Counts {
  readonly event: 'started' | 'status' | 'counts' | 'successor' | 'ending';
  readonly pid: number;
  readonly status: string;
}

export type Reporter = (event: Report['event'], status: string) => void;

/** Lines to `descriptor`; a closed or full one loses the line and nothing else. null: to nobody. */
export function reporter(descriptor: number | null, counts: Counts): Reporter {
  if (descriptor === null) return () => {};
  return (event, status) => {
    const line: Report = { event, pid: process.pid, status, ...counts };
    try {
      writeSync(descriptor, `${JSON.stringify(line)}\n`);
    } catch {
      // EAGAIN, EPIPE, EBADF: nobody reads.
    }
  };
}
