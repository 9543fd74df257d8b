import type { Profile } from '../domain/profile.ts';
import { inferred, NOTHING } from './figure.ts';

/** Any command that keeps no tree in step: nothing is projected but a task of its own. */
export const PROCESS: Profile = {
  id: 'process',
  title: 'Any command',
  verified: 'any',
  evidence: ['nothing is known of this command: only --tree and --require are projected'],
  kind: 'process',
  match: { names: [], installPaths: [] },
  watch: { api: 'none', per: 'none', instances: 0 },
  scan: { atStart: 'none' },
  cost: {
    rssBaseBytes: NOTHING,
    rssPerFileBytes: NOTHING,
    rssPerDirectoryBytes: NOTHING,
    tasks: inferred(1, 0),
    openFiles: inferred(3, 0),
    indexPerFileBytes: NOTHING,
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'none',
  ignore: 'none',
  leaveOut: { mechanism: 'none', effect: 'none', command: '', warning: null },
  enomemSafe: false,
  stop: { termSafe: true, killSafe: true },
};
