// The programs of the story: started with a mark, listened to, and found again by the mark whatever became of their parents.

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendSignal } from '../../actuators/signal.ts';
import { readKernelDirectory, readKernelFile } from '../../kernel/kernel-file.ts';

export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that was started; what it says is listened to until it has ended and closed its output. */
export interface Playing {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Lines of standard output and error so far, in the order in which they came. */
  readonly lines: readonly string[];
  /** null: it still runs. */
  readonly ending: Ending | null;
  readonly startedAtMs: number;
}

export interface Part {
  readonly program: string;
  readonly words: readonly string[];
  /** Where it starts, and the mark it carries. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  onLine(line: string): void;
}

/** In the environment of everything that is started; its value is the story's directory. */
const MARK = 'SYNCGUARD_DEMO';

export function startPlayer({ program, words, directory, environment, onLine }: Part): Playing {
  const child = spawn(program, words, {
    // A session of its own: an interrupt at the terminal reaches us alone, and we end the rest in order.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: directory,
    env: { ...environment, [MARK]: directory },
  });
  // Whoever ended already reads no more.
  child.stdin?.on('error', () => {});
  const heard = { lines: listen(child, onLine), ending: null as Ending | null };
  const settle = (ending: Ending): void => {
    heard.ending = ending;
  };
  child.once('error', () => settle({ status: null, signal: null }));
  child.once('close', (status, signal) => settle({ status, signal }));
  return {
    pid: child.pid ?? 0,
    child,
    lines: heard.lines,
    get ending() {
      return heard.ending;
    },
    startedAtMs: performance.now(),
  };
}

/** How long anything may take on a slow, busy machine before the story is told as it was. */
export const PATIENCE_MS = 120_000;
const LOOK_MS = 50;

/** Polls until it holds; false: it never did within the patience. Rejects when the signal aborts. */
export async function comesTrue(
  holds: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (performance.now() < deadlineMs) {
    signal.throwIfAborted();
    if (await holds()) return true;
    await sleep(LOOK_MS, undefined, { signal });
  }
  return false;
}

/** How it ended; neither a status nor a signal: it has not, within the patience. */
export async function endingOf(playing: Playing, signal: AbortSignal): Promise<Ending> {
  await comesTrue(() => playing.ending !== null, signal);
  return playing.ending ?? { status: null, signal: null };
}

/** Whole lines as they come; the list grows. */
function listen(child: ChildProcess, onLine: (line: string) => void): readonly string[] {
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
  return lines;
}

/** Living processes that carry the mark of this directory, and may be looked into. */
export function playersOf(directory: string): number[] {
  const names = readKernelDirectory('', '/proc');
  const pids = names.ok ? names.value.filter((name) => /^\d+$/.test(name)) : [];
  return pids.map(Number).filter((pid) => pid !== process.pid && isMarked(pid, directory));
}

function isMarked(pid: number, directory: string): boolean {
  const environment = readKernelFile('', `/proc/${pid}/environ`);
  return environment.ok && environment.value.split('\0').includes(`${MARK}=${directory}`);
}

/** TERM for what was started: a guard ends its daemon, and takes its cgroup away. */
export function dismiss(players: readonly Playing[]): void {
  for (const { child, pid } of players)
    if (child.exitCode === null && child.signalCode === null) sendSignal(pid, 'SIGTERM');
}

/** A daemon has 8 s after TERM, and the guard looks after that for some milliseconds. */
const ENDING_PATIENCE_MS = 12_000;

/** Resolves once nobody is left: TERM, its grace, KILL. What stands in a frozen cgroup dies when its keeper thaws it. */
export async function endPlayers(players: readonly Playing[], directory: string): Promise<void> {
  dismiss(players);
  await outlive(directory, () => {});
  await outlive(directory, (pid) => sendSignal(pid, 'SIGKILL'));
}

async function outlive(directory: string, hasten: (pid: number) => void): Promise<void> {
  const deadlineMs = performance.now() + ENDING_PATIENCE_MS;
  for (let left = playersOf(directory); left.length > 0; left = playersOf(directory)) {
    if (performance.now() > deadlineMs) return;
    left.forEach(hasten);
    await sleep(LOOK_MS);
  }
}
