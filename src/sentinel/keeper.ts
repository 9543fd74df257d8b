// The keeper: a tiny process outside the daemon's cgroup that ends a pause when this one is dead or hung.
// Knows: how to start it, and how to speak to it without memory. May not know: what it does then.

import type { ChildProcess } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { startProgram } from '../actuators/program.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { findProgram } from '../kernel/program-path.ts';
import { memberLines } from './keeper-members.ts';
import { KEEPER_PIPE, type KeeperHold, type KeeperShell, renderKeeper } from './keeper-script.ts';
import { shelveShell } from './keeper-shelf.ts';

export interface KeeperRequest {
  readonly hold: KeeperHold;
  /** How long the guard may be silent. */
  readonly leaseMs: number;
  /** Where shells are sought, as in PATH. */
  readonly path: string;
  /** Where a copy may be run from whose pages stay in memory (KEEPER_SHELVES); empty: from where it is. */
  readonly shelves?: readonly string[];
}

export interface Keeper {
  /** bash knows silence from death; dash knows death only. */
  readonly kind: KeeperShell;
  /** Whether its program stays in memory whatever is reclaimed. */
  readonly isShelved: boolean;
  readonly pid: number;
  /** What is to happen if nothing more is heard. One write of two bytes; false: nobody heard it. */
  tell(will: 'C' | 'K' | 'S'): boolean;
  /** Reads each one's start time, so for calm times; without it a keeper by signals can do nothing. */
  setMembers(pids: readonly number[]): void;
  /** It ends without an act. */
  end(): void;
}

/** Best first. */
const SHELLS: readonly KeeperShell[] = ['bash', 'dash'];
/** Its rehearsals take 20 to 400 ms on an idle machine (dash by signals is slowest: it reads byte by byte). */
const START_MS = 10_000;

const WILLS = {
  C: new Uint8Array(Buffer.from('C\n')),
  K: new Uint8Array(Buffer.from('K\n')),
  S: new Uint8Array(Buffer.from('S\n')),
} as const;

/** Resolves when it has rehearsed and listens; an error says why no shell would do. */
export async function startKeeper(request: KeeperRequest): Promise<Result<Keeper, string>> {
  const reasons: string[] = [];
  for (const shell of SHELLS) {
    const file = findProgram(shell, request.path);
    if (file === null) {
      reasons.push(`no ${shell} in PATH`);
      continue;
    }
    const started =
      (await startShelved({ shell, file }, request)) ?? (await startPlain({ shell, file }, request));
    if (started.ok) return started;
    reasons.push(`${file} ${started.error}`);
  }
  return failure(reasons.join(', '));
}

interface Shell {
  readonly shell: KeeperShell;
  readonly file: string;
}

/** How a shell is spawned. */
interface Program {
  readonly shell: KeeperShell;
  readonly file: string;
  readonly words: readonly string[];
  readonly argv0?: string;
  readonly isShelved: boolean;
}

/** null: no copy could be made, or none may be executed there. */
async function startShelved(
  { shell, file }: Shell,
  request: KeeperRequest,
): Promise<Result<Keeper, string> | null> {
  const shelved = shelveShell(file, request.shelves ?? []);
  if (shelved === null) return null;
  const started = await startIn(
    { shell, file: shelved.file, words: shelved.words, isShelved: true },
    request,
  );
  shelved.unlink();
  return started.ok ? started : null;
}

const startPlain = ({ shell, file }: Shell, request: KeeperRequest): Promise<Result<Keeper, string>> =>
  startIn({ shell, file, words: [], argv0: 'syncguard-keeper', isShelved: false }, request);

async function startIn(program: Program, { hold, leaseMs }: KeeperRequest): Promise<Result<Keeper, string>> {
  const { shell, file, words, argv0 } = program;
  const script = renderKeeper({ shell, hold, leaseMs });
  const begun = startProgram(file, [...words, '-c', script, 'syncguard-keeper'], {
    ...(argv0 === undefined ? {} : { argv0 }),
    // A session of its own: nothing a terminal says is meant for it. The user's descriptors are not its to hold open.
    detached: true,
    cwd: '/',
    env: { LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', ...Array.from({ length: 8 }, () => 'ignore' as const)],
  });
  if (!begun.ok) return begun;
  const child = begun.value;
  const { stdin: input, stdout: output } = child;
  if (input === null || output === null) return failure('has no pipes');
  input.on('error', () => {});
  const hear = hearing(child, output);
  const opened = (await hear('open')) ? openPipe(child.pid ?? 0) : null;
  input.end('go\n');
  if (opened !== null && (await hear('ready'))) return success(keeperOf(child, program, opened));
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

function keeperOf(child: ChildProcess, { shell, isShelved }: Program, pipe: number): Keeper {
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
    kind: shell,
    isShelved,
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
