import type { Profile } from '../domain/profile.ts';
import { inferred, NOTHING, reported } from './figure.ts';

export const DROPBOX: Profile = {
  id: 'dropbox',
  title: 'Dropbox',
  verified: 'any',
  evidence: [
    'reported: closed source and not run here; one watch per directory (help.dropbox.com, otherguy/docker-dropbox issue 16)',
    'reported: 4 GB advised for 500 000 files (islamdiaa/dropbox-docker), an upper bound of 8 KB per file',
    'inferred: 0.8 to 2 KB per file, as the sync daemons that could be measured',
  ],
  kind: 'watcher',
  match: {
    names: ['dropboxd', 'dropbox'],
    installPaths: [
      '~/.dropbox-dist/dropboxd',
      '~/.dropbox-dist/dropbox-lnx.*/dropboxd',
      '/opt/dropbox/dropboxd',
      '/var/lib/dropbox/.dropbox-dist/dropboxd',
    ],
  },
  watch: { api: 'inotify', per: 'directory', instances: 1 },
  scan: { atStart: 'stat-all', touchesIgnoredLeaves: true, readsBodies: true },
  cost: {
    rssBaseBytes: reported(200_000_000, 50),
    rssPerFileBytes: inferred(1500, 80),
    rssPerDirectoryBytes: NOTHING,
    tasks: inferred(40, 60),
    openFiles: inferred(100, 50),
    indexPerFileBytes: inferred(500, 80),
    sides: 1,
  },
  alwaysExcluded: ['/.dropbox.cache/'],
  roots: 'dropbox-info',
  ignore: 'dropbox-attribute',
  leaveOut: {
    mechanism: 'dropbox exclude add',
    effect: 'deletes-local',
    command: "dropbox exclude add '{root}/{path}'",
    warning:
      'this deletes the local copy; setfattr -n user.com.dropbox.ignored -v 1 keeps it here and deletes it from the server and every other computer instead',
  },
  // Not known how it takes a failed lstat: a deletion would travel to every computer.
  enomemSafe: false,
  stop: { termSafe: true, killSafe: true },
};
