// One row shape for every wall: beancounters, cgroups, inotify, rlimits, disk.
// Knows: the kernel's words for a counted resource. May not know: where a row was read, or what is decided on it.

import type { Counter } from './units.ts';

/** The 24 rows of /proc/user_beancounters less its four `dummy` ones (kernel/bc/beancounter.c order). */
export const BEANCOUNTER_NAMES = [
  'kmemsize',
  'lockedpages',
  'privvmpages',
  'shmpages',
  'numproc',
  'physpages',
  'vmguarpages',
  'oomguarpages',
  'numtcpsock',
  'numflock',
  'numpty',
  'numsiginfo',
  'tcpsndbuf',
  'tcprcvbuf',
  'othersockbuf',
  'dgramrcvbuf',
  'numothersock',
  'dcachesize',
  'numfile',
  'numiptent',
  'swappages',
] as const;

/** What no beancounter counts. */
export const OTHER_NAMES = [
  'memory',
  'pids',
  'inotify_watches',
  'inotify_instances',
  'disk_inodes',
  'disk_space',
] as const;

export type BeancounterName = (typeof BEANCOUNTER_NAMES)[number];
export type ResourceName = BeancounterName | (typeof OTHER_NAMES)[number];
export const RESOURCE_NAMES: readonly ResourceName[] = [...BEANCOUNTER_NAMES, ...OTHER_NAMES];

export const isResourceName = (word: string): word is ResourceName =>
  RESOURCE_NAMES.some((name) => name === word);

export type ResourceUnit = 'bytes' | 'pages' | 'items';

/** A beancounter page, whatever the machine's own page size (UBC documents 4096-byte pages). */
export const BEANCOUNTER_PAGE_BYTES = 4096;

/** OpenVZ's naming rule: starts with `num` = items, ends with `pages` = pages, else bytes. */
export function unitOf(name: ResourceName): ResourceUnit {
  if (name.startsWith('num') || name === 'pids' || name.startsWith('inotify_') || name === 'disk_inodes')
    return 'items';
  return name.endsWith('pages') ? 'pages' : 'bytes';
}

export type ResourceSource =
  | 'beancounters'
  | 'cgroup2'
  | 'cgroup1'
  | 'inotify'
  | 'rlimit'
  | 'meminfo'
  | 'lxcfs'
  | 'statfs'
  | 'sysctl'
  | 'what-if';

/** A counted resource as the kernel tells it, every number in the row's own unit. */
export interface Resource {
  readonly name: ResourceName;
  readonly unit: ResourceUnit;
  readonly source: ResourceSource;
  /** Whose wall: a cgroup path, a container id, `uid 1000`, a mount point. */
  readonly scope: string;
  readonly held: Counter;
  /** What reclaim can give back of held; null where the source has no such notion. */
  readonly reclaimable: Counter | null;
  /** null: no such counter. */
  readonly maxheld: Counter | null;
  /** null: the kernel enforces none. */
  readonly barrier: Counter | null;
  /** null: the kernel enforces none. */
  readonly limit: Counter | null;
  /** Refusals or OOM kills; null: no such counter. */
  readonly failcnt: Counter | null;
  /** Times reclaim ran at the limit (memory.events high + max, v1 memory.failcnt): never a signal alone. */
  readonly hits: Counter | null;
  /** What to know before believing held, in a few words (`lower bound: other users' processes unread`). */
  readonly caveat: string | null;
}

/** What a source without such counters leaves unsaid: null, never 0. */
export const UNSAID: Pick<
  Resource,
  'reclaimable' | 'maxheld' | 'barrier' | 'limit' | 'failcnt' | 'hits' | 'caveat'
> = {
  reclaimable: null,
  maxheld: null,
  barrier: null,
  limit: null,
  failcnt: null,
  hits: null,
  caveat: null,
};
