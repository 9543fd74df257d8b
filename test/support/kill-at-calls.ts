// A command killed at every system call by which it changes the file system, one call after another.
import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { BINARY } from './binary.ts';

/** Calls that change a directory, or make a change last. */
export const CHANGING_CALLS = ['mkdir', 'rename', 'fsync', 'fchmod', 'unlink'] as const;

export interface KillableCommand {
  readonly calls: readonly (typeof CHANGING_CALLS)[number][];
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Killed at each of these calls in turn, made ready before and looked at after; answers how often. */
export function killAtEach(
  command: KillableCommand,
  ready: () => void,
  look: (where: string) => void,
): number {
  let kills = 0;
  for (const name of command.calls) {
    for (let call = 1; ; call += 1) {
      ready();
      if (!killedAt(name, call, command)) break;
      look(`${name} ${call}`);
      kills += 1;
    }
  }
  return kills;
}

/** true: it was killed before its nth such call. */
function killedAt(name: string, call: number, { words, environment }: KillableCommand): boolean {
  const inject = ['-e', `trace=${name}`, '-e', `inject=${name}:signal=KILL:when=${call}`];
  const ended = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', ...inject, BINARY, ...words], {
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
  });
  if (ended.signal === 'SIGKILL') return true;
  expect(ended.status, ended.stdout + ended.stderr).toBe(0);
  return false;
}
