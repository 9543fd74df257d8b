// What one count needs to know beside the tree itself.

import type { Exclusions } from '../domain/exclusions.ts';
import type { KernelConstants } from '../domain/kernel-constants.ts';
import type { Profile } from '../domain/profile.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { RunningDaemon } from '../kernel/running-daemon.ts';
import type { CountedTree, EstimateRequest } from './request.ts';

/** A tree to count, and what the daemon's rules make of it. */
export interface TreeSite {
  readonly path: string;
  readonly label: string | null;
  /** Whose tree it is. */
  readonly profile: Profile;
  /** null: nothing is left out. */
  readonly exclusions: Exclusions | null;
  /** The exclusions as one text: counts under other rules do not compare. */
  readonly rules: string;
  readonly caveat: string | null;
  /** true: by the daemon's own word, so that it may not be there yet; false: named by hand. */
  readonly isDaemons: boolean;
}

export interface CountScene {
  readonly request: EstimateRequest;
  readonly snapshot: Snapshot;
  readonly constants: KernelConstants;
  readonly profiles: readonly Profile[];
  readonly mountPoints: readonly string[];
  readonly running: RunningDaemon;
  /** Trees counted before this one: the early stop judges them together. */
  readonly before: readonly CountedTree[];
}
