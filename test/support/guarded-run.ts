// A real daemon under a real guard, both in directories of their own, at a wall the test moves.
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { PHASES } from '../../src/domain/lifecycle.ts';
import type { ControlReply, ControlRequest } from '../../src/formats/control-message.ts';
import { parseGuardManifest } from '../../src/formats/guard-manifest.ts';
import type { GuardRecord } from '../../src/formats/guard-record.ts';
import { parseRing } from '../../src/formats/guard-ring.ts';
import { type Running, start } from './ending.ts';
import { makeWall, type TestWall } from './guarded-wall.ts';
import { moment, UNIFIED, until } from './scripted-daemon.ts';

/** Where one guard at a time, or several, keep what they know and say. */
export interface Scene {
  readonly path: string;
  readonly wall: TestWall;
  readonly environment: NodeJS.ProcessEnv;
  /** `run OPTIONS COMMAND`, once the guard has said that the command was started. */
  run(words: readonly string[], call?: RunCall): Promise<Guarded>;
  /** Ends what still runs, and removes all of it. */
  remove(): Promise<void>;
}

export interface RunCall {
  /** Words to put before the program: `unshare -m`, `setpriv ...`. */
  readonly before?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** `run` unless given. */
  readonly command?: 'run' | 'attach';
  /** What is said when it may go on; `started` unless given. */
  readonly says?: string;
}

/** `pid` is the guard's. */
export interface Guarded extends Running {
  /** Of the daemon's main process, as the manifest has it; 0: none just now. */
  daemonPid(): number;
  /** The same, as the start line has it. */
  startedPid(): number;
  /** The directory of this guard. */
  readonly directory: string;
  /** What it has decided so far, oldest first; no samples. */
  decisions(): readonly GuardRecord[];
  /** Phases it was in, one word for each change. */
  course(): string;
  ask(request: ControlRequest): Promise<ControlReply>;
}

/** A scene of this test's own, gone with it. */
export function sceneFor(program: string, { onTestFinished }: TestContext): Scene {
  const scene = openScene(program);
  onTestFinished(() => scene.remove());
  return scene;
}

function openScene(program: string): Scene {
  const path = mkdtempSync(join(tmpdir(), 'syncguard-guarded-'));
  // Also for other users, whom some of the daemons run as.
  chmodSync(path, 0o777);
  const wall = makeWall(join(path, 'machine'));
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    RUNTIME_DIRECTORY: join(path, 'runtime'),
    STATE_DIRECTORY: join(path, 'state'),
    SYNCGUARD_BEANCOUNTERS: wall.file,
    JOURNAL_STREAM: '',
  };
  const runs: Running[] = [];
  return {
    path,
    wall,
    environment,
    async run(words, call = {}) {
      const [file = '', ...rest] = [...(call.before ?? []), program, call.command ?? 'run', ...words];
      const running = start(file, rest, { env: { ...environment, ...call.environment } });
      runs.push(running);
      await running.seen(call.says ?? 'started');
      const directory = join(path, 'runtime', String(running.pid));
      // It announces itself right after it has said that, unless it has said that it cannot, or has nobody to guard.
      await until(
        () =>
          existsSync(join(directory, 'guard.json')) ||
          /no status|on hold/.test(running.output()) ||
          hasEnded(running.pid),
      );
      return guardedOf(running, directory);
    },
    async remove() {
      wall.move(10);
      await Promise.all(runs.map(endRun));
      wall.close();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Told again and again: what outlives the main process is told by the next one. */
async function endRun({ pid, ended }: Running): Promise<void> {
  while (isThere(pid)) {
    process.kill(pid, 'SIGTERM');
    await moment(200);
  }
  await ended;
}

function guardedOf(running: Running, directory: string): Guarded {
  const decisions = (): readonly GuardRecord[] => parseRing(readFileSync(join(directory, 'ring')));
  return {
    ...running,
    directory,
    startedPid: () => Number(/started \(pid (\d+)\)/.exec(running.output())?.[1] ?? 0),
    daemonPid() {
      const manifest = parseGuardManifest(readFileSync(join(directory, 'guard.json'), 'utf8'));
      return manifest.ok ? (manifest.value.daemonPid ?? 0) : 0;
    },
    decisions,
    course() {
      const phases = decisions().map(({ phase }) => PHASES[phase] ?? '');
      return phases.filter((phase, index) => phase !== phases[index - 1]).join(' ');
    },
    ask: (request) => askControl(join(directory, 'control'), request),
  };
}

/** Tries until there is a companion that listens. */
async function askControl(path: string, request: ControlRequest): Promise<ControlReply> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await converse(path, request);
    } catch (error) {
      if (attempt === 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function converse(path: string, request: ControlRequest): Promise<ControlReply> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(path, () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('error', reject);
    socket.on('data', (piece: Buffer) => {
      heard += piece;
      if (!heard.endsWith('\n')) return;
      socket.destroy();
      resolve(JSON.parse(heard) as ControlReply);
    });
  });
}

export const isThere = (pid: number): boolean => readdirSync('/proc').includes(String(pid));

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Held by a freezer, v1 or v2, or stopped by a signal; a process that is gone is not. */
export function isFrozen(pid: number): boolean {
  const { legacy, unified } = cgroupsOf(pid);
  if (textOf(`${legacy}/freezer.state`).trim() === 'FROZEN') return true;
  if (/^frozen 1$/m.test(textOf(`${unified}/cgroup.events`))) return true;
  return STATE.exec(textOf(`/proc/${pid}/status`))?.[1] === 'T';
}

/** The file by which the guard freezes this process of its daemon. */
export function freezerOf(pid: number): string {
  const { legacy, unified } = cgroupsOf(pid);
  return legacy.includes('syncguard-') ? `${legacy}/freezer.state` : `${unified}/cgroup.freeze`;
}

function cgroupsOf(pid: number): { readonly legacy: string; readonly unified: string } {
  const lines = textOf(`/proc/${pid}/cgroup`).split('\n');
  const legacy = lines.find((line) => line.split(':')[1] === 'freezer')?.split(':')[2] ?? '';
  const unified = lines.find((line) => line.startsWith('0::'))?.slice('0::'.length) ?? '';
  return { legacy: `/sys/fs/cgroup/freezer${legacy}`, unified: `${UNIFIED}${unified}` };
}

/** Pids whose parent is `parent` and whose command line has these words. */
export const childrenOf = (parent: number, words: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => new RegExp(`^PPid:\\s+${parent}$`, 'm').test(textOf(`/proc/${name}/status`)))
    .filter((name) => textOf(`/proc/${name}/cmdline`).replaceAll('\0', ' ').includes(words))
    .map(Number);

const STATE = /^State:\s+(\S)/m;

/** Gone, or dead and not yet waited for. */
export const hasEnded = (pid: number): boolean =>
  !isThere(pid) || 'ZX'.includes(STATE.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 'X');

/** Frozen now and at every look of half a second, in which there are many ticks. */
export async function staysFrozen(pid: number): Promise<boolean> {
  for (let look = 0; look < 20; look += 1) {
    if (!isFrozen(pid)) return false;
    await moment(25);
  }
  return true;
}

/** Up to the band that slows it, which leads there only who has left the slow start. */
export async function slow({ wall }: Scene, guarded: Guarded): Promise<void> {
  wall.move(87);
  await until(() => guarded.course().endsWith('throttled'));
}

export async function pause({ wall }: Scene, guarded: Guarded): Promise<void> {
  wall.move(92);
  await until(() => guarded.course().endsWith('paused') && isFrozen(guarded.daemonPid()));
}

/** For who outlives its guard. */
export function endOf(pid: number): void {
  if (!hasEnded(pid)) process.kill(pid, 'SIGKILL');
}
