// A daemon of shells, each of which writes a line to a file of its own every few milliseconds: who stands still is seen.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grip } from '../../src/actuators/grip.ts';
import { openGrip } from '../../src/actuators/grip-choice.ts';
import type { Home, Room } from '../../src/actuators/home.ts';
import { COOKIE_VARIABLE } from '../../src/actuators/members.ts';
import { isWritable } from './need.ts';

export const FREEZER = '/sys/fs/cgroup/freezer';
export const UNIFIED: string | null =
  readFileSync('/proc/self/mountinfo', 'utf8').match(/^(?:\S+ ){4}(\S+) .* - cgroup2 /m)?.[1] ?? null;

/** A cgroup for one daemon, or none: signals. null where this machine has no such hierarchy that we may write. */
export interface Hall {
  readonly kind: Grip['kind'];
  readonly home: Home;
  /** null: no cgroup. */
  readonly directory: string | null;
  remove(): void;
}

let count = 0;

export function makeHall(kind: Grip['kind']): Hall | null {
  const brake = { kind: 'none', reason: 'test' } as const;
  if (kind === 'signals')
    return { kind, home: { rooms: [], brake, isLimited: false }, directory: null, remove: () => {} };
  const mount = kind === 'unified' ? UNIFIED : FREEZER;
  if (mount === null || !isWritable(mount)) return null;
  count += 1;
  const directory = join(mount, `syncguard-hall-${process.pid}-${count}`);
  mkdirSync(directory);
  const room: Room = {
    directory,
    kind: kind === 'unified' ? 'unified' : 'freezer',
    brake: 'none',
    isLimited: false,
  };
  return {
    kind,
    home: { rooms: [room], brake, isLimited: false },
    directory,
    remove: () => leave(directory),
  };
}

/** The kernel lets go of a cgroup some milliseconds after its last process. */
function leave(directory: string): void {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      rmdirSync(directory);
      return;
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** `beat NAME` becomes a process that writes its pid into NAME every 20 ms, for ever. */
const BEAT = `beat() { exec sh -c 'while :; do echo $$ >>"$0"; sleep 0.02; done' "$1"; }`;

export interface ScriptedDaemon {
  readonly pid: number;
  readonly grip: Grip;
  /** null: its cgroup tells who belongs to it. */
  readonly cookie: string | null;
  /** Every file a member writes to, with its size. */
  sizes(): Record<string, number>;
  has(name: string): boolean;
  /** Of the process that beats NAME. */
  pidOf(name: string): number;
  /** Kills what is left of it, and removes its files and its cgroup. */
  remove(): void;
}

/** Runs `script` (sh; `beat NAME` is defined, the working directory is its own) in the hall; `names` are awaited. */
export async function startScripted(
  hall: Hall,
  script: string,
  names: readonly string[],
): Promise<ScriptedDaemon> {
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-scripted-'));
  const cookie = `${process.pid}-${process.hrtime.bigint()}`;
  const traits = { sessionId: null, cookie: hall.directory === null ? cookie : null };
  const grip = openGrip({ home: hall.home, traits });
  const enter = hall.directory === null ? '' : `echo $$ >'${hall.directory}/cgroup.procs'\n`;
  const child = spawn('sh', ['-c', `${enter}${BEAT}\n${script}`], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', [COOKIE_VARIABLE]: cookie },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const has = (name: string): boolean => existsSync(join(directory, name));
  await until(() => names.every(has));
  grip.survey();
  return {
    pid: child.pid ?? 0,
    grip,
    cookie: traits.cookie,
    sizes: () =>
      Object.fromEntries(readdirSync(directory).map((name) => [name, statSync(join(directory, name)).size])),
    has,
    pidOf: (name) => Number.parseInt(readFileSync(join(directory, name), 'utf8'), 10),
    remove() {
      endAll(grip);
      rmSync(directory, { recursive: true });
      hall.remove();
    },
  };
}

function endAll(grip: Grip): void {
  for (let round = 0; round < 100; round += 1) {
    grip.survey();
    if (grip.members().length === 0) break;
    grip.kill();
  }
  grip.close();
}

/** Looks every 10 ms; a condition that never comes is the test's own timeout. */
export async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await moment(10);
}

export const moment = (durationMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });

/** Every member's file has grown since. */
export async function untilAllMove(daemon: ScriptedDaemon, names: readonly string[]): Promise<void> {
  const before = daemon.sizes();
  await until(() => {
    const now = daemon.sizes();
    return names.every((name) => (now[name] ?? 0) > (before[name] ?? 0));
  });
}
