import type { Profile } from '../domain/profile.ts';
import { inferred, NOTHING } from './figure.ts';

/** Any command that keeps no tree in step: nothing is projected but a task of its own. */
export const PROCESS: Profile = {
  id: 'process',
  title: 'Any command',
  verified: 'any',
  evidence: ['inferred: nothing is known of this command: only --tree and --require are projected'],
  kind: 'process',
  match: { names: [], installPaths: [] },
  watch: { api: 'none', per: 'none', instances: 0, atLimit: 'nothing' },
  scan: { atStart: 'none' },
  cost: {
    rssBaseBytes: NOTHING,
    rssPerFileBytes: NOTHING,
    rssPerDirectoryBytes: NOTHING,
    tasks: inferred(1, 0, 'itself'),
    openFiles: inferred(3, 0, 'its standard descriptors'),
    indexPerFileBytes: NOTHING,
    sides: 1,
  },
  alwaysExcluded: [],
  roots: 'none',
  ignore: 'none',
  prunesWatch: false,
  prunesScan: false,
  leaveOut: [],
  enomemSafe: false,
  stop: { termSafe: true, killSafe: true, evidence: 'inferred' },
  control: null,
};
