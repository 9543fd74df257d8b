// Real processes, each of which must not be frozen for another reason.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { obstacleToFreezing } from '../../src/actuators/freezing-obstacle.ts';
import { isMet, isWritable } from '../support/need.ts';
import { until } from '../support/scripted-daemon.ts';

/** The obstacle seen while `words` runs; `isReady` looks at its /proc directory. */
async function obstacleOf(
  [file = '', ...rest]: readonly string[],
  { argv0 = file, isReady = (_directory: string): boolean => true } = {},
): Promise<string | null> {
  const child = spawn(file, rest, { argv0 });
  await until(() => isReady(`/proc/${child.pid}`));
  const obstacle = obstacleToFreezing([child.pid ?? 0]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return obstacle?.replace(String(child.pid), 'PID') ?? null;
}

const isNamed =
  (name: string) =>
  (directory: string): boolean =>
    readFileSync(`${directory}/comm`, 'utf8') === `${name}\n`;

describe('what must never stand still', () => {
  it('is nothing of a plain program, nor of one that is gone', async () => {
    expect(await obstacleOf(['sleep', '60'], { isReady: isNamed('sleep') })).toBeNull();
    expect(obstacleToFreezing([4_194_304])).toBeNull();
  });

  it('is PID 1, this guard, and who started it', () => {
    expect(obstacleToFreezing([1])).toBe('PID 1 is among its processes');
    expect(obstacleToFreezing([process.pid])).toBe('this guard is among its processes');
    expect(obstacleToFreezing([process.ppid])).toContain('which this guard was started by');
  });

  it('is a login shell, known by the dash before its name', async () => {
    const isShell = (directory: string): boolean =>
      readFileSync(`${directory}/cmdline`, 'utf8').startsWith('-');
    expect(await obstacleOf(['sh', '-c', 'read x'], { argv0: '-sh', isReady: isShell })).toBe(
      'pid PID (sh) is how people log in',
    );
  });

  it('is a program that lets people in', async () => {
    const obstacle = await obstacleOf(['sh', '-c', 'printf sshd >/proc/$$/comm; read x'], {
      isReady: isNamed('sshd'),
    });
    expect(obstacle).toBe('pid PID (sshd) is how people log in');
  });

  it.runIf(isMet(existsSync('/dev/fuse') && isWritable('/dev/fuse'), 'no /dev/fuse'))(
    'is who holds /dev/fuse',
    async () => {
      const obstacle = await obstacleOf(['sh', '-c', 'exec 7<>/dev/fuse; read x'], {
        isReady: (directory) => existsSync(`${directory}/fd/7`),
      });
      expect(obstacle).toBe('pid PID (sh) serves a mount: it holds /dev/fuse');
    },
  );
});
