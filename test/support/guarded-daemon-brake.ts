// A walker in a room that its tree is larger than: bare below a plain limit, or under a guard that makes such a room itself.
import { MiB } from '../../src/domain/units.ts';
import { BINARY } from './binary.ts';
import type { Programs } from './guarded-daemon-programs.ts';
import { type RunOutcome, runInRoom } from './guarded-daemon-run.ts';
import { DaemonRoom } from './real-daemon-room.ts';
import { type PlantedPlace, temporaryHome } from './real-daemon-tree.ts';

/** The container; the guard leaves 32 MiB of it to others, so the walker's own room is 16 MiB. */
const CONTAINER_BYTES: number = 48 * MiB;
const ROOM_BYTES: number = 16 * MiB;

export interface WalkRequest {
  readonly place: PlantedPlace;
  readonly programs: Programs;
  readonly way: 'stat' | 'watch' | 'open';
  readonly isGuarded: boolean;
  /** The installed program; default: this checkout's. */
  readonly binary?: string;
  readonly longestMs?: number;
}

/** The walker is judged as lsyncd: one that may be made to wait, and needs little for itself. */
export async function walkInRoom({ place, programs, way, ...request }: WalkRequest): Promise<RunOutcome> {
  const { isGuarded, binary = BINARY, longestMs = 90_000 } = request;
  using home = temporaryHome();
  const room = new DaemonRoom(isGuarded ? CONTAINER_BYTES : ROOM_BYTES);
  const walk = [programs.walker, way, place.tree];
  try {
    return await runInRoom({
      room,
      words: isGuarded ? [binary, 'run', '--daemon', 'lsyncd', '--tree', place.tree, '--', ...walk] : walk,
      env: { XDG_STATE_HOME: home.path, RUNTIME_DIRECTORY: `${home.path}/run` },
      hasPassed: () => false,
      longestMs,
    });
  } finally {
    await room.clear();
  }
}
