// What a daemon's own configuration says about where its trees are.

import { type Exclusions, NO_EXCLUSIONS } from '../domain/exclusions.ts';

export interface Root {
  /** Absolute, as the daemon would open it. */
  readonly path: string;
  /** The daemon's own name for it: a folder's label, an account, a sync's name; never empty. */
  readonly label: string;
  /** true: the daemon is told to leave it alone for now, so it costs nothing. */
  readonly paused: boolean;
  /** false: scanned but not watched, by the daemon's own setting. */
  readonly watched: boolean;
  readonly ignore: Exclusions;
  /** What to know before believing the count, in one sentence. */
  readonly caveat: string | null;
}

/** What a tree carries of a daemon's rules in itself. */
export type TreeRules = Pick<Root, 'ignore' | 'caveat'>;

export interface RootsFound {
  readonly roots: readonly Root[];
  /** Where this was read: a file, or the command line. */
  readonly evidence: string;
  /** Local trees of that size that pay: 2 where source and target are both on this machine. */
  readonly sides: number;
  /** The daemon is of another generation than the one its figures were taken from, in a clause; absent: it is not, or nothing tells. */
  readonly otherGeneration?: string;
  /** By the id of a profile, the one whose habits its configuration gives it; absent: its own. */
  readonly actsAs?: Readonly<Record<string, string>>;
}

/** One clear sentence in `reason`, and the next thing to do in `hint`. */
export interface RootsTrouble {
  readonly path: string;
  readonly reason: string;
  readonly hint: string;
}

export interface RootsRequest {
  /** Of the daemon's owner. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The daemon's command line; empty: as its service would start it. */
  readonly argv: readonly string[];
  /** Files are read below it; paths in the answer are as they are on that machine. */
  readonly sysroot?: string | undefined;
}

/** A folder that is in step, watched, with nothing known to be left out. */
export const plainRoot = (path: string, label: string, caveat: string | null): Root => ({
  path,
  label,
  paused: false,
  watched: true,
  ignore: NO_EXCLUSIONS,
  caveat,
});

/** Where a tree is named by hand, behind `syncguard`. */
export const BY_HAND = 'estimate PATH, or run --tree PATH';

export const NAME_THE_TREE: string = `name the tree: ${BY_HAND}`;
