// What a daemon, or the user, leaves out of a tree, as the questions a walk asks.

/**
 * Paths are bytes as latin1 below the root, without a leading slash; `name` is the path's last part. No question is ever asked
 * about the root itself, nor about what lies below a directory that one of them left out.
 */
export interface Exclusions {
  /** true: neither this directory nor anything below it is visited: not scanned, not watched. */
  prunesDirectory(relativePath: string, name: string): boolean;
  /** null: no rule looks at single leaves, so that a walk need not build their paths. */
  readonly skipsLeaf: ((relativePath: string, name: string) => boolean) | null;
  /** true: left out of the scan and watched all the same, with every directory below it; no leaf in them is looked at. */
  readonly onlyWatchesDirectory?: (relativePath: string, name: string) => boolean;
  /** Names of leaves that leave out all that is in their directory; it counts as an empty one. */
  readonly markers?: readonly string[];
  /** An extended attribute that leaves out all that is in a directory where its value is `1`. */
  readonly attribute?: string;
  readonly rulesWithin?: RulesWithin;
}

/** Leaves that carry rules of the directory they are in, and of all below it. */
export interface RulesWithin {
  readonly leafName: string;
  /** Has those of this directory ('' is the root) read; true: they are new, so that all it holds is to be asked about again. */
  read(directory: string): boolean;
  /** What was not understood of those that were read, in a clause; null: nothing. */
  trouble(): string | null;
}

export const NO_EXCLUSIONS: Exclusions = { prunesDirectory: () => false, skipsLeaf: null };

type Question = (relativePath: string, name: string) => boolean;

/** Left out by any of them is left out. */
export function combineExclusions(...parts: readonly Exclusions[]): Exclusions {
  const skipsLeaf = anyOf(parts.flatMap((part) => part.skipsLeaf ?? []));
  const onlyWatches = anyOf(parts.flatMap((part) => part.onlyWatchesDirectory ?? []));
  const markers = parts.flatMap((part) => part.markers ?? []);
  const attribute = parts.find((part) => part.attribute !== undefined)?.attribute;
  const rulesWithin = parts.find((part) => part.rulesWithin !== undefined)?.rulesWithin;
  return {
    prunesDirectory: (path, name) => parts.some((part) => part.prunesDirectory(path, name)),
    skipsLeaf,
    ...(onlyWatches !== null && { onlyWatchesDirectory: onlyWatches }),
    ...(markers.length > 0 && { markers }),
    ...(attribute !== undefined && { attribute }),
    ...(rulesWithin !== undefined && { rulesWithin }),
  };
}

/** The same scan, but every directory watched: what a daemon does whose watcher asks no rule. */
export const keepDirectories = (exclusions: Exclusions): Exclusions =>
  exclusions === NO_EXCLUSIONS
    ? exclusions
    : {
        ...exclusions,
        prunesDirectory: () => false,
        onlyWatchesDirectory: (path, name) => exclusions.prunesDirectory(path, name),
      };

/** The same rules asked of the tree that begins `below` (latin1, '' is the root): they still count from the root. */
export function exclusionsBelow(exclusions: Exclusions, below: string): Exclusions {
  if (below === '' || exclusions === NO_EXCLUSIONS) return exclusions;
  const asked =
    (question: Question): Question =>
    (path, name) =>
      question(`${below}/${path}`, name);
  const { skipsLeaf, onlyWatchesDirectory } = exclusions;
  return {
    ...exclusions,
    prunesDirectory: asked((path, name) => exclusions.prunesDirectory(path, name)),
    skipsLeaf: skipsLeaf && asked(skipsLeaf),
    ...(onlyWatchesDirectory && { onlyWatchesDirectory: asked(onlyWatchesDirectory) }),
  };
}

const anyOf = (questions: readonly Question[]): Question | null =>
  questions.length === 0 ? null : (path, name) => questions.some((question) => question(path, name));
