// Everything read at one instant, and everything that could not be.

import type { Platform } from './platform.ts';
import type { Resource } from './resource.ts';

export type GapReason = 'absent' | 'denied' | 'malformed' | 'stale' | 'hidden';

/** What could not be read: never 0. `source` is the file or call, `detail` one short clause for people. */
export interface Gap {
  readonly source: string;
  readonly reason: GapReason;
  readonly detail: string;
}

/** Resources as they stood; several rows may share a name (one per ancestor with a finite limit). */
export interface Snapshot {
  readonly platform: Platform;
  readonly resources: readonly Resource[];
  readonly gaps: readonly Gap[];
}
