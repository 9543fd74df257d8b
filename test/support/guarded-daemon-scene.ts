// A real daemon under `syncguard run` in a container, before a cold tree, and the command line beside it.
import { BINARY } from './binary.ts';
import { type Ended, type Running, runToEnd, start } from './ending.ts';
import type { Prepared } from './real-daemon-kinds.ts';
import { DaemonRoom } from './real-daemon-room.ts';
import { type PlantedPlace, planted, type TreeSize, temporaryHome } from './real-daemon-tree.ts';

export interface GuardedScene extends AsyncDisposable {
  readonly room: DaemonRoom;
  readonly place: PlantedPlace;
  readonly home: string;
  /** `syncguard run` with these options, inside the container. */
  guard(daemon: Omit<Prepared, 'hasPassed'>, ...options: readonly string[]): Running;
  /** Another command of syncguard, as typed outside. */
  type(...words: readonly string[]): Promise<Ended>;
}

export interface SceneRequest {
  readonly size: TreeSize;
  readonly limitBytes: number;
  /** 2 where the target is on the same filesystem. */
  readonly sides: number;
}

export function guardedScene({ size, limitBytes, sides }: SceneRequest): GuardedScene {
  const place = planted(size, sides);
  const home = temporaryHome();
  const room = new DaemonRoom(limitBytes);
  const env = { ...process.env, XDG_STATE_HOME: home.path, RUNTIME_DIRECTORY: `${home.path}/run` };
  return {
    room,
    place,
    home: home.path,
    guard: (daemon, ...options) => {
      const [shell = '', ...words] = [...room.enter, BINARY, 'run', ...options, '--', ...daemon.command];
      return start(shell, words, { env: { ...env, ...daemon.env } });
    },
    type: (...words) => runToEnd(BINARY, words, { env }),
    [Symbol.asyncDispose]: async () => {
      await room.clear();
      place[Symbol.dispose]();
      home[Symbol.dispose]();
    },
  };
}
