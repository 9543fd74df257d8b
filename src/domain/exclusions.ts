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

/** The same leaves left out, below left-out directories too, but every directory kept. */
export function keepDirectories(exclusions: Exclusions): Exclusions {
  if (exclusions === NO_EXCLUSIONS) return exclusions;
  // The leaves of one directory are asked about one after the other.
  let last = { directory: '', isPruned: false };
  const isBelowPruned = (path: string): boolean => {
    const directory = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (directory !== last.directory) last = { directory, isPruned: isPruned(directory, exclusions) };
    return last.isPruned;
  };
  return {
    prunesDirectory: () => false,
    skipsLeaf: (path, name) => isBelowPruned(path) || exclusions.skipsLeaf?.(path, name) === true,
  };
}

/** Whether a directory, or one above it, is left out. */
function isPruned(directory: string, { prunesDirectory }: Exclusions): boolean {
  const parts = directory === '' ? [] : directory.split('/');
  return parts.some((name, index) => prunesDirectory(parts.slice(0, index + 1).join('/'), name));
}
