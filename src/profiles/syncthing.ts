import type { Profile } from '../domain/profile.ts';
import { measured, NOTHING } from './figure.ts';

export const SYNCTHING: Profile = {
  id: 'syncthing',
  title: 'Syncthing',
  verified: '1.19.2',
  evidence: [
    'measured: Debian 12 package 1.19.2, 20 to 50,000 files',
    'reported: github.com/syncthing/syncthing issues 923, 4359, 4099: 1.4 to 1.6 KB per file when steady',
    'reported: github.com/syncthing/syncthing issue 4403: 4 to 23 KB per file while a large change is queued (not projected)',
    'measured: at the limit of watches it stays up, watches nothing, tries again every 60 s and calls itself idle',
    'measured: a folder paused through its API gives back its watches (262, 0, 262)',
  ],
  kind: 'watcher',
  match: {
    names: ['syncthing'],
    otherCommands: [
      'cli',
      'generate',
      'decrypt',
      'device-id',
      'paths',
      'version',
      'upgrade',
      'browser',
      'help',
    ],
    installPaths: [],
  },
  watch: { api: 'inotify', per: 'directory', instances: 1, atLimit: 'watches-none' },
  scan: { atStart: 'stat-all', touchesIgnoredLeaves: true, readsBodies: true },
  cost: {
    // A line through the last three is within 13 %; at almost no files it is twice too high, where it does not matter.
    rssBaseBytes: measured(
      32_000_000,
      25,
      'monitor and worker, first scan: 16.3 MB at 20 files, 41.6 at 5,000, 85.7 at 20,000, ~126 at 50,000',
    ),
    rssPerFileBytes: measured(
      2200,
      25,
      'first scan; a restart on its index costs 0.84 KB, so the gate holds for both',
    ),
    rssPerDirectoryBytes: NOTHING,
    tasks: measured(18, 15, '15 threads on an empty tree, 17 to 19 at 5,000 to 50,000 files, 2 cores'),
    openFiles: measured(25, 50, 'it keeps no file of the tree open'),
    indexPerFileBytes: measured(380, 25, '19 MB at 50,000 files'),
    sides: 1,
  },
  // .stversions is never indexed but sometimes watched: what .stignore says decides, not a list of names.
  alwaysExcluded: [],
  roots: 'syncthing-xml',
  ignore: 'stignore',
  prunesWatch: true,
  prunesScan: true,
  leaveOut: [
    {
      name: '.stignore',
      takes: 'folder',
      effect: 'none',
      consequence:
        'the files stay where they are, here and on every other device, and are no longer kept in step here',
      // In front: the first rule that matches decides.
      command: "printf '%s\\n' '/{path}' \"$(cat '{root}/.stignore' 2>/dev/null)\" > '{root}/.stignore'",
      means: { kind: 'stignore' },
    },
    {
      name: 'fsWatcherEnabled=false',
      takes: 'watches',
      effect: 'none',
      consequence:
        'everything stays in step; what is changed here is noticed at the next full scan, by default once an hour, not at once',
      command: "switch off 'Watch for Changes' of the folder '{root}' (Edit, Advanced)",
      means: { kind: 'syncthing-watcher' },
    },
  ],
  // A file is taken for deleted only on ENOENT or ENOTDIR (lib/osutil.IsDeleted); anything else is a scan error.
  enomemSafe: true,
  // The index survives KILL: what earlier runs hashed was kept across four OOM kills.
  stop: { termSafe: true, killSafe: true, evidence: 'measured' },
  control: {
    kind: 'http',
    pause: 'PATCH /rest/config/folders/ID {"paused":true}',
    resume: 'PATCH /rest/config/folders/ID {"paused":false}',
    throttle: 'PATCH /rest/config/options {"maxFolderConcurrency":1}',
    releasesWatches: true,
  },
  // lib/svcutil: 3 asks for a restart, 4 for one after an upgrade.
  restartStatuses: [3, 4],
  // Folders and devices are then released one by one through its API.
  degradeWords: ['--paused'],
};
