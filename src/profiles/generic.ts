import type { Mechanism } from '../domain/leave-out.ts';
import type { Profile } from '../domain/profile.ts';
import { inferred, NOTHING } from './figure.ts';

/** A list whose effect on the files is not known; `command` is the line of it. */
export function excludeListOf(name: string, command = '/{path}/'): readonly Mechanism[] {
  return [
    {
      name,
      takes: 'folder',
      effect: 'none',
      consequence: 'not known to this profile: read what the daemon does with files it stops syncing first',
      command,
      means: { kind: 'printed' },
    },
  ];
}

/** A sync daemon nobody has described: the dearest of what the described ones do. */
export const GENERIC: Profile = {
  id: 'generic',
  title: 'Any sync daemon',
  verified: 'any',
  evidence: [
    'inferred: every watching daemon measured or read works with one watch per directory and a stat of every entry',
    'reported: 0.8 to 2 KB per file over Unison, MEGA, Syncthing and Resilio Sync',
  ],
  kind: 'watcher',
  match: { names: [], installPaths: [] },
  watch: { api: 'inotify', per: 'directory', instances: 1, atLimit: 'unknown' },
  scan: { atStart: 'stat-all', readsBodies: true },
  cost: {
    rssBaseBytes: inferred(200_000_000, 60, 'the largest known, Dropbox'),
    rssPerFileBytes: inferred(1500, 80, 'Unison, MEGA, Syncthing and Resilio Sync: 0.8 to 2 KB'),
    rssPerDirectoryBytes: NOTHING,
    tasks: inferred(20, 50, 'Syncthing 18, rclone 17'),
    openFiles: inferred(25, 50, 'at most 25 in every daemon measured'),
    indexPerFileBytes: inferred(400, 50, 'Syncthing 380, Nextcloud 290'),
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'none',
  ignore: 'none',
  prunesWatch: false,
  prunesScan: false,
  leaveOut: excludeListOf("the daemon's own exclude list"),
  enomemSafe: false,
  stop: { termSafe: true, killSafe: true, evidence: 'inferred' },
  control: null,
};
