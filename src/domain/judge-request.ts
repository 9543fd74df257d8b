// What a judge is made of.

import type { EndTerms } from './end-terms.ts';
import type { PlatformId } from './platform.ts';
import type { Policy } from './policy.ts';
import type { WallReading } from './wall-signals.ts';

export interface JudgeRequest {
  /** In the order that records number them. */
  readonly walls: readonly WallReading[];
  readonly policy: Policy;
  readonly platform: PlatformId;
  /** What TERM is given before KILL, ms; STOP_GRACE_MS unless the profile raises it. */
  readonly graceMs?: number;
  /** How the daemon takes an end; absent: well. */
  readonly ends?: EndTerms;
  /** By wall, what the gate foresaw there and admitted, in the row's own unit; absent: nothing. */
  readonly admitted?: readonly number[];
}

/** What a reloaded configuration may change of it. */
export type JudgeTerms = Pick<JudgeRequest, 'policy' | 'graceMs' | 'ends'>;
