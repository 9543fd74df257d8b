// How `run` ends, through the built program with real children.
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, runToEnd, start } from '../support/ending.ts';
import { type Installation, install } from '../support/installation.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await install();
});
afterAll(() => installation.remove());

const run = (...words: string[]): Promise<Ended> =>
  runToEnd(installation.program, ['run', '--quiet', ...words]);
const sh = (script: string): Promise<Ended> => run('sh', '-c', script);

describe('the end of run', () => {
  it.each([0, 1, 2, 7, 75, 124, 125, 126, 127, 128, 143, 254, 255])(
    'is status %i when it was the command’s',
    async (status) => {
      const ended = await sh(`exit ${status}`);
      expect(ended).toEqual({ status, signal: null, stdout: '', stderr: '' });
    },
  );

  const deadly = Object.keys(constants.signals)
    .filter((name) => !/^SIG(CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH|IOT|POLL)$/.test(name))
    .map((name) => name as NodeJS.Signals);
  it.each(deadly)('is death by %s when the command died of it', async (signal) => {
    const ended = await sh(`ulimit -c 0; kill -${constants.signals[signal]} $$`);
    expect([ended.status, ended.signal]).toEqual([null, signal]);
  });

  it('is 127 for a command that is not there, 126 for one that cannot be executed, with one sentence and a hint', async () => {
    const [missing, plain, folder] = await Promise.all([
      run('no-such-daemon', '--x'),
      run(join(installation.root, 'dist/gate.cjs')),
      run(installation.root),
    ]);
    expect([missing.status, plain.status, folder.status]).toEqual([127, 126, 126]);
    expect(missing.stderr).toMatch(/^syncguard: no-such-daemon was not found in PATH .*\nhint: .*\n$/);
    expect(plain.stderr).toContain('may not be executed');
    expect(folder.stderr).toContain('is a directory');
  });

  it('is 125 for a command line that cannot be followed, and nothing is started', async () => {
    const ended = await run('--on-refuse', 'maybe', 'echo', 'started');
    expect([ended.status, ended.stdout]).toEqual([125, '']);
    expect(ended.stderr).toBe(
      'syncguard: --on-refuse: maybe is not available; allowed: exit, wait, degrade, start\nhint: syncguard run --help\n',
    );
  });

  it('is 0 for --help, which names every exit status of its own', async () => {
    const ended = await run('--help');
    expect(ended.status).toBe(0);
    for (const status of ['75', '125', '126', '127']) expect(ended.stdout).toContain(status);
  });
});

describe('a command that replaces itself', () => {
  it('is followed: run ends with its last process, not its first', async () => {
    const ended = await sh('(sleep 1; echo successor ended) & echo first ended; exit 0');
    expect(ended.stdout).toBe('first ended\nsuccessor ended\n');
    expect(ended.status).toBe(0);
  });

  it('in a session of its own is followed too', async () => {
    const ended = await sh('setsid sh -c "sleep 1; echo successor ended" & exit 3');
    expect([ended.stdout, ended.status]).toEqual(['successor ended\n', 3]);
  });

  it('is ended by TERM to the guard, as its first process would have been', async () => {
    const running = start(installation.program, [
      'run',
      '--quiet',
      'sh',
      '-c',
      'sh -c "trap \'echo told; exit\' TERM; echo up; while :; do sleep 0.1; done" & exit 0',
    ]);
    await running.seen('up');
    // Until the first process is gone the signal is its own.
    await expect
      .poll(async () => (await runToEnd('pgrep', ['-P', String(running.pid), '-x', 'sh'])).stdout)
      .toBe('');
    process.kill(running.pid, 'SIGTERM');
    expect((await running.ended).stdout).toBe('up\ntold\n');
  });
});
