import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRunningDaemon } from '../../src/kernel/running-daemon.ts';
import { WrittenMachine } from '../support/written-machine.ts';

let machine: WrittenMachine;
beforeEach(() => {
  machine = new WrittenMachine();
});
afterEach(() => machine.remove());

describe('a running daemon', () => {
  const process = (pid: number, argv: readonly string[], exe: string): void => {
    machine.write(`proc/${pid}/cmdline`, `${argv.join('\0')}\0`);
    machine.write(
      `proc/${pid}/status`,
      `Pid:\t${pid}\nPPid:\t1\nUid:\t0\t0\t0\t0\nThreads:\t3\nSigIgn:\t0000000000000000\n`,
    );
    symlinkSync(exe, join(machine.root, `proc/${pid}/exe`));
  };

  it('is found by its own name, by its file, and by what its interpreter runs', () => {
    process(10, ['/home/u/.dropbox-dist/dropbox-lnx.x86_64-1/dropbox'], '/x');
    process(11, ['worker'], '/home/u/.dropbox-dist/dropboxd (deleted)');
    process(12, ['/usr/bin/python3', '-u', '/usr/bin/maestral', 'start'], '/usr/bin/python3.11');
    process(13, ['vi', 'maestral', 'dropbox'], '/usr/bin/vi');
    const pids = (names: string[]) => readRunningDaemon(machine.root, names).pids;
    expect(pids(['dropbox', 'dropboxd'])).toEqual([10, 11]);
    expect(pids(['maestral'])).toEqual([12]);
  });
});
