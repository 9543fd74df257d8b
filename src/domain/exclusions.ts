// What a daemon, or the user, leaves out of a tree, as the two questions a walk asks.

/** Paths are bytes as latin1 below the root, without a leading slash; `name` is the path's last part. */
export interface Exclusions {
  /** true: neither this directory nor anything below it is visited. Never asked for the root itself. */
  prunesDirectory(relativePath: string, name: string): boolean;
  /** null: no rule looks at single leaves, so that a walk need not build their paths. */
  readonly skipsLeaf: ((relativePath: string, name: string) => boolean) | null;
}

export const NO_EXCLUSIONS: Exclusions = { prunesDirectory: () => false, skipsLeaf: null };

/** Left out by any of them is left out. */
export function combineExclusions(...parts: readonly Exclusions[]): Exclusions {
  const skips = parts.flatMap(({ skipsLeaf }) => (skipsLeaf === null ? [] : [skipsLeaf]));
  return {
    prunesDirectory: (path, name) => parts.some((part) => part.prunesDirectory(path, name)),
    skipsLeaf: skips.length === 0 ? null : (path, name) => skips.some((skip) => skip(path, name)),
  };
}
