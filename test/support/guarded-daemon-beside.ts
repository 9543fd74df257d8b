// A real daemon in a container, bare or guarded, and another program beside it that wants its share.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BINARY } from './binary.ts';
import { type Probing, plantProbes, startProber } from './guarded-daemon-prober.ts';
import type { Programs } from './guarded-daemon-programs.ts';
import { type RunOutcome, runInRoom } from './guarded-daemon-run.ts';
import { makeCold } from './guarded-daemon-tree.ts';
import { DAEMON_KINDS, type Prepared } from './real-daemon-kinds.ts';
import { DaemonRoom } from './real-daemon-room.ts';
import { type PlantedPlace, planted, temporaryHome } from './real-daemon-tree.ts';

export interface BesideRequest {
  readonly place: PlantedPlace;
  readonly programs: Programs;
  readonly daemon: 'syncthing' | 'lsyncd' | 'rclone';
  readonly containerBytes: number;
  /** overruled: the gate's refusal too (--on-refuse start), so that the guard alone stands at the wall. */
  readonly mode: 'bare' | 'guarded' | 'overruled';
  /** More options of `syncguard run`. */
  readonly options?: readonly string[];
  /** The installed program; default: this checkout's. */
  readonly binary?: string;
  readonly longestMs: number;
}

export interface Beside extends RunOutcome {
  readonly probing: Probing;
  /** Files at the target; null: there is none. */
  readonly copied: number | null;
}

/** A library with room for a copy of it, and the other program's files. */
export function plantBeside(files: number): PlantedPlace {
  const place = planted({ files, fileBytes: 100 }, 2);
  plantProbes(probesOf(place));
  return place;
}

const probesOf = ({ mount }: PlantedPlace): string => join(mount.plantPath, 'others');

/** What an earlier run has left at the target is removed first. */
export async function runBeside(request: BesideRequest): Promise<Beside> {
  const { place, programs, daemon, containerBytes, longestMs } = request;
  using home = temporaryHome();
  const target = `${place.tree}-target`;
  rmSync(target, { recursive: true, force: true });
  const { command, env, hasPassed } = await prepare(daemon, { tree: place.tree, target, home: home.path });
  makeCold(place);
  const room = new DaemonRoom(containerBytes);
  try {
    const prober = startProber(room.enter, programs.prober, probesOf(place));
    const outcome = await runInRoom({
      room,
      words: [...guardWords(request), ...command],
      env: { ...env, XDG_STATE_HOME: home.path, RUNTIME_DIRECTORY: `${home.path}/run` },
      hasPassed,
      longestMs,
    });
    const probing = await prober.end();
    return { ...outcome, probing, copied: daemon === 'syncthing' ? null : countFiles(target) };
  } finally {
    await room.clear();
  }
}

function guardWords({ mode, place, options = [], binary = BINARY }: BesideRequest): string[] {
  if (mode === 'bare') return [];
  const overruling = mode === 'overruled' ? ['--on-refuse', 'start'] : [];
  return [binary, 'run', ...overruling, ...options, '--tree', place.tree, '--'];
}

interface Paths {
  readonly tree: string;
  readonly target: string;
  readonly home: string;
}

async function prepare(
  daemon: BesideRequest['daemon'],
  { tree, target, home }: Paths,
): Promise<Omit<Prepared, 'hasPassed'> & { hasPassed(text: string): boolean }> {
  const kind = DAEMON_KINDS.find(({ id }) => id === daemon);
  if (kind === undefined) {
    mkdirSync(target);
    const env = { HOME: home, RCLONE_CONFIG: '/dev/null' };
    // It ends by itself.
    return { command: ['rclone', 'sync', tree, target], env, hasPassed: () => false };
  }
  const { command, env } = await kind.prepare(tree, home);
  const passed = daemon === 'syncthing' ? /Completed initial scan/ : /Startup of .* finished/;
  return { command, env, hasPassed: (text) => passed.test(text) };
}

const countFiles = (directory: string): number =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
