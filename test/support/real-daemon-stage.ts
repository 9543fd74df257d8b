// Syncthing before a cold tree in a room of a given size, to be started bare or under `syncguard run`.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BINARY } from './binary.ts';
import { type Running, start } from './ending.ts';
import { type Prepared, SYNCTHING } from './real-daemon-kinds.ts';
import { DaemonRoom } from './real-daemon-room.ts';
import { planted, type TreeSize, temporaryHome } from './real-daemon-tree.ts';

export interface Stage extends AsyncDisposable {
  readonly room: DaemonRoom;
  guarded(): Running;
  bare(): Promise<void>;
  /** Resolves when the bare one was killed for want of memory; false: its first scan was over before, or it ended. */
  isKilled(): Promise<boolean>;
  /** Resolves when nothing runs any more. */
  isDeserted(): Promise<boolean>;
}

export async function stage(size: TreeSize, limitBytes: number): Promise<Stage> {
  const place = planted(size, SYNCTHING.sides);
  const home = temporaryHome();
  const room = new DaemonRoom(limitBytes);
  const clear = async (): Promise<void> => {
    await room.clear();
    place[Symbol.dispose]();
    home[Symbol.dispose]();
  };
  try {
    const prepared = await SYNCTHING.prepare(place.tree, home.path);
    place.mount.makeCold();
    return {
      room,
      ...starts({ room, prepared, tree: place.tree, home: home.path }),
      [Symbol.asyncDispose]: clear,
    };
  } catch (error) {
    await clear();
    throw error;
  }
}

interface Scene {
  readonly room: DaemonRoom;
  readonly prepared: Prepared;
  readonly tree: string;
  readonly home: string;
}

function starts({ room, prepared, tree, home }: Scene): Omit<Stage, 'room' | typeof Symbol.asyncDispose> {
  const { command, env, hasPassed } = prepared;
  const log = join(home, 'log');
  return {
    guarded: () => {
      const [shell = '', ...words] = [...room.enter, BINARY, 'run', '--tree', tree, '--', ...command];
      return start(shell, words, { env: { ...process.env, ...env, XDG_STATE_HOME: home } });
    },
    bare: () => room.start(command, log, env),
    isKilled: async () => {
      await eventually(() => room.oomKills() > 0 || hasPassed(log) || room.isEmpty());
      return room.oomKills() > 0 && !hasPassed(log);
    },
    isDeserted: () => eventually(() => room.isEmpty()),
  };
}

/** A daemon short of memory may crawl for a long time before it dies. */
const LONGEST_MS = 100_000;

async function eventually(holds: () => boolean): Promise<boolean> {
  for (const startedAt = performance.now(); performance.now() - startedAt < LONGEST_MS; await pause(50))
    if (holds()) return true;
  return false;
}
