import type { Profile } from '../domain/profile.ts';
import { inferred, measured, NOTHING } from './figure.ts';

const SYNC_EVIDENCE = 'measured: Debian 12 package 1.60.1, 20 to 50 000 files, both sides local';

/** One pass over the tree and gone: sync, copy, move. */
export const RCLONE: Profile = {
  id: 'rclone',
  title: 'rclone sync',
  verified: '1.60.1',
  evidence: [
    SYNC_EVIDENCE,
    'rclone.org/bugs: memory follows the largest single directory, 0.5 to 1 KB per object in it',
  ],
  kind: 'scheduled',
  match: { names: ['rclone'], installPaths: [], subcommands: ['sync', 'copy', 'move', 'check'] },
  watch: { api: 'none', per: 'none', instances: 0 },
  scan: { atStart: 'stat-all', touchesIgnoredLeaves: true, readsBodies: true },
  cost: {
    // 10.4 MB at 20 files, ~26 at 5 000, 33.4 at 20 000, ~33 at 50 000: Go's heap before its first collections is most of it.
    rssBaseBytes: measured(30_000_000, 25),
    rssPerFileBytes: measured(170, 40),
    rssPerDirectoryBytes: NOTHING,
    tasks: measured(17, 30),
    openFiles: measured(25, 50),
    indexPerFileBytes: NOTHING,
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'rclone-argv',
  ignore: 'rclone-filter',
  leaveOut: {
    mechanism: '--exclude',
    effect: 'none',
    command: "--exclude '/{path}/**'",
    warning: 'with --delete-excluded, what the target already holds of it is deleted',
  },
  // A listing error makes sync give up its deletions ("not deleting files as there were IO errors").
  enomemSafe: true,
  stop: { termSafe: true, killSafe: true },
};

export const RCLONE_BISYNC: Profile = {
  ...RCLONE,
  id: 'rclone-bisync',
  title: 'rclone bisync',
  evidence: [SYNC_EVIDENCE, 'measured: TERM and KILL both make every later run refuse until --resync'],
  match: { ...RCLONE.match, subcommands: ['bisync'] },
  cost: {
    ...RCLONE.cost,
    // With --resync 12.2 MB at 20 files, 24 at 5 000, 36.9 at 20 000, 62 at 50 000; a later run 70 at 50 000.
    rssBaseBytes: measured(20_000_000, 25),
    rssPerFileBytes: measured(1000, 25),
    tasks: measured(22, 30),
  },
  leaveOut: {
    mechanism: 'bisync --filters-file',
    effect: 'needs-resync',
    command: "printf '%s\\n' '- /{path}/**' >> FILTERS-FILE",
    warning: 'bisync refuses to run after its filters change until it is run once with --resync',
  },
  stop: { termSafe: false, killSafe: false },
};

/** A mount holds no local tree: nothing to count. */
export const RCLONE_MOUNT: Profile = {
  ...RCLONE,
  id: 'rclone-mount',
  title: 'rclone mount',
  evidence: [
    'measured: the empty rclone of sync',
    'github.com/rclone/rclone issue 6345: its directory cache has no bound',
  ],
  kind: 'mount',
  match: { ...RCLONE.match, subcommands: ['mount', 'cmount', 'mount2', 'nfsmount', 'serve', 'rcd'] },
  scan: { atStart: 'none' },
  cost: {
    ...RCLONE.cost,
    rssBaseBytes: inferred(30_000_000, 50),
    rssPerFileBytes: NOTHING,
  },
  roots: 'none',
  ignore: 'none',
  leaveOut: {
    mechanism: '--dir-cache-time',
    effect: 'none',
    command: '--dir-cache-time 1m',
    warning: null,
  },
};
