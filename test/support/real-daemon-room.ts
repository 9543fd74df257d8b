// A memory cgroup with a daemon in it, and what the kernel says of both.
import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Container, makeContainer } from './container.ts';

export interface Held {
  readonly tasks: number;
  readonly anonymousBytes: number;
}

/** Readings this near are the same: per-CPU stocks of charges. */
const NOISE_BYTES = 16_384;
const SETTLED_READINGS = 3;
const MOST_PASSES = 40;
/** Longer than an RCU grace period and the work queued behind it (up to 0.5 s seen). */
const PASS_MS = 400;

export class DaemonRoom {
  readonly #container: Container;

  constructor(limitBytes: number) {
    const container = makeContainer(`syncguard-test-real-${DaemonRoom.#made++}`, limitBytes);
    if (container === null) throw new Error('no writable v1 memory hierarchy');
    this.#container = container;
  }
  static #made = 0;

  /** Starts the command and resolves once it is inside; its output goes to `log`. */
  async start(command: readonly string[], log: string, env: Readonly<Record<string, string>>): Promise<void> {
    const out = openSync(log, 'a');
    const [shell = '', ...enter] = [...this.#container.enter, ...command];
    const child = spawn(shell, enter, { stdio: ['ignore', out, out], env: { ...process.env, ...env } });
    closeSync(out);
    while (this.isEmpty() && child.exitCode === null) await pause(10);
  }

  get enter(): readonly string[] {
    return this.#container.enter;
  }

  held(): Held {
    const statuses = this.#pids().map((pid) => readText(`/proc/${pid}/status`));
    return {
      tasks: sumOf(statuses, 'Threads'),
      anonymousBytes: sumOf(statuses, 'RssAnon') * 1024,
    };
  }

  watches(): number {
    return this.#pids().reduce((sum, pid) => sum + watchesOf(pid), 0);
  }

  kernelBytes(): number {
    return Number(this.#container.read('memory.kmem.usage_in_bytes'));
  }

  kernelPeakBytes(): number {
    return Number(this.#container.read('memory.kmem.max_usage_in_bytes'));
  }

  oomKills(): number {
    return Number(/^oom_kill (\d+)$/m.exec(this.#container.read('memory.oom_control'))?.[1]);
  }

  /**
   * Kernel bytes that are left when reclaim finds nothing more, the daemon still running. Inodes follow their dentries, and
   * an inode whose file was read waits for the page-cache nodes that outlive its pages.
   */
  async reclaimedKernelBytes(): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let [idle, passes] = [0, 0]; idle < SETTLED_READINGS && passes < MOST_PASSES; passes++) {
      // Reading it brings its counters up to date: the shrinker of page-cache nodes goes by them.
      this.#container.read('memory.stat');
      reclaim(this.#container.directory);
      await pause(PASS_MS);
      const now = this.kernelBytes();
      idle = now < least - NOISE_BYTES ? 0 : idle + 1;
      least = Math.min(least, now);
    }
    return least;
  }

  /** Ends whatever runs inside and removes the cgroup, with what a guard that was killed left below it. */
  async clear(): Promise<void> {
    for (let attempt = 0; !this.isEmpty(); attempt++) {
      if (attempt > 300) throw new Error('processes that do not end');
      for (const pid of this.#pids()) end(pid, attempt < 100 ? 'SIGTERM' : 'SIGKILL');
      await pause(100);
    }
    for (let attempt = 0; ; attempt++) {
      try {
        for (const name of this.#container.children()) rmdirSync(join(this.#container.directory, name));
        return this.#container.remove();
      } catch (error) {
        if (attempt === 20) throw error;
        await pause(50);
      }
    }
  }

  isEmpty(): boolean {
    return this.#pids().length === 0;
  }

  /** Of this cgroup and those a guard made below it, which it may be removing. */
  #pids(): number[] {
    const { directory } = this.#container;
    const cgroups = [directory, ...this.#container.children().map((name) => join(directory, name))];
    const lines = cgroups.flatMap((path) => readText(join(path, 'cgroup.procs')).split('\n'));
    return lines.filter(Boolean).map(Number);
  }
}

const numberIn = (text: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
const sumOf = (texts: readonly string[], field: string): number =>
  texts.reduce((sum, text) => sum + numberIn(text, field), 0);

/** What is looked at may end or be removed meanwhile: then it is empty. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function watchesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`)
      .filter((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === 'anon_inode:inotify')
      .map((fd) => readText(`/proc/${pid}/fdinfo/${fd}`).match(/^inotify wd/gm)?.length ?? 0)
      .reduce((sum, count) => sum + count, 0);
  } catch {
    return 0;
  }
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function reclaim(directory: string): void {
  try {
    writeFileSync(`${directory}/memory.force_empty`, '0');
  } catch {
    // EBUSY while tasks hold what they hold: it has reclaimed what it could.
  }
}

/** Written pages leave, and the journal lets go of their buffers, as time would do. */
export function flushFilesystem(path: string): void {
  execFileSync('sync', ['-f', path]);
  execFileSync('fsfreeze', ['-f', path]);
  execFileSync('fsfreeze', ['-u', path]);
}
