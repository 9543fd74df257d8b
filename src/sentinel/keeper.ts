// The keeper: a tiny process outside the daemon's cgroup that ends a pause when this one is dead or hung.
// Knows: how to start it, and how to speak to it without memory. May not know: what it does then.

import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { failure, type Result, success } from '../domain/result.ts';
import { readProcessPlace } from '../kernel/process-place.ts';
import { KEEPER_PIPE, type KeeperHold, type KeeperShell, renderKeeper } from './keeper-script.ts';

export interface KeeperRequest {
  readonly hold: KeeperHold;
  /** How long the guard may be silent. */
  readonly leaseMs: number;
  /** Where shells are sought, as in PATH. */
  readonly path: string;
}

export interface Keeper {
  /** bash knows silence from death; dash knows death only. */
  readonly kind: KeeperShell;
  readonly pid: number;
  /** What is to happen if nothing more is heard. One write of two bytes; false: nobody heard it. */
  tell(will: 'C' | 'K'): boolean;
  /** Reads each one's start time, so for calm times; without it a keeper by signals can do nothing. */
  setMembers(pids: readonly number[]): void;
  /** It ends without an act. */
  end(): void;
}

/** Best first. */
const SHELLS: readonly KeeperShell[] = ['bash', 'dash'];
/** Its rehearsals take 20 to 400 ms on an idle machine (dash by signals is slowest: it reads byte by byte). */
const START_MS = 10_000;
/** A write to a pipe is whole or not at all up to PIPE_BUF, 4096 bytes (pipe(7)). */
const LINE_BYTES = 4_000;

const WILLS = { C: new Uint8Array(Buffer.from('C\n')), K: new Uint8Array(Buffer.from('K\n')) } as const;

/** Resolves when it has rehearsed and listens; an error says why no shell would do. */
export async function startKeeper(request: KeeperRequest): Promise<Result<Keeper, string>> {
  const reasons: string[] = [];
  for (const shell of SHELLS) {
    const file = findShell(shell, request.path);
    if (file === null) {
      reasons.push(`no ${shell} in PATH`);
      continue;
    }
    const started = await startIn({ shell, file }, request);
    if (started.ok) return started;
    reasons.push(`${file} ${started.error}`);
  }
  return failure(reasons.join(', '));
}

function findShell(shell: KeeperShell, path: string): string | null {
  const files = path.split(':').map((directory) => `${directory}/${shell}`);
  return files.find((file) => file.startsWith('/') && isExecutable(file)) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Shell {
  readonly shell: KeeperShell;
  readonly file: string;
}

async function startIn(
  { shell, file }: Shell,
  { hold, leaseMs }: KeeperRequest,
): Promise<Result<Keeper, string>> {
  const child = spawn(file, ['-c', renderKeeper({ shell, hold, leaseMs })], {
    argv0: 'syncguard-keeper',
    // A session of its own: nothing a terminal says is meant for it. The user's descriptors are not its to hold open.
    detached: true,
    cwd: '/',
    env: { LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore'],
  });
  const [input, output] = child.stdio as unknown as readonly [Writable, Readable];
  input.on('error', () => {});
  const hear = hearing(child, output);
  const opened = (await hear('open')) ? openPipe(child.pid ?? 0) : null;
  input.end('go\n');
  if (opened !== null && (await hear('ready'))) return success(keeperOf(child, shell, opened));
  if (opened !== null) closeSync(opened);
  child.kill('SIGKILL');
  return failure('could not rehearse its act');
}

/** Resolves with whether the word was said; false: it ended, or took too long. */
function hearing(child: ChildProcess, output: Readable): (word: string) => Promise<boolean> {
  let said = '';
  let isOver = false;
  let look = (): void => {};
  output.on('data', (part: Buffer) => {
    said += part.toString('latin1');
    look();
  });
  const over = (): void => {
    isOver = true;
    look();
  };
  child.once('error', over).once('exit', over);
  return (word) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), START_MS);
      look = () => {
        if (!said.includes(`${word}\n`) && !isOver) return;
        clearTimeout(timer);
        resolve(said.includes(`${word}\n`));
      };
      look();
    });
}

/** A second descriptor of the pipe the shell made, for writing and never waiting; null: it made none. */
function openPipe(pid: number): number | null {
  try {
    const descriptor = openSync(`/proc/${pid}/fd/${KEEPER_PIPE}`, constants.O_WRONLY | constants.O_NONBLOCK);
    if (fstatSync(descriptor).isFIFO()) return descriptor;
    closeSync(descriptor);
  } catch {
    // Another user's, or no pipe: no keeper.
  }
  return null;
}

function keeperOf(child: ChildProcess, kind: KeeperShell, pipe: number): Keeper {
  let isOpen = true;
  child.unref();
  const say = (bytes: Uint8Array): boolean => {
    if (!isOpen) return false;
    try {
      return writeSync(pipe, bytes, 0, bytes.length) === bytes.length;
    } catch {
      // EAGAIN: it does not read; EPIPE: it is gone; ENOMEM: the container is exhausted, and the next tick says it again.
      return false;
    }
  };
  return {
    kind,
    pid: child.pid ?? 0,
    tell: (will) => say(WILLS[will]),
    setMembers(pids) {
      for (const line of memberLines(pids)) say(Buffer.from(line));
    },
    end() {
      if (!isOpen) return;
      say(Buffer.from('E\n'));
      isOpen = false;
      closeSync(pipe);
    },
  };
}

/** The first line replaces the list, the others add to it. */
function memberLines(pids: readonly number[]): string[] {
  const lines: string[] = [];
  let line = 'P';
  for (const pid of pids) {
    const place = readProcessPlace(pid);
    if (place === null) continue;
    line += ` ${pid}/${place.startTicks}`;
    if (line.length < LINE_BYTES) continue;
    lines.push(`${line}\n`);
    line = 'A';
  }
  return line === 'A' ? lines : [...lines, `${line}\n`];
}
