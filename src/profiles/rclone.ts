import type { Profile } from '../domain/profile.ts';
import { inferred, measured, NOTHING } from './figure.ts';

const SYNC_EVIDENCE = 'measured: Debian 12 package 1.60.1, 20 to 50,000 files, both sides local';

/** One pass over the tree and gone: sync, copy, move. */
export const RCLONE: Profile = {
  id: 'rclone',
  title: 'rclone sync',
  verified: '1.60.1',
  evidence: [
    SYNC_EVIDENCE,
    'reported: rclone.org/bugs: memory follows the largest single directory, 0.5 to 1 KB per object in it',
  ],
  kind: 'scheduled',
  match: { names: ['rclone'], installPaths: [], subcommands: ['sync', 'copy', 'move', 'check'] },
  watch: { api: 'none', per: 'none', instances: 0, atLimit: 'nothing' },
  scan: { atStart: 'stat-all', touchesIgnoredLeaves: true, readsBodies: true, dropsBodies: true },
  cost: {
    // Go's heap before its first collections is most of it.
    rssBaseBytes: measured(
      24_000_000,
      30,
      '10.4 MB at 20 files, 22.6 at 5,000, 33.4 at 20,000, 28.2 at 50,000: a run differs from the next by a fifth',
    ),
    rssPerFileBytes: measured(130, 40, '22.6 to 28.2 MB from 5,000 to 50,000 files, by syncguard learn'),
    rssPerDirectoryBytes: NOTHING,
    tasks: measured(17, 30, '17 threads'),
    openFiles: measured(25, 50, 'at most 25 descriptors'),
    indexPerFileBytes: NOTHING,
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'rclone-argv',
  ignore: 'rclone-filter',
  prunesWatch: true,
  prunesScan: true,
  leaveOut: [
    {
      name: '--exclude',
      takes: 'folder',
      effect: 'none',
      consequence:
        'it is no longer copied; with --delete-excluded, what the target already holds of it is deleted',
      command: "--exclude '/{path}/**'",
      means: { kind: 'printed' },
    },
    {
      name: 'a filter file (--filter-from)',
      takes: 'folder',
      effect: 'none',
      consequence:
        'it is no longer copied; with --delete-excluded, what the target already holds of it is deleted',
      // In front: the first rule that matches decides.
      command: "printf '%s\\n' '- /{path}/**' \"$(cat FILTER-FILE)\" > FILTER-FILE",
      means: { kind: 'printed' },
    },
  ],
  // A listing error makes sync give up its deletions ("not deleting files as there were IO errors").
  enomemSafe: true,
  stop: { termSafe: true, killSafe: true, evidence: 'measured' },
  // Only where it was started with --rc, and then by the guard itself (own-throttle.ts); it slows no listing.
  control: {
    kind: 'command',
    pause: null,
    resume: null,
    throttle: 'rclone rc core/bwlimit rate=RATE',
    releasesWatches: null,
  },
};

export const RCLONE_BISYNC: Profile = {
  ...RCLONE,
  id: 'rclone-bisync',
  title: 'rclone bisync',
  evidence: [SYNC_EVIDENCE, 'measured: TERM and KILL both make every later run refuse until --resync'],
  match: { ...RCLONE.match, subcommands: ['bisync'] },
  cost: {
    ...RCLONE.cost,
    rssBaseBytes: measured(
      20_000_000,
      25,
      'with --resync 12.2 MB at 20 files, 24 at 5,000, 36.9 at 20,000, 50 to 62 at 50,000; a later run 70 at 50,000',
    ),
    rssPerFileBytes: measured(780, 25, 'the same runs'),
    tasks: measured(22, 30, '22 threads'),
  },
  leaveOut: [
    {
      name: 'bisync --filters-file',
      takes: 'folder',
      effect: 'needs-resync',
      consequence: 'bisync refuses to run after its filters change until it is run once with --resync',
      command: "printf '%s\\n' '- /{path}/**' \"$(cat FILTERS-FILE)\" > FILTERS-FILE",
      means: { kind: 'printed' },
    },
  ],
  stop: {
    termSafe: false,
    killSafe: false,
    evidence: 'measured',
    recover: 'run it once with --resync; after KILL also delete the lock file that its message names',
  },
};

/** A mount holds no local tree: nothing to count. */
export const RCLONE_MOUNT: Profile = {
  ...RCLONE,
  id: 'rclone-mount',
  title: 'rclone mount',
  evidence: [
    'measured: the empty rclone of sync',
    'reported: github.com/rclone/rclone issue 6345: its directory cache has no bound',
  ],
  kind: 'mount',
  match: { ...RCLONE.match, subcommands: ['mount', 'cmount', 'mount2', 'nfsmount', 'serve'] },
  scan: { atStart: 'none' },
  cost: {
    ...RCLONE.cost,
    rssBaseBytes: inferred(30_000_000, 50, 'the empty rclone of sync; its directory cache has no bound'),
    rssPerFileBytes: NOTHING,
  },
  roots: 'none',
  ignore: 'none',
  prunesWatch: false,
  prunesScan: false,
  leaveOut: [],
};

/** A daemon that syncs what its API is told to: the trees are known when the jobs are. */
export const RCLONE_RCD: Profile = {
  ...RCLONE,
  id: 'rclone-rcd',
  title: 'rclone rcd',
  evidence: [SYNC_EVIDENCE, 'inferred: a job of its API costs what rclone sync on that tree does'],
  match: { ...RCLONE.match, subcommands: ['rcd'] },
  cost: {
    ...RCLONE.cost,
    rssBaseBytes: inferred(30_000_000, 50, 'the empty rclone of sync'),
    rssPerFileBytes: inferred(170, 80, 'that of sync'),
  },
  roots: 'none',
  ignore: 'none',
  prunesWatch: false,
  prunesScan: false,
};
