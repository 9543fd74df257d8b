import type { Profile } from '../domain/profile.ts';
import { inferred, NOTHING, reported } from './figure.ts';

export const DROPBOX: Profile = {
  id: 'dropbox',
  title: 'Dropbox',
  verified: 'any',
  evidence: [
    'reported: closed source and not run here; one watch per directory (help.dropbox.com, otherguy/docker-dropbox issue 16)',
    'reported: 4 GB advised for 500,000 files (islamdiaa/dropbox-docker), an upper bound of 8 KB per file',
    'reported: beyond the limit of watches it warns and leaves the other folders unwatched (otherguy/docker-dropbox issue 16)',
    'source: dropbox/nautilus-dropbox: no verb of its socket pauses it; stop and bandwidth limits are there',
    'reported: the whole tree is indexed again at every restart (janeczku/docker-dropbox issue 10)',
  ],
  kind: 'watcher',
  match: {
    names: ['dropboxd', 'dropbox', 'com.dropbox.Client'],
    // The command line client goes by the same name (nautilus-dropbox); `start` is the one word that starts the daemon.
    otherCommands: [
      'status',
      'throttle',
      'help',
      'stop',
      'running',
      'filestatus',
      'ls',
      'autostart',
      'exclude',
      'lansync',
      'sharelink',
      'proxy',
      'update',
      'version',
    ],
    installPaths: [
      '~/.dropbox-dist/dropboxd',
      '~/.dropbox-dist/dropbox-lnx.*/dropboxd',
      '/opt/dropbox/dropboxd',
      '/var/lib/dropbox/.dropbox-dist/dropboxd',
    ],
  },
  watch: { api: 'inotify', per: 'directory', instances: 1, atLimit: 'watches-part' },
  scan: { atStart: 'stat-all', touchesIgnoredLeaves: true, readsBodies: true },
  cost: {
    rssBaseBytes: reported(200_000_000, 50, 'the container this project began with: 200 MB and more'),
    rssPerFileBytes: inferred(1500, 80, '0.8 to 2 KB, as the sync daemons that could be measured'),
    rssPerDirectoryBytes: NOTHING,
    tasks: inferred(40, 60, 'not counted here'),
    openFiles: inferred(100, 50, 'no daemon measured keeps files of its tree open'),
    indexPerFileBytes: inferred(500, 80, "somewhat above Syncthing's and Nextcloud's 380 and 290"),
    sides: 1,
  },
  alwaysExcluded: ['/.dropbox.cache/'],
  roots: 'dropbox-info',
  ignore: 'dropbox-attribute',
  prunesWatch: true,
  prunesScan: true,
  leaveOut: [
    {
      name: 'dropbox exclude add',
      takes: 'folder',
      effect: 'deletes-local',
      consequence: 'the local copy is deleted; the server and every other computer keep theirs',
      command: "dropbox exclude add '{root}/{path}'",
      means: {
        kind: 'program',
        // Where distributions package it, `dropbox` is the daemon itself and this is its command line.
        names: ['dropbox-cli', 'dropbox'],
        apply: ['exclude', 'add'],
        undo: ['exclude', 'remove'],
        status: ['status'],
        completeLine: 'Up to date',
      },
    },
    {
      name: 'the attribute user.com.dropbox.ignored',
      takes: 'folder',
      effect: 'deletes-remote',
      consequence: 'the local copy stays; it is deleted from the server and from every other computer',
      command: "setfattr -n user.com.dropbox.ignored -v 1 '{root}/{path}'",
      means: { kind: 'printed' },
    },
  ],
  // Not known how it takes a failed lstat: a deletion would travel to every computer.
  enomemSafe: false,
  stop: { termSafe: true, killSafe: true, evidence: 'inferred' },
  control: {
    kind: 'socket',
    pause: null,
    resume: null,
    throttle: 'dropbox throttle DOWNLOAD UPLOAD',
    releasesWatches: null,
  },
};
