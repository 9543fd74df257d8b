// Where the story plays: a temporary directory that is the home of a daemon, with its tree, its account and its program.
// Whatever happens, nothing stays: neither a process nor a file.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BEANCOUNTERS_PATH } from '../../kernel/beancounters.ts';
import { installStandIn } from './installation.ts';
import { dismiss, endPlayers, type Playing, startPlayer } from './players.ts';
import { linkAccount } from './stand-in/state-directory.ts';

export interface StageRequest {
  /** bin/syncguard. */
  readonly launcher: string;
  /** dist/stand-in.cjs. */
  readonly standIn: string;
  /** Where programs are sought. */
  readonly path: string;
  /** The directory stays. */
  readonly isKept: boolean;
}

export interface Stage {
  readonly directory: string;
  readonly tree: string;
  readonly state: string;
  /** Path of a container's table, below a root of its own as on a recorded machine; the file is not made. */
  tableOf(container: string): string;
  /** `syncguard` with these words; `table` stands for /proc/user_beancounters there. */
  play(words: readonly string[], table: string, onLine?: (line: string) => void): Playing;
  /** Ends what was started, in order, and removes the rest. */
  close(): Promise<void>;
}

/** In the directory, and empty: neither the machine's settings nor the user's have a part in the story. */
export const SETTINGS_FILE = 'empty.toml';

/**
 * 0.5 ms a watch, 1.9 MB a second at most on that kernel: whoever reads the wall ten times a second can follow.
 * No memory beside its own, and it ends with us, however we end.
 */
const DAEMON_WORDS = '--rss-base 0 --socket-after 0 --delay-per-watch 0.5 --ends-with-stdin'.split(' ');

export function openStage({ launcher, standIn, path, isKept }: StageRequest): Stage {
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-demo-'));
  const inside = (name: string): string => join(directory, name);
  const remove = (): void =>
    isKept ? undefined : rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  const environment = furnish(inside, standIn, path);
  const players: Playing[] = [];
  // Standard output closed under us, or a bug: no time is left to wait for anybody.
  const leave = (): void => {
    dismiss(players);
    remove();
  };
  process.once('exit', leave);
  return {
    directory,
    tree: inside('Dropbox'),
    state: inside('.dropbox'),
    tableOf(container) {
      const table = inside(`${container}${BEANCOUNTERS_PATH}`);
      mkdirSync(dirname(table), { recursive: true });
      return table;
    },
    play(words, table, onLine = () => {}) {
      const told = { ...environment, SYNCGUARD_BEANCOUNTERS: table };
      const playing = startPlayer({ program: launcher, words, directory, environment: told, onLine });
      players.push(playing);
      return playing;
    },
    async close() {
      await endPlayers(players, directory);
      process.off('exit', leave);
      remove();
    },
  };
}

/** Makes what the daemon expects of its home; returns the environment of whoever plays in it. */
function furnish(inside: (name: string) => string, standIn: string, path: string): Record<string, string> {
  const [tree, state, distribution] = [inside('Dropbox'), inside('.dropbox'), inside('.dropbox-dist')];
  for (const made of [tree, state, inside('run')]) mkdirSync(made, { mode: 0o700 });
  writeFileSync(inside(SETTINGS_FILE), '');
  linkAccount(state, tree);
  installStandIn({ distribution, program: standIn, node: process.execPath, words: DAEMON_WORDS });
  return {
    // Before a Dropbox that is really installed.
    PATH: `${distribution}:${path}`,
    HOME: inside(''),
    // Ours alone: what was remembered of another tree, or of another guard, has no part in the story.
    STATE_DIRECTORY: inside('.local'),
    RUNTIME_DIRECTORY: inside('run'),
  };
}
