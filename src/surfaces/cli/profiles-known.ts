// A profile together with what this machine and its configuration make of it.

import type { Profile } from '../../domain/profile.ts';
import type { Result } from '../../domain/result.ts';
import type { RootsFound, RootsTrouble } from '../../profiles/index.ts';

export interface KnownProfile {
  readonly profile: Profile;
  /** Its programs here; empty: it is not installed. */
  readonly programs: readonly string[];
  /** Kernel memory of one file that is looked at, and of one directory that is watched. */
  readonly touchedPerFileBytes: number;
  readonly pinnedPerDirectoryBytes: number;
  readonly roots: Result<RootsFound, RootsTrouble>;
  /** Trees the configuration names instead. */
  readonly trees: readonly string[];
  /** Keys of `[daemon.NAME]` and who said them. */
  readonly overrides: readonly { readonly key: string; readonly origin: string }[];
}

/** Whose kernel memory is meant. */
export interface KernelPrices {
  readonly kernelRelease: string;
  readonly platform: string;
  readonly filesystem: string;
}
