// A recorded course of walls, whatever it was recorded by.

import type { ResourceName, ResourceSource } from './resource.ts';

/** One row at one moment, in the row's own unit; -1: not recorded. Infinity as barrier or limit: there is none. */
export interface TraceReading {
  readonly held: number;
  readonly judged: number;
  readonly maxheld: number;
  readonly barrier: number;
  readonly limit: number;
  readonly failcnt: number;
}

export interface TraceEvent {
  /** `start` and `end` of a daemon; `note`: told, and nothing follows. */
  readonly kind: 'start' | 'end' | 'note';
  /** As it was recorded. */
  readonly words: string;
}

export interface TraceMoment {
  /** Line or sequence number in the recording. */
  readonly place: number;
  /** From the recording's own beginning or clock, ms, never falling. */
  readonly atMs: number;
  /** As long as the trace's walls. */
  readonly readings: readonly TraceReading[];
  readonly event: TraceEvent | null;
}

export interface TraceWall {
  readonly resource: ResourceName;
  readonly source: ResourceSource;
  readonly isShared: boolean;
}

export interface GuardTrace {
  /** `table`: text, one line a moment; `ring`: a guard's own records. */
  readonly kind: 'table' | 'ring';
  readonly walls: readonly TraceWall[];
  /** At least one. */
  readonly moments: readonly TraceMoment[];
}
