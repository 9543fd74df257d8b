import type { Profile } from '../domain/profile.ts';
import { inferred, measured, NOTHING, reported } from './figure.ts';
import { excludeListOf } from './generic.ts';

const ENGINE = 'nextcloudcmd 3.7.3, which has the same engine';

/** The desktop client: it watches, and has no word on a command line that pauses it. */
export const NEXTCLOUD: Profile = {
  id: 'nextcloud',
  title: 'Nextcloud desktop',
  verified: 'any',
  evidence: [
    'source: one watch per directory, hidden ones included, ignored ones skipped (folderwatcher_linux.cpp); not run here',
    'source: out of watches it calls the folder unreliable and discovers all of it at every sync',
    'reported: 500 MB at 100,000 files called acceptable (github.com/owncloud/client issue 2929), 2 GB above 1,000,000 (issue 5742)',
    'reported: no pause on the command line (github.com/nextcloud/desktop issues 336, 5649, 10302)',
  ],
  kind: 'watcher',
  match: {
    names: ['nextcloud', 'com.nextcloud.desktopclient.nextcloud'],
    installPaths: [],
  },
  watch: { api: 'inotify', per: 'directory', instances: 1, atLimit: 'rescans' },
  scan: { atStart: 'stat-all', readsBodies: true },
  cost: {
    rssBaseBytes: inferred(100_000_000, 60, 'nextcloudcmd takes 35 MB; a window and its libraries besides'),
    rssPerFileBytes: reported(3000, 70, '4 KB at 100,000 files, 2 KB above 1,000,000'),
    rssPerDirectoryBytes: NOTHING,
    tasks: inferred(12, 60, 'nextcloudcmd has 6 threads'),
    openFiles: inferred(40, 60, 'no daemon measured keeps files of its tree open'),
    indexPerFileBytes: inferred(290, 50, `14.6 MB at 50,000 files with ${ENGINE}`),
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'nextcloud-ini',
  ignore: 'sync-exclude',
  prunesWatch: true,
  prunesScan: true,
  // A slash at its front is none of the paths it is compared with; a path of one name is that name anywhere.
  leaveOut: excludeListOf('sync-exclude.lst (Edit Ignored Files)', '{path}/'),
  enomemSafe: false,
  stop: { termSafe: true, killSafe: true, evidence: 'inferred' },
  control: null,
};

export const OWNCLOUD: Profile = {
  ...NEXTCLOUD,
  id: 'owncloud',
  title: 'ownCloud desktop',
  match: { names: ['owncloud'], installPaths: [] },
  roots: 'owncloud-ini',
};

/** One pass and gone: people start it by cron. */
export const NEXTCLOUDCMD: Profile = {
  ...NEXTCLOUD,
  id: 'nextcloudcmd',
  title: 'nextcloudcmd',
  verified: '3.7.3',
  evidence: [
    'measured: Debian 12 package 3.7.3 against a server on loopback, 5,000 and 50,000 files; owncloudcmd 2.11 was not',
    'measured: offline it gives up in 0.24 s without a scan',
  ],
  kind: 'scheduled',
  match: { names: ['nextcloudcmd', 'owncloudcmd'], installPaths: [] },
  watch: { api: 'none', per: 'none', instances: 0, atLimit: 'nothing' },
  cost: {
    ...NEXTCLOUD.cost,
    rssBaseBytes: measured(35_000_000, 40, 'peak memory 35.0 MB at 5,000 files, program text counted in'),
    rssPerFileBytes: measured(60, 60, '35.0 MB at 5,000 files, 37.7 at 50,000; nothing when in sync'),
    tasks: measured(6, 30, '6 threads'),
    openFiles: measured(25, 50, 'at most 25 descriptors'),
    indexPerFileBytes: measured(290, 25, '14.6 MB at 50,000 files'),
  },
  roots: 'nextcloudcmd-argv',
  leaveOut: excludeListOf('--exclude FILE, where the file is called sync-exclude.lst', '{path}/'),
};
