import type { Profile } from '../domain/profile.ts';
import { measured, NOTHING } from './figure.ts';

/** No daemon by itself, but what many a home-made one waits with: it looks at every entry and reads none. */
export const INOTIFYWAIT: Profile = {
  id: 'inotifywait',
  title: 'inotifywait -r',
  verified: '3.22.6',
  evidence: [
    'measured: Debian 12 package inotify-tools 3.22.6, 5,000 and 50,000 files, by syncguard learn',
    'measured: out of watches it ends with 1 and a message; what its --exclude names is watched all the same',
  ],
  kind: 'watcher',
  match: { names: ['inotifywait'], installPaths: [] },
  watch: { api: 'inotify', per: 'directory', instances: 1, atLimit: 'ends' },
  scan: { atStart: 'stat-all' },
  cost: {
    rssBaseBytes: measured(185_000, 25, '250 KB at 261 folders, 872 KB at 2,601'),
    rssPerFileBytes: NOTHING,
    rssPerDirectoryBytes: measured(266, 25, 'the same runs: it keeps the path of each'),
    tasks: measured(1, 10, 'one process without threads'),
    openFiles: measured(8, 50, 'at most 8 descriptors'),
    indexPerFileBytes: NOTHING,
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'none',
  ignore: 'none',
  prunesWatch: false,
  prunesScan: false,
  leaveOut: [
    {
      // Its --exclude keeps quiet about a folder, and watches it all the same (41 of 41 watches).
      name: '@',
      takes: 'folder',
      effect: 'none',
      consequence: 'it is neither looked through nor watched: nothing that happens in it is told',
      command: "'@{root}/{path}'",
      means: { kind: 'printed' },
    },
  ],
  enomemSafe: true,
  stop: { termSafe: true, killSafe: true, evidence: 'measured' },
  control: null,
};
