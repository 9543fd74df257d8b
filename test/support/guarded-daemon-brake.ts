// A walker in a room that its tree is larger than: bare below a plain limit, or under a guard that makes such a room itself.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MiB } from '../../src/domain/units.ts';
import { BINARY } from './binary.ts';
import type { Programs } from './guarded-daemon-programs.ts';
import { type RunOutcome, runInRoom } from './guarded-daemon-run.ts';
import { DaemonRoom } from './real-daemon-room.ts';
import { type PlantedPlace, temporaryHome } from './real-daemon-tree.ts';

/** The container; the guard leaves half of it to others. */
const CONTAINER_BYTES: number = 48 * MiB;
const ROOM_BYTES: number = 24 * MiB;

/** One that needs little for itself, and may be made to wait. */
const WALKER = `[daemon.walker]
like = "lsyncd"
rss_base = "1M"
rss_per_file = 0
rss_per_directory = 0
tasks = 1
enomem_safe = true
`;

export interface WalkRequest {
  readonly place: PlantedPlace;
  readonly programs: Programs;
  readonly way: 'stat' | 'watch' | 'open';
  readonly isGuarded: boolean;
  /** The installed program; default: this checkout's. */
  readonly binary?: string;
  readonly longestMs?: number;
}

export async function walkInRoom({ place, programs, way, ...request }: WalkRequest): Promise<RunOutcome> {
  const { isGuarded, binary = BINARY, longestMs = 90_000 } = request;
  using home = temporaryHome();
  const room = new DaemonRoom(isGuarded ? CONTAINER_BYTES : ROOM_BYTES);
  const walk = [programs.walker, way, place.tree];
  const config = join(home.path, 'walker.toml');
  writeFileSync(config, WALKER);
  const judged = ['--config', config, '--daemon', 'walker', '--tree', place.tree];
  try {
    return await runInRoom({
      room,
      words: isGuarded ? [binary, 'run', ...judged, '--', ...walk] : walk,
      env: { XDG_STATE_HOME: home.path, RUNTIME_DIRECTORY: `${home.path}/run` },
      hasPassed: () => false,
      longestMs,
    });
  } finally {
    await room.clear();
  }
}
