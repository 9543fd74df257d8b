// Where the story plays: a temporary directory with a home, a tree and a daemon in it, and the programs started there.
// Whatever happens, close() leaves nothing behind: no process, no file.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendSignal } from '../../actuators/signal.ts';
import { readKernelDirectory, readKernelFile } from '../../kernel/kernel-file.ts';
import { installStandIn } from './installation.ts';
import { linkAccount } from './stand-in/state-directory.ts';

export interface Installed {
  /** bin/syncguard. */
  readonly launcher: string;
  /** dist/stand-in.cjs. */
  readonly standIn: string;
}

export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Playing {
  readonly pid: number;
  /** Lines of standard output and error so far, in the order in which they came. */
  readonly lines: readonly string[];
  readonly ended: Promise<Ending>;
  /** null: it still runs. */
  readonly ending: Ending | null;
  readonly startedAtMs: number;
}

export interface Stage {
  readonly directory: string;
  readonly tree: string;
  readonly state: string;
  /** A path in here; nothing is made. */
  inside(name: string): string;
  /** `syncguard` with these words; `table` stands for /proc/user_beancounters there. */
  play(words: readonly string[], table: string, onLine?: (line: string) => void): Playing;
  /** Keeps the directory, when asked to. */
  close(isKept: boolean): Promise<void>;
}

/** In the environment of everything that is started here, so that it is found again whatever became of its parents. */
const COOKIE = 'SYNCGUARD_DEMO';

/** In the directory, and empty: neither the machine's settings nor the user's have a part in the story. */
export const SETTINGS_FILE = 'empty.toml';

/**
 * 0.5 ms a watch, 0.5 MB a second on that kernel: a reader can follow, and so can whoever reads the wall ten times a
 * second. It ends with us, however we end.
 */
const DAEMON_WORDS = [
  '--rss-base',
  '0',
  '--socket-after',
  '0',
  '--delay-per-watch',
  '0.5',
  '--ends-with-stdin',
];

export function openStage({ launcher, standIn }: Installed, path: string | undefined): Stage {
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-demo-'));
  const inside = (name: string): string => join(directory, name);
  const [tree, state, distribution] = [inside('Dropbox'), inside('.dropbox'), inside('.dropbox-dist')];
  for (const made of [tree, state, inside('run')]) mkdirSync(made, { mode: 0o700 });
  writeFileSync(inside(SETTINGS_FILE), '');
  linkAccount(state, tree);
  installStandIn({ distribution, program: standIn, node: process.execPath, words: DAEMON_WORDS });
  const children: ChildProcess[] = [];
  const environment = {
    // Before a Dropbox that is really installed.
    PATH: `${distribution}:${path ?? '/usr/bin:/bin'}`,
    HOME: directory,
    // Ours alone: what was remembered of another tree, or of another guard, has no part in the story.
    STATE_DIRECTORY: inside('.local'),
    RUNTIME_DIRECTORY: inside('run'),
    [COOKIE]: directory,
  };
  return {
    directory,
    tree,
    state,
    inside,
    play(words, table, onLine = () => {}) {
      const child = spawn(launcher, words, {
        // A session of its own: an interrupt at the terminal reaches us alone, and we end the rest in order.
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
        cwd: directory,
        env: { ...environment, SYNCGUARD_BEANCOUNTERS: table },
      });
      children.push(child);
      return observe(child, onLine);
    },
    async close(isKept) {
      await endAll(children, directory);
      if (!isKept) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function observe(child: ChildProcess, onLine: (line: string) => void): Playing {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (part: string) => {
      const whole = `${rest}${part}`.split('\n');
      rest = whole.pop() ?? '';
      for (const line of whole) {
        lines.push(line);
        onLine(line);
      }
    });
  }
  const playing = { ending: null as Ending | null };
  const ended = new Promise<Ending>((resolve) => {
    const settle = (ending: Ending): void => {
      playing.ending = ending;
      resolve(ending);
    };
    child.once('error', () => settle({ status: null, signal: null }));
    child.once('close', (status, signal) => settle({ status, signal }));
  });
  // Whoever ended already reads no more.
  child.stdin?.on('error', () => {});
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    get ending() {
      return playing.ending;
    },
    startedAtMs: performance.now(),
  };
}

/** A daemon has 8 s after TERM, and the guard looks after that for some milliseconds. */
const ENDING_PATIENCE_MS = 12_000;
const LOOK_MS = 50;

/** TERM for the guards, which end their daemons; then KILL for whatever is left of the story. */
async function endAll(children: readonly ChildProcess[], directory: string): Promise<void> {
  for (const { pid, exitCode, signalCode } of children)
    if (pid !== undefined && exitCode === null && signalCode === null) sendSignal(pid, 'SIGTERM');
  const deadlineMs = performance.now() + ENDING_PATIENCE_MS;
  while (leftOf(directory).length > 0 && performance.now() < deadlineMs) await sleep(LOOK_MS);
  const giveUpMs = performance.now() + ENDING_PATIENCE_MS;
  // What stands in a frozen cgroup dies when that is thawed, which its keeper does.
  for (
    let left = leftOf(directory);
    left.length > 0 && performance.now() < giveUpMs;
    left = leftOf(directory)
  ) {
    for (const pid of left) sendSignal(pid, 'SIGKILL');
    await sleep(LOOK_MS);
  }
}

/** Living processes of this user that were started for this stage. */
export function leftOf(directory: string): number[] {
  const names = readKernelDirectory('', '/proc');
  const pids = names.ok ? names.value.filter((name) => /^\d+$/.test(name)) : [];
  return pids.map(Number).filter((pid) => pid !== process.pid && isOfStage(pid, directory));
}

function isOfStage(pid: number, directory: string): boolean {
  const environment = readKernelFile('', `/proc/${pid}/environ`);
  return environment.ok && environment.value.split('\0').includes(`${COOKIE}=${directory}`);
}
