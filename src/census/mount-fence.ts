// Mount points below the root, as a tree of names: the few rows above one are known, all others cost one comparison.

export interface MountFence {
  isMountPoint: boolean;
  readonly below: Map<string, MountFence>;
}

const emptyFence = (): MountFence => ({ isMountPoint: false, below: new Map() });

/** Null when no mount point lies strictly below the root. Paths are absolute, bytes as latin1. */
export function mountFence(root: string, mountPoints: readonly string[]): MountFence | null {
  const prefix = root === '/' ? '/' : `${root}/`;
  const top = emptyFence();
  for (const mountPoint of mountPoints) {
    if (mountPoint.startsWith(prefix) && mountPoint !== prefix) {
      plant(top, mountPoint.slice(prefix.length).split('/'));
    }
  }
  return top.below.size === 0 ? null : top;
}

function plant(top: MountFence, names: readonly string[]): void {
  let at = top;
  for (const name of names) {
    const next = at.below.get(name) ?? emptyFence();
    at.below.set(name, next);
    at = next;
  }
  at.isMountPoint = true;
}
