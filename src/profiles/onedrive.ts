import type { Profile } from '../domain/profile.ts';
import { inferred, NOTHING } from './figure.ts';

/** With these it answers, or changes something over there, and ends (onedrive --help, 2.4.23, and src/main.d of 2.5). */
const QUESTIONS: readonly string[] = [
  '-h',
  '--display-config',
  '--display-sync-status',
  '--list-shared-folders',
  '--list-shared-items',
  '--logout',
  '--reauth',
  '--print-token',
  '--create-directory',
  '--remove-directory',
  '--source-directory',
  '--create-share-link',
  '--get-file-link',
  '--get-O365-drive-id',
  '--modified-by',
  '--display-quota',
  '--get-sharepoint-drive-id',
  '--print-access-token',
];

export const ONEDRIVE: Profile = {
  id: 'onedrive',
  title: 'onedrive (abraunegg)',
  verified: '2.4.23',
  evidence: [
    'measured: Debian 12 package 2.4.23 offline: it neither scans nor watches before its login',
    'source: one watch per directory; what skip_dir, sync_list and .nosync leave out is not watched (src/monitor.d)',
    'source: out of watches one error per directory, and it goes on',
    'reported: 2.6 GB for 89,000 files in 13,000 directories, a cgroup figure with caches in it (abraunegg/onedrive pull request 910)',
  ],
  kind: 'watcher',
  match: { names: ['onedrive'], otherCommands: QUESTIONS, installPaths: [] },
  watch: { api: 'inotify', per: 'directory', instances: 1, atLimit: 'watches-part' },
  scan: { atStart: 'stat-all', readsBodies: true },
  cost: {
    rssBaseBytes: inferred(40_000_000, 60, 'rclone and Syncthing take 30 and 32 MB when empty'),
    rssPerFileBytes: inferred(1500, 80, '0.8 to 2 KB, as the sync daemons that could be measured'),
    rssPerDirectoryBytes: NOTHING,
    tasks: inferred(4, 60, 'one process with a thread that works'),
    openFiles: inferred(25, 50, 'at most 25 in every daemon measured'),
    indexPerFileBytes: inferred(400, 80, 'Syncthing 380, Nextcloud 290'),
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'onedrive-config',
  ignore: 'onedrive-skip',
  prunesWatch: true,
  prunesScan: true,
  leaveOut: [
    {
      name: 'skip_dir',
      takes: 'folder',
      effect: 'needs-resync',
      consequence:
        'one line holds all of them, joined by |; onedrive then refuses to run until it is run once with --resync',
      command: 'skip_dir = "{path}"',
      means: { kind: 'printed' },
    },
  ],
  enomemSafe: false,
  stop: { termSafe: true, killSafe: true, evidence: 'inferred' },
  control: {
    kind: 'configuration',
    pause: null,
    resume: null,
    throttle: 'rate_limit = "BYTES_PER_SECOND"',
    releasesWatches: null,
  },
};

/** One pass and gone, as a timer or cron starts it. */
export const ONEDRIVE_SYNC: Profile = {
  ...ONEDRIVE,
  id: 'onedrive-sync',
  title: 'onedrive --sync',
  evidence: [
    ...ONEDRIVE.evidence.slice(0, 1),
    'source: its watches belong to --monitor alone (src/main.d)',
    'inferred: its memory, from onedrive --monitor',
  ],
  kind: 'scheduled',
  match: { ...ONEDRIVE.match, subcommands: ['--synchronize', '--sync', '-s'] },
  watch: { api: 'none', per: 'none', instances: 0, atLimit: 'nothing' },
};
