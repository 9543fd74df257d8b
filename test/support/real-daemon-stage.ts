// Syncthing before a cold tree in a room of a given size, to be started bare or under `syncguard run`.
import { join } from 'node:path';
import { BINARY } from './binary.ts';
import { type Running, start } from './ending.ts';
import { SYNCTHING } from './real-daemon-kinds.ts';
import { DaemonRoom } from './real-daemon-room.ts';
import { planted, type TreeSize, temporaryHome } from './real-daemon-tree.ts';

export interface Stage extends AsyncDisposable {
  readonly room: DaemonRoom;
  guarded(): Running;
  bare(): void;
  /** Whether the bare one's first scan is over. */
  hasPassed(): boolean;
}

export async function stage(size: TreeSize, limitBytes: number): Promise<Stage> {
  const place = planted(size, SYNCTHING.sides);
  const home = temporaryHome();
  const { command, env, hasPassed } = await SYNCTHING.prepare(place.tree, home.path);
  place.mount.makeCold();
  const room = new DaemonRoom(limitBytes);
  const log = join(home.path, 'log');
  const words = [BINARY, 'run', '--tree', place.tree, '--', ...command];
  return {
    room,
    guarded: () => {
      const [shell = '', ...enter] = room.enter;
      const variables = { ...process.env, ...env, XDG_STATE_HOME: home.path };
      return start(shell, [...enter, ...words], { env: variables });
    },
    bare: () => room.start(command, log, env),
    hasPassed: () => hasPassed(log),
    [Symbol.asyncDispose]: async () => {
      await room.clear();
      place[Symbol.dispose]();
      home[Symbol.dispose]();
    },
  };
}
