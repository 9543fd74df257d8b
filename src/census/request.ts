// What may be asked of a census, and how it can fail before it began.

import type { Census, CensusStop } from '../domain/census.ts';
import type { NameCharges } from '../domain/entry-cost.ts';
import type { Exclusions } from '../domain/exclusions.ts';
import type { Progress } from './tally.ts';

/** What the walk itself may still cost; asked every 256 directories or 16 384 entries. */
export type WalkBudget = (progress: Progress) => 'continue' | 'stop';

export interface CensusRequest {
  /** An existing directory, or a symlink to one: bytes as latin1, or the path as it was typed. */
  readonly root: string;
  /** Default: names cost nothing beside their dentry. */
  readonly nameCharges?: NameCharges;
  readonly exclusions?: Exclusions | null;
  /** Absolute mount points as the kernel lists them (latin1): those below the root are listed, not entered. */
  readonly mountPoints?: readonly string[];
  readonly budget?: WalkBudget;
  /** Ends the walk early; asked as often as the budget, within one huge directory too. */
  readonly stopWhen?: (progress: Progress) => CensusStop | null;
  readonly onProgress?: (progress: Progress) => void;
  /** Default `auto`: begins with `readdir` and changes to what suits the tree and the cache. */
  readonly engine?: 'auto' | Exclude<Census['engine'], 'expected'>;
}

/** Why nothing could be counted at all; `path` is the root as it was asked for, `errno` the kernel's word. */
export interface CensusFailure {
  readonly kind: 'missing' | 'not-a-directory' | 'denied' | 'io';
  readonly path: string;
  readonly errno: string;
}
