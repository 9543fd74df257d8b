// One system call of a running guard made to fail, by strace(1) from outside: the guard itself knows nothing of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './scripted-daemon.ts';

/** Sleeps of the guard's loop, which stand between two ticks. */
const SLEEP = 'epoll_pwait';

/** In a mount namespace without cgroups signals are the only grip. */
const WITHOUT_CGROUPS = ['unshare', '-m', 'sh', '-c', 'umount -R -l /sys/fs/cgroup; exec "$@"', 'unshare'];
/** With the words to put before the program. */
export const GRIPS: readonly (readonly ['a freezer' | 'signals', readonly string[]])[] = [
  ['a freezer', []],
  ['signals', WITHOUT_CGROUPS],
];

/** What a tick does to files and processes; its sleep is apart, since libuv ends a program whose sleep fails. */
export const CALLS: readonly string[] = ['pread64', 'write', 'pwrite64', 'kill'];
export const ERRORS: readonly string[] = ['ENOMEM', 'EMFILE', 'EINTR', 'EIO'];
/** Errors take turns: what is done about one does not depend on which it is. */
export const errorOf = (site: number): string => ERRORS[site % ERRORS.length] ?? 'EIO';

/**
 * Where the daemon is stopped by signals its parent is told by SIGCHLD, which libuv writes to a pipe of its own and takes no
 * error from but EAGAIN; the guard's own writes are the same with a freezer.
 */
export const TOUCHED: Readonly<Record<'a freezer' | 'signals', readonly string[]>> = {
  'a freezer': CALLS,
  signals: ['pread64', 'pwrite64', 'kill'],
};

export interface Fault {
  readonly syscall: string;
  readonly error: string;
  /** Of the calls since strace looks on, from 1; `1+` is every one, `1..12` the first twelve. */
  readonly when: number | '1+' | `1..${number}`;
  /** Only calls on this file. */
  readonly path?: string;
}

export interface Trace {
  /** Calls that were seen to their end so far, by name, less the guard's sleeps. */
  calls(): readonly string[];
  /** How often the fault has met a call. */
  hits(): number;
  /** Whether the fault met a call of the first tick that was seen. */
  hasHitFirstTick(): boolean;
  detach(): Promise<void>;
}

/** Looks on from now; calls of threads other than the main one are not touched where they make none of this name. */
export async function trace(pid: number, fault: Fault | null): Promise<Trace> {
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-strace-'));
  const log = join(directory, 'log');
  const wanted = fault === null ? 'all' : `${fault.syscall},${SLEEP}`;
  const inject =
    fault === null ? [] : ['-e', `inject=${fault.syscall}:error=${fault.error}:when=${fault.when}`];
  const only = fault?.path === undefined ? [] : ['-P', fault.path];
  const words = ['-f', '-p', String(pid), '-o', log, '-e', `trace=${wanted}`, ...inject, ...only];
  const child = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  await attached(child);
  const lines = (): string[] => readFileSync(log, 'latin1').split('\n').slice(0, -1);
  const ofMain = (): string[] =>
    lines()
      .filter((line) => line.startsWith(`${pid} `) && !/<unfinished|---|\+\+\+/.test(line))
      .map((line) => line.slice(`${pid} `.length).trim());
  return {
    calls: () => ofMain().flatMap((line) => /^(?:<\.\.\. )?(\w+)/.exec(line)?.[1] ?? []),
    hits: () => lines().filter((line) => line.includes('(INJECTED)')).length,
    hasHitFirstTick() {
      const all = ofMain();
      const first = all.findIndex((line) => !line.includes(SLEEP));
      const hit = all.findIndex((line) => line.includes('(INJECTED)'));
      return hit >= 0 && !all.slice(first, hit).some((line) => line.includes(SLEEP));
    },
    async detach() {
      child.kill('SIGINT');
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once('exit', resolve));
      rmSync(directory, { recursive: true });
    },
  };
}

async function attached(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (part: Buffer) => {
    said += part;
  });
  await until(() => said.includes('attached') || child.exitCode !== null);
  if (child.exitCode !== null) throw new Error(`strace: ${said}`);
}
