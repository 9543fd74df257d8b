import type { Profile } from '../domain/profile.ts';
import { inferred, NOTHING, reported } from './figure.ts';
import { excludeListOf } from './generic.ts';

export const MEGA: Profile = {
  id: 'mega',
  title: 'MEGAcmd and MEGAsync',
  verified: 'any',
  evidence: [
    'reported: not run here; 400,000 files take 800 MB, called normal (github.com/meganz/MEGAsync issue 651)',
    'reported: out of watches the sync is disabled: Unable to add filesystem watch (meganz/MEGAcmd issues 1050, 1077)',
    'inferred: one watch per directory, as every watching daemon that was measured or read',
  ],
  kind: 'watcher',
  match: { names: ['mega-cmd-server', 'mega-cmd', 'megasync'], installPaths: [] },
  watch: { api: 'inotify', per: 'directory', instances: 1, atLimit: 'disables-root' },
  scan: { atStart: 'stat-all', readsBodies: true },
  cost: {
    rssBaseBytes: inferred(60_000_000, 60, 'not measured empty'),
    rssPerFileBytes: reported(2000, 50, '800 MB at 400,000 files'),
    rssPerDirectoryBytes: NOTHING,
    tasks: inferred(20, 60, 'not counted here'),
    openFiles: inferred(40, 60, 'no daemon measured keeps files of its tree open'),
    indexPerFileBytes: inferred(400, 80, 'Syncthing 380, Nextcloud 290'),
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'none',
  listsRoots: 'mega-sync',
  ignore: 'none',
  prunesWatch: false,
  prunesScan: false,
  leaveOut: excludeListOf('.megaignore', "mega-sync-ignore --add '-dpG:{path}' '{root}'"),
  enomemSafe: false,
  stop: { termSafe: true, killSafe: true, evidence: 'inferred' },
  control: {
    kind: 'command',
    pause: 'mega-sync -p ID',
    resume: 'mega-sync -e ID',
    throttle: 'mega-speedlimit LIMIT',
    releasesWatches: null,
  },
};
