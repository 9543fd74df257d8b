import type { Profile } from '../domain/profile.ts';
import { inferred, measured, NOTHING, reported } from './figure.ts';

/** By its archives it knows what changed; without -repeat it ends after one pass. */
export const UNISON: Profile = {
  id: 'unison',
  title: 'Unison',
  verified: '2.52.1',
  evidence: [
    'measured: Debian 12 package 2.52.1 with -repeat, 5,000 and 50,000 files, both roots local',
    'reported: up to 5 KB per file at a first run (github.com/bcpierce00/unison issue 352); memory is kept from run to run (issue 1108)',
    'reported: ended in the middle of a run, "archives are locked" afterwards (issue 74); measured: ended while idle, nothing',
  ],
  kind: 'scheduled',
  match: { names: ['unison', 'unison-text', 'unison-gtk', 'unison-gui'], installPaths: [] },
  watch: { api: 'none', per: 'none', instances: 0, atLimit: 'nothing' },
  scan: { atStart: 'stat-all', readsBodies: true },
  cost: {
    rssBaseBytes: measured(5_600_000, 40, '9.2 MB at 5,000 files, 42.6 at 50,000, by syncguard learn'),
    rssPerFileBytes: measured(800, 50, '740 bytes at a first run, 0.7 to 1.2 KB at the next ones'),
    rssPerDirectoryBytes: NOTHING,
    tasks: measured(1, 100, 'one process without threads; ssh besides, where a root is remote'),
    openFiles: measured(25, 50, 'at most 25 descriptors'),
    indexPerFileBytes: inferred(300, 80, 'Syncthing 380, Nextcloud 290; its archives were not weighed'),
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'unison-profile',
  ignore: 'none',
  prunesWatch: false,
  prunesScan: false,
  leaveOut: [
    {
      name: '-ignore',
      takes: 'folder',
      effect: 'none',
      consequence:
        'it is no longer synced, and stays as it is on both sides; in its profile it is the line ignore = Path ...',
      command: "-ignore 'Path {path}'",
      means: { kind: 'printed' },
    },
  ],
  enomemSafe: false,
  stop: {
    termSafe: 'idle-only',
    killSafe: 'idle-only',
    evidence: 'reported',
    recover: 'while no unison runs: rm ~/.unison/lk*',
  },
  control: null,
};

/** `-repeat watch`: a helper beside it watches every directory of its roots. */
export const UNISON_WATCH: Profile = {
  ...UNISON,
  id: 'unison-watch',
  title: 'Unison with -repeat watch',
  evidence: [
    ...UNISON.evidence,
    'reported: unison-fsmonitor keeps 0.17 KB per file (issue 74); out of watches it ends (autozimu/unison-fsmonitor issue 8)',
    'inferred: one watch per directory, as every watching daemon that was measured or read',
  ],
  kind: 'watcher',
  match: { ...UNISON.match, subcommands: ['watch'] },
  watch: { api: 'inotify', per: 'directory', instances: 1, atLimit: 'ends' },
  cost: {
    ...UNISON.cost,
    rssPerFileBytes: reported(1200, 50, 'that of Unison and 0.17 KB of unison-fsmonitor'),
    tasks: inferred(3, 60, 'Unison and its helper'),
  },
};
