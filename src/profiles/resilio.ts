import type { Profile } from '../domain/profile.ts';
import { inferred, NOTHING, reported } from './figure.ts';
import { excludeListOf } from './generic.ts';

export const RESILIO: Profile = {
  id: 'resilio',
  title: 'Resilio Sync',
  verified: 'any',
  evidence: [
    'reported: not run here; 2 KB per file, 4 KB with permissions, 256 bytes since Connect 3.0 (its maker: RAM-optimized job)',
    'reported: out of watches it scans from time to time instead (linuxserver/docker-resilio-sync issues 32, 47)',
    'inferred: one watch per directory, as every watching daemon that was measured or read',
  ],
  kind: 'watcher',
  match: { names: ['rslsync', 'btsync'], installPaths: [] },
  watch: { api: 'inotify', per: 'directory', instances: 1, atLimit: 'rescans' },
  scan: { atStart: 'stat-all', readsBodies: true },
  cost: {
    rssBaseBytes: inferred(100_000_000, 60, 'not measured empty'),
    rssPerFileBytes: reported(2000, 90, '256 bytes to 4 KB, by version and settings'),
    rssPerDirectoryBytes: NOTHING,
    tasks: inferred(20, 60, 'not counted here'),
    openFiles: inferred(40, 60, 'no daemon measured keeps files of its tree open'),
    indexPerFileBytes: inferred(400, 80, 'Syncthing 380, Nextcloud 290'),
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'resilio-json',
  ignore: 'none',
  prunesWatch: false,
  prunesScan: false,
  leaveOut: excludeListOf('.sync/IgnoreList of the folder', '/{path}'),
  enomemSafe: false,
  stop: { termSafe: true, killSafe: true, evidence: 'inferred' },
  control: null,
};
