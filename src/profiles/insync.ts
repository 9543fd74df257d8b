import type { Profile } from '../domain/profile.ts';
import { GENERIC } from './generic.ts';

/** Closed source, a database of its own: what any daemon is taken to do, under its own name. */
export const INSYNC: Profile = {
  ...GENERIC,
  id: 'insync',
  title: 'Insync',
  evidence: [
    'inferred: not run here and nothing reported in numbers; every number is that of any sync daemon',
    'inferred: it starts away from its caller; its folders are in a database of its own',
  ],
  match: {
    names: ['insync', 'insync-headless'],
    otherCommands: [
      'quit',
      'stop',
      'get_account_information',
      'get_status',
      'pause_syncing',
      'resume_syncing',
    ],
    installPaths: [],
  },
  listsRoots: 'insync get_account_information',
};
