// How one start under guard ended, and by whose will.

import type { Ending } from './ending.ts';

/** Why the guard itself ended the daemon; null: it did not. */
export type AskedFor = 'stop' | 'restart' | null;

export interface GuardEnd {
  readonly ending: Ending;
  /** Where the guard ended it, in words; null: it did not. */
  readonly stoppedAt: string | null;
  readonly isAskedFor: AskedFor;
  /** true: the daemon runs on without it. */
  readonly isDetached?: boolean;
}
