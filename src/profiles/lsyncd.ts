import type { Profile } from '../domain/profile.ts';
import { measured, NOTHING } from './figure.ts';

export const LSYNCD: Profile = {
  id: 'lsyncd',
  title: 'Lsyncd',
  verified: '2.2.3',
  evidence: [
    'measured: Debian 12 package 2.2.3 with rsync, 20 to 50,000 files, default.rsync to a local target',
    'reported: github.com/lsyncd/lsyncd issue 117: 571,869 directories, 344 MB at start, 722 MB after a week',
    'measured: out of watches it ends with 255 before its first rsync',
    'measured: a first rsync ended by KILL, or by the OOM killer, counts as finished: 1,920 of 5,400 files copied, no retry',
  ],
  kind: 'watcher',
  match: { names: ['lsyncd'], installPaths: [] },
  watch: { api: 'inotify', per: 'directory', instances: 1, atLimit: 'ends' },
  scan: { atStart: 'stat-all', touchesIgnoredLeaves: true, readsBodies: true },
  cost: {
    // A line through the last three is within 10 %.
    rssBaseBytes: measured(
      4_800_000,
      25,
      'with the three rsync of its first run: 3.2 MB at 20 files, 5.6 at 5,000, 7.6 to 7.9 at 20,000, 11.3 at 50,000',
    ),
    rssPerFileBytes: measured(100, 30, 'the same runs, directories taken off'),
    rssPerDirectoryBytes: measured(
      600,
      50,
      '0.5 KB idle; 0.6 KB reported at 571,869, twice that after a week',
    ),
    tasks: measured(4, 50, 'lsyncd and three rsync'),
    openFiles: measured(25, 50, 'no file of the tree is kept open'),
    indexPerFileBytes: NOTHING,
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'lsyncd-lua',
  ignore: 'lsyncd-exclude',
  prunesWatch: true,
  prunesScan: true,
  leaveOut: [
    {
      name: 'exclude list of the sync block',
      takes: 'folder',
      effect: 'none',
      consequence:
        'from its next start on it is no longer copied; what the target already holds of it stays there',
      command: "exclude = { '/{path}/' }",
      means: { kind: 'lsyncd-exclude-file' },
    },
  ],
  // rsync ends with 23 when a call of its is refused, and lsyncd takes 23 for done ("Startup ... finished"): in a waiting room
  // of 32 MiB 49 999 of 50 000 files were at the target, and where a write was refused it ended with its own 255.
  enomemSafe: false,
  stop: {
    termSafe: true,
    killSafe: false,
    evidence: 'measured',
    recover: 'start it again: its first pass copies what is missing',
  },
  control: null,
};
