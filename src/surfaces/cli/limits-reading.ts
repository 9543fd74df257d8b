// What `limits` shows: now, and as it was when it last looked.

import type { Snapshot } from '../../domain/snapshot.ts';

/** One container, machine or table, and what its rows are called. */
export interface Reading {
  readonly title: string;
  readonly snapshot: Snapshot;
  readonly notes: readonly string[];
}

export interface RememberedReading {
  /** When it was read, ISO 8601. */
  readonly at: string;
  readonly readings: readonly Reading[];
}
