// Whose walls are meant.

/** `self`: this process; `pid`: another; `cgroup`: a path below the mount point, or under it; `user`: a numeric uid. */
export type Subject =
  | { readonly kind: 'self' }
  | { readonly kind: 'pid'; readonly pid: number }
  | { readonly kind: 'cgroup'; readonly path: string }
  | { readonly kind: 'user'; readonly uid: number };

/** The /proc directory whose cgroup and mounts are read: a cgroup's or a user's own path replaces the cgroup found there. */
export const processOf = (subject: Subject): string =>
  subject.kind === 'pid' ? String(subject.pid) : 'self';

/** The cgroup named by the subject, below `mountPoint`; null where the process's own counts. Bytes as latin1. */
export function cgroupPathOf(subject: Subject, mountPoint: string): string | null {
  // systemd's place for a login user's processes (systemd.special(7), user-UID.slice).
  if (subject.kind === 'user') return `/user.slice/user-${subject.uid}.slice`;
  if (subject.kind !== 'cgroup') return null;
  const path = Buffer.from(subject.path).toString('latin1').replace(/\/+$/, '');
  const inside = path.startsWith(`${mountPoint}/`) ? path.slice(mountPoint.length) : path;
  return inside.startsWith('/') ? inside : `/${inside}`;
}
