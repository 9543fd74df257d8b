// What the kernel did to everything in one container while a guard and its daemon ran there.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DaemonRoom } from './real-daemon-room.ts';

export interface RoomTrouble {
  readonly oomKills: number;
  /** Times a charge met a limit (memory.failcnt), of the container and of the rooms below it. */
  readonly hits: number;
}

const LOOK_MS = 20;

/** v1 counts in the cgroup of whoever was killed: the container's own, and each room made in it, as long as it is there. */
export class RoomWatch {
  readonly #directory: string;
  readonly #seen: Map<string, RoomTrouble> = new Map();
  readonly #timer: NodeJS.Timeout;

  constructor(room: DaemonRoom) {
    this.#directory = directoryOf(room);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  #look(): void {
    for (const directory of [this.#directory, ...roomsIn(this.#directory)]) {
      const trouble = troubleIn(directory);
      if (trouble !== null) this.#seen.set(directory, trouble);
    }
  }

  end(): RoomTrouble {
    clearInterval(this.#timer);
    this.#look();
    const all = [...this.#seen.values()];
    return {
      oomKills: all.reduce((sum, { oomKills }) => sum + oomKills, 0),
      hits: all.reduce((sum, { hits }) => sum + hits, 0),
    };
  }
}

/** The memory rooms that a guard has made. */
function roomsIn(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(directory, entry.name));
}

/** The room's words enter by writing to its cgroup.procs. */
function directoryOf({ enter }: DaemonRoom): string {
  const path = /'([^']+\/cgroup\.procs)'/.exec(enter.join(' '))?.[1];
  if (path === undefined) throw new Error('no cgroup is entered');
  return dirname(path);
}

function troubleIn(directory: string): RoomTrouble | null {
  try {
    const control = readFileSync(join(directory, 'memory.oom_control'), 'latin1');
    const hits = Number(readFileSync(join(directory, 'memory.failcnt'), 'latin1'));
    return { oomKills: Number(/^oom_kill (\d+)$/m.exec(control)?.[1] ?? 0), hits };
  } catch {
    // It was removed meanwhile: what was seen last stands.
    return null;
  }
}

export interface Member {
  readonly pid: number;
  readonly group: number;
  /** R, S, D, T, ... of proc(5); a task that a v1 freezer holds shows D. */
  readonly state: string;
}

/** The processes of every room that a guard has made in this container: the daemon, without guard, companion and keeper. */
export function membersOf(room: DaemonRoom): Member[] {
  const directory = directoryOf(room);
  const pids = roomsIn(directory).flatMap((path) =>
    readFileSync(join(path, 'cgroup.procs'), 'latin1').split('\n'),
  );
  return pids.filter(Boolean).map((pid) => memberOf(Number(pid)));
}

function memberOf(pid: number): Member {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // Behind the name, which is in brackets and may hold anything: state, parent, process group.
  const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, group: Number(group), state };
}

/** Processor time they have taken, clock ticks (fields 14 and 15 of /proc/PID/stat). */
export const ticksOf = (members: readonly Member[]): number =>
  members.reduce((sum, { pid }) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return sum + Number(user) + Number(system);
  }, 0);
