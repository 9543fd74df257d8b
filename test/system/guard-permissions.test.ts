// What is not there or not allowed costs the guard a means, is told in one clause, and never costs the daemon its start.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { findCommand } from '../../src/sentinel/command-path.ts';
import { runToEnd } from '../support/ending.ts';
import { installPrograms, type Programs } from '../support/guarded-programs.ts';
import { endOf, hasEnded, isFrozen, pause, sceneFor } from '../support/guarded-run.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { until } from '../support/scripted-daemon.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await installPrograms();
  programs.answer({ ownLimitBytes: 512 * 1024 * 1024 });
});
afterAll(() => programs.remove());

const isPossible = isMet(
  process.getuid?.() === 0 && ['unshare', 'setpriv', 'prlimit'].every(hasProgram),
  'root, unshare, setpriv and prlimit, to take a guard what it is used to',
);

/** In a mount namespace of its own after `script`. */
const inNamespace = (script: string): readonly string[] => [
  'unshare',
  '-m',
  'sh',
  '-ec',
  `${script}; exec "$@"`,
  'unshare',
];
const READ_ONLY =
  "for mount in $(cut -d' ' -f5 /proc/self/mountinfo | grep ^/sys/fs/cgroup); do mount -o remount,bind,ro $mount; done";

interface Lack {
  readonly before?: readonly string[];
  readonly environment?: (path: string) => NodeJS.ProcessEnv;
}

const LACKS: readonly (readonly [string, RegExp, Lack])[] = [
  [
    'who is not root',
    /paused by signals: no cgroup that could be frozen/,
    { before: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] },
  ],
  [
    'with cgroups mounted read-only',
    /no cgroup of its own: .*paused by signals/,
    { before: inNamespace(READ_ONLY) },
  ],
  [
    'without a freezer hierarchy',
    /in a cgroup of its own/,
    { before: inNamespace('umount -l /sys/fs/cgroup/freezer') },
  ],
  [
    'without any cgroup',
    /no cgroup of its own: no memory cgroup .*paused by signals/,
    { before: inNamespace('umount -R -l /sys/fs/cgroup') },
  ],
  [
    'without bash',
    /a guard that hangs is not noticed/,
    { environment: (path) => ({ PATH: pathWith(path, ['dash']) }) },
  ],
  [
    'without any shell for a keeper',
    /no keeper: no bash in PATH, no dash in PATH/,
    { environment: (path) => ({ PATH: pathWith(path, []) }) },
  ],
  [
    'without a place to be found by',
    /no status, pause or why for this run: /,
    { environment: () => ({ RUNTIME_DIRECTORY: '/proc/nowhere' }) },
  ],
  [
    'without a place to remember starts in',
    /starts are not remembered: /,
    { environment: () => ({ STATE_DIRECTORY: '/proc/nowhere' }) },
  ],
];

/** A directory of commands that has what every start needs, and these. */
function pathWith(path: string, names: readonly string[]): string {
  const directory = join(path, 'bin');
  mkdirSync(directory);
  for (const name of ['node', 'grep', 'sleep', 'sh', ...names]) {
    const found = findCommand({ command: name, path: process.env['PATH'] ?? null, installPaths: [] });
    if (found.ok) symlinkSync(found.value.file, join(directory, name));
  }
  return directory;
}

describe.runIf(isPossible).concurrent('a guard', () => {
  it.for(LACKS)('%s says so, and pauses its daemon all the same', async ([, clause, lack], context) => {
    const scene = sceneFor(programs.program, context);
    const guarded = await scene.run(['--restart', 'on-failure', '--companion', 'off', 'sleep', '600'], {
      ...(lack.before === undefined ? {} : { before: lack.before }),
      environment: lack.environment?.(scene.path) ?? {},
    });
    const pid = guarded.startedPid();
    context.onTestFinished(() => endOf(pid));
    scene.wall.move(92);
    await until(() => isFrozen(pid));
    await guarded.seen('paused');
    process.kill(guarded.pid, 'SIGTERM');
    const ended = await guarded.ended;
    context.expect(ended).toMatchObject({ signal: 'SIGTERM' });
    context.expect(ended.stderr).toMatch(clause);
  });
});

/** A pipe that is full for ever: both its ends are the guard's own. */
const FULL =
  'mkfifo "$0"; exec 2<>"$0"; dd if=/dev/zero of="$0" bs=4096 oflag=nonblock 2>/dev/null; exec "$@"';
const STANDARD_ERRORS = [
  ['closed', 'exec 2>&-; exec "$@"'],
  ['a full pipe', FULL],
] as const;

describe.runIf(isPossible).concurrent('a guard whose standard error is', () => {
  it.for(STANDARD_ERRORS)(
    '%s starts, pauses and ends its daemon all the same',
    async ([, script], context) => {
      const scene = sceneFor(programs.program, context);
      const before = ['sh', '-c', script, join(scene.path, 'pipe')];
      const words = ['--companion', 'off', 'sh', '-c', 'echo runs; exec sleep 600'];
      const guarded = await scene.run(words, { before, says: 'runs' });
      const pid = guarded.daemonPid();
      await pause(scene, guarded);
      process.kill(guarded.pid, 'SIGTERM');
      context.expect(await guarded.ended).toMatchObject({ signal: 'SIGTERM' });
      await until(() => hasEnded(pid));
    },
  );
});

describe.runIf(isPossible).concurrent('a guard with a hard limit of', () => {
  it.for([20, 24, 28, 32, 40, 48])(
    '%i open files starts its daemon, or says that it could not',
    async (limit, { expect }) => {
      const words = [
        `--nofile=${limit}:${limit}`,
        programs.program,
        'run',
        '--companion',
        'off',
        'echo',
        'ran',
      ];
      const ended = await runToEnd('prlimit', words);
      expect(ended.stderr).not.toMatch(/TypeError|^ {4}at /m);
      if (ended.status === 0) expect(ended.stdout).toBe('ran\n');
      else
        expect([ended.status, ended.stderr]).toEqual([
          125,
          expect.stringMatching(/^syncguard: echo was not started: /m),
        ]);
    },
  );
});
