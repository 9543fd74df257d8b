// Programs that learn is tried on: each on a tree `T`, with what it keeps in `T-home` and, where it has one, its target `T-target`.
import { mkdirSync } from 'node:fs';
import { LSYNCD, SYNCTHING } from './real-daemon-kinds.ts';

export interface LearnedProgram {
  readonly id: string;
  /** Local trees it fills or reads. */
  readonly sides: number;
  /** `{tree}` as learn takes it. */
  readonly command: readonly string[];
  prepare(tree: string): Promise<unknown>;
}

const besides = async (tree: string): Promise<void> => {
  for (const suffix of ['home', 'target']) mkdirSync(`${tree}-${suffix}`);
};

const program = (id: string, sides: number, command: readonly string[]): LearnedProgram => ({
  id,
  sides,
  command,
  prepare: besides,
});

export const LEARNED_PROGRAMS: readonly LearnedProgram[] = [
  {
    id: 'syncthing',
    sides: 1,
    command: [
      'env',
      'STNODEFAULTFOLDER=1',
      'STNOUPGRADE=1',
      'syncthing',
      'serve',
      '--no-browser',
      '--home',
      '{tree}-home',
    ],
    async prepare(tree) {
      await besides(tree);
      return SYNCTHING.prepare(tree, `${tree}-home`);
    },
  },
  {
    id: 'lsyncd',
    sides: 2,
    command: ['lsyncd', '-nodaemon', '{tree}-home/lsyncd.conf.lua'],
    async prepare(tree) {
      await besides(tree);
      return LSYNCD.prepare(tree, `${tree}-home`);
    },
  },
  program('unison', 2, [
    'env',
    'UNISON={tree}-home',
    'unison',
    '{tree}',
    '{tree}-target',
    '-batch',
    '-repeat',
    '3600',
    '-silent',
  ]),
  program('rclone', 2, ['rclone', 'sync', '{tree}', '{tree}-target']),
  program('rclone-bisync', 2, [
    'rclone',
    'bisync',
    '{tree}',
    '{tree}-target',
    '--resync',
    '--workdir',
    '{tree}-home',
  ]),
  program('inotifywait', 1, ['inotifywait', '-mrq', '{tree}']),
];
