import type { Profile } from '../domain/profile.ts';
import { inferred, measured, NOTHING } from './figure.ts';

export const SEAFILE: Profile = {
  id: 'seafile',
  title: 'Seafile',
  verified: '8.0.10',
  evidence: [
    'measured: Debian 12 package 8.0.10, without a library: memory, threads, how it starts and stops',
    'source: one watch per directory by the kinds of its entries, one inotify instance per library (wt-monitor-linux.c)',
    'source: ignored directories are watched all the same; reported in github.com/haiwen/seafile issue 3042',
    'reported: out of watches it logs, goes on and calls itself synchronized (issue 3042)',
    'reported: an index of every file in memory (issue 1962); 12.4 GB once (issue 1006, not projected)',
  ],
  kind: 'watcher',
  match: {
    names: ['seaf-daemon', 'seafile-applet', 'seaf-cli'],
    otherCommands: [
      'init',
      'stop',
      'status',
      'list',
      'list-remote',
      'download',
      'download-by-name',
      'sync',
      'desync',
      'create',
      'config',
    ],
    installPaths: [],
  },
  watch: { api: 'inotify', per: 'directory', instances: 0, instancesPerRoot: 1, atLimit: 'watches-part' },
  scan: { atStart: 'stat-all', readsBodies: true },
  cost: {
    rssBaseBytes: measured(9_700_000, 50, 'peak memory without a library, program text counted in'),
    rssPerFileBytes: inferred(1500, 80, '0.8 to 2 KB, as the sync daemons that could be measured'),
    rssPerDirectoryBytes: NOTHING,
    tasks: measured(5, 60, '5 threads without a library'),
    openFiles: inferred(25, 50, 'at most 25 in every daemon measured'),
    indexPerFileBytes: inferred(400, 80, 'Syncthing 380, Nextcloud 290'),
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'seafile-database',
  ignore: 'seafile-ignore',
  prunesWatch: false,
  prunesScan: true,
  leaveOut: [
    {
      name: 'moving it out of the library',
      takes: 'folder',
      effect: 'deletes-remote',
      consequence:
        'it is deleted from the library and from every other computer; seafile-ignore.txt is no help, as ignored folders are watched all the same; a library of its own that is not synced here keeps it',
      command: "mv '{root}/{path}' ELSEWHERE",
      means: { kind: 'printed' },
    },
  ],
  enomemSafe: false,
  stop: { termSafe: true, killSafe: true, evidence: 'inferred' },
  control: null,
};
