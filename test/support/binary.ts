// The built program, as a user runs it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '../..');
export const BINARY: string = join(ROOT, 'bin/syncguard');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Runs as this uid and gid. */
  readonly uid?: number;
}

/** A home in which nothing can be made, by whomever: what root once made below a name of its own is denied to the next user. */
export const NO_HOME = '/dev/null';

/** Runs to the end. Standard error is no terminal, so no progress is drawn. */
export function syncguard(args: readonly string[], { input, env = {}, cwd, uid }: RunOptions = {}): Ended {
  const ended = spawnSync(BINARY, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: NO_HOME, XDG_STATE_HOME: NO_HOME, ...env },
    ...(input === undefined ? {} : { input }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid, gid: uid }),
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}
