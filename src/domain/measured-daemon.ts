// What was seen of one daemon on one tree, and what had been projected for it.

import type { Gap } from './snapshot.ts';

/** Held at once; null: could not be read. */
export interface DaemonHeld {
  readonly processes: number;
  readonly tasks: number;
  readonly anonymousBytes: number;
  readonly openFiles: number | null;
  readonly watches: number | null;
  readonly watchInstances: number | null;
}

export interface DaemonEnd {
  readonly by: 'itself' | 'TERM' | 'KILL';
  /** Exit status of the process that was started; null: a signal ended it. */
  readonly status: number | null;
  readonly signal: string | null;
  /** From the signal until the last of its processes was gone; from its start where it ended by itself. */
  readonly tookMs: number;
  /** Processes that were still there when the one that was started had ended. */
  readonly orphans: number;
}

export interface MeasuredDaemon {
  /** The most of each, not necessarily at one time. */
  readonly peak: DaemonHeld;
  /** When the measurement was over, or right before its own end. */
  readonly last: DaemonHeld;
  readonly groups: number;
  /** Calls of read(2) and its like by all of its processes, as far as seen; null: not counted here. */
  readonly readCalls: number | null;
  /** Kernel memory charged to it at its most, bytes. */
  readonly kernelPeakBytes: number | null;
  /** What reclaim left of that while it ran on, bytes; null: cannot be read, or it had ended. */
  readonly kernelLeftBytes: number | null;
  /** Why nothing more was waited for. */
  readonly over: 'settled' | 'ended' | 'time' | 'limit';
  readonly tookMs: number;
  /** The process that was started ended, and others went on: it forks away, or replaces itself. */
  readonly hasForkedAway: boolean;
  readonly end: DaemonEnd;
  readonly gaps: readonly Gap[];
}

/** Of the same daemon on the same tree, by the profile in force. */
export interface ProjectedDaemon {
  readonly watches: number;
  readonly tasks: number;
  readonly anonymousBytes: number;
  /** Everything at its most: what looking at every entry charges on all sides, and the processes themselves. */
  readonly kernelPeakBytes: number;
  /** The same, were only names listed; and were every entry looked at, but no file read. */
  readonly kernelListedBytes: number;
  readonly kernelLookedBytes: number;
  /** What reading every file adds: its page index. */
  readonly kernelIndexBytes: number;
  /** What stays once it is idle with the tasks it then had. */
  readonly kernelLeftBytes: number;
}

export interface LearnedPoint {
  readonly trees: readonly string[];
  readonly filesystem: string;
  readonly files: number;
  /** Entries that are not directories; files among them. */
  readonly leaves: number;
  readonly directories: number;
  readonly measured: MeasuredDaemon;
  readonly projected: ProjectedDaemon;
}
