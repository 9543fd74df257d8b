// `syncguard demo` through the built program: what it tells is what happened, and nothing of it stays.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BINARY, NO_HOME } from '../support/binary.ts';
import { until } from '../support/daemon-trees.ts';
import { type Running, start } from '../support/ending.ts';
import { isMet } from '../support/need.ts';

const environment = { PATH: process.env['PATH'] ?? '', HOME: NO_HOME };
const isRoot = process.getuid?.() === 0;
const demo = (...words: string[]): Running => start(BINARY, ['demo', ...words], { env: environment });

/** Everything that the demo started there and that still lives. */
const playersIn = (directory: string): string[] =>
  readdirSync('/proc').filter((name) => {
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(`SYNCGUARD_DEMO=${directory}`);
    } catch {
      return false;
    }
  });

const directoryOf = (output: string): string => /^ {2}in (\S+)$/m.exec(output)?.[1] ?? '';

describe('act one', () => {
  it.each([
    ['root or whoever runs the tests', {}],
    ['another user', { uid: 65534, gid: 65534 }],
  ])('is refused by the table of 2012 with 75, for %s, and starts nothing', async (_, owner) => {
    if (!isMet('uid' in owner ? isRoot : true, 'root, to become another user')) return;
    const running = start(BINARY, ['demo'], { env: environment, ...owner });
    await running.seen('Act two');
    process.kill(running.pid, 'SIGTERM');
    const { stdout } = await running.ended;
    expect(stdout).toMatch(
      /^ {2}\| syncguard: Does not fit: dcachesize would reach .* of its 3\.0 MiB barrier/m,
    );
    expect(stdout).toMatch(/^ {2}exit status 75 after .* s; the daemon was not started\.$/m);
    expect(existsSync(directoryOf(stdout))).toBe(false);
  });

  it('is not begun where the daemon would run out of watches: 77 and what mends it', () => {
    const few = 'echo 500 >/proc/sys/user/max_inotify_watches && exec "$@"';
    const unshared = ['--user', '--map-root-user', 'sh', '-c', few, 'sh'];
    const probe = spawnSync('unshare', [...unshared, 'true']);
    if (!isMet(probe.status === 0, 'a user namespace with few watches can be made')) return;
    const ended = spawnSync('unshare', [...unshared, BINARY, 'demo'], { encoding: 'utf8', env: environment });
    expect([ended.status, ended.stdout]).toEqual([77, '']);
    expect(ended.stderr).toMatch(
      /has (500|4\d\d) left\. \[denied\]\nhint: sudo sysctl fs\.inotify\.max_user_watches=/,
    );
  });
});

describe('a demo that is interrupted', () => {
  it.each([
    ['SIGINT', 130, 'in /'],
    ['SIGTERM', 143, 'dropboxd started'],
    ['SIGHUP', 129, 'more folders'],
  ] as const)(
    'by %s ends with %i and leaves no process and no file, wherever it is (%s)',
    async (signal, status, when) => {
      const running = demo();
      await running.seen(when);
      process.kill(running.pid, signal);
      const ended = await running.ended;
      expect(ended.status).toBe(status);
      const directory = directoryOf(ended.stdout);
      expect(directory).toMatch(/syncguard-demo-/);
      expect(playersIn(directory)).toEqual([]);
      expect(existsSync(directory)).toBe(false);
    },
  );

  it('by a reader who goes away leaves none either', async () => {
    const piped = start('sh', ['-c', `'${BINARY}' demo | sed '/dropboxd started/q'`], { env: environment });
    const { stdout } = await piped.ended;
    const directory = directoryOf(stdout);
    expect(stdout).toContain('dropboxd started');
    await until('nobody is left', () => playersIn(directory).length === 0);
    expect(existsSync(directory)).toBe(false);
  });

  it('by KILL takes its daemon and its guard along', async () => {
    const running = demo();
    await running.seen('more folders');
    process.kill(running.pid, 'SIGKILL');
    const directory = directoryOf((await running.ended).stdout);
    await until('nobody is left', () => playersIn(directory).length === 0);
    rmSync(directory, { recursive: true });
  });
});
