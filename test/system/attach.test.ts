// A daemon that runs already is guarded whole, and left as it was found.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { runToEnd } from '../support/ending.ts';
import { type ForeignDaemon, startForeign } from '../support/foreign-daemon.ts';
import { installPrograms, type Programs } from '../support/guarded-programs.ts';
import { endOf, type Guarded, hasEnded, isFrozen, type Scene, sceneFor } from '../support/guarded-run.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { FREEZER, moment, UNIFIED, until } from '../support/scripted-daemon.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await installPrograms();
});
afterAll(() => programs.remove());

const isRoot = isMet(
  process.getuid?.() === 0 && UNIFIED !== null && ['setpriv', 'unshare', 'perl'].every(hasProgram),
  'root, both generations of cgroups, setpriv and unshare for other users, and perl to play a daemon',
);
const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
const ALONE = ['--companion', 'off'];

/** A mount namespace in which the unified hierarchy alone can freeze. */
const UNIFIED_ALONE = ['unshare', '-m', 'sh', '-ec', `umount -l ${FREEZER}; exec "$@"`, 'unshare'];

/** Whose daemon it is, who guards it, and what that comes to. */
const USERS: readonly (readonly [string, readonly string[], readonly string[], RegExp])[] = [
  ['of root in a v1 freezer', [], [], /in a cgroup of its own without a limit/],
  ['of root in the unified hierarchy', [], UNIFIED_ALONE, /in a cgroup of its own without a limit/],
  ['of another user by signals', NOBODY, NOBODY, /no cgroup of its own: .*paused by signals/],
];

async function foreign(
  { onTestFinished }: TestContext,
  before: readonly string[] = [],
): Promise<ForeignDaemon> {
  const daemon = await startForeign(before);
  onTestFinished(() => daemon.remove());
  return daemon;
}

const attach = (scene: Scene, words: readonly string[], before: readonly string[] = []): Promise<Guarded> =>
  scene.run([...ALONE, ...words], { command: 'attach', before, says: 'is guarded from now on' });

/** All of it stands still; the wall stays where it is. */
async function pauseAll({ wall }: Scene, daemon: ForeignDaemon): Promise<void> {
  wall.move(92);
  await until(() => daemon.pids().every(isFrozen));
}

/** Rooms of this guard that are still there. */
const roomsOf = ({ pid }: Guarded): string[] =>
  [FREEZER, UNIFIED ?? ''].map((mount) => join(mount, `syncguard-${pid}`)).filter((path) => existsSync(path));

describe.runIf(isRoot).concurrent('a daemon that runs already', () => {
  it.for(USERS)(
    '%s is paused whole at a wall, and goes on where it was when its guard is told to leave',
    async ([, owner, before, protection], context) => {
      const { expect } = context;
      const daemon = await foreign(context, owner);
      const cgroups = daemon.cgroups();
      const scene = sceneFor(programs.program, context);
      const guarded = await attach(scene, ['--pid', String(daemon.pid)], before);
      expect(guarded.output()).toMatch(protection);
      expect(guarded.daemonPid()).toBe(daemon.pid);
      await pauseAll(scene, daemon);
      process.kill(guarded.pid, 'SIGTERM');
      const ended = await guarded.ended;
      expect(ended).toMatchObject({ status: 0, signal: null });
      expect(ended.stderr).toContain('runs on, and nobody guards it');
      await daemon.moves();
      expect(daemon.cgroups()).toEqual(cgroups);
      expect(roomsOf(guarded)).toEqual([]);
    },
  );

  it.for(USERS)('%s is let go by the keeper when its guard is killed', async ([, owner, before], context) => {
    const { expect } = context;
    const daemon = await foreign(context, owner);
    const cgroups = daemon.cgroups();
    const scene = sceneFor(programs.program, context);
    const guarded = await attach(scene, ['--pid', String(daemon.pid)], before);
    await pauseAll(scene, daemon);
    scene.wall.move(10);
    // Some ticks, so that the last will is the one of a wall that is far.
    await moment(1_000);
    process.kill(guarded.pid, 'SIGKILL');
    await guarded.ended;
    await daemon.moves();
    // The next guard takes over what the killed one has left around it, and leaves nothing.
    const next = await attach(scene, ['--pid', String(daemon.pid)], before);
    process.kill(next.pid, 'SIGINT');
    expect((await next.ended).status).toBe(0);
    expect(daemon.cgroups()).toEqual(cgroups);
    await daemon.moves();
    expect([guarded, next].flatMap(roomsOf)).toEqual([]);
  });

  it('that ends is the end of its guard, which says that it knows no status', async (context) => {
    const { expect } = context;
    const daemon = await foreign(context);
    const scene = sceneFor(programs.program, context);
    const guarded = await attach(scene, ['--pid', String(daemon.pid)]);
    for (const pid of daemon.pids()) endOf(pid);
    const ended = await guarded.ended;
    expect(ended.status).toBe(0);
    expect(ended.stderr).toMatch(/perl has ended; with which status, only who started it was told\n$/);
    expect(roomsOf(guarded)).toEqual([]);
  });

  it('is ended at a wall where a pause does not help, and attach with 75', async (context) => {
    const { expect } = context;
    const daemon = await foreign(context);
    const scene = sceneFor(programs.program, context);
    const guarded = await attach(scene, ['--pid', String(daemon.pid)]);
    const all = daemon.pids();
    await pauseAll(scene, daemon);
    scene.wall.move(98, 5);
    const ended = await guarded.ended;
    expect(ended.status).toBe(75);
    expect(ended.stderr).toMatch(/perl was stopped at dcachesize/);
    await until(() => all.every(hasEnded));
  });

  it('in a dry run is watched and never touched', async (context) => {
    const { expect } = context;
    const daemon = await foreign(context);
    const cgroups = daemon.cgroups();
    const scene = sceneFor(programs.program, context);
    const guarded = await attach(scene, ['--dry-run', '--pid', String(daemon.pid)]);
    scene.wall.move(92);
    await until(() => guarded.course().endsWith('paused'));
    await daemon.moves();
    expect(daemon.cgroups()).toEqual(cgroups);
  });

  it('as a unit is everybody in its cgroup, who has left the tree long ago too', async (context) => {
    const { expect, onTestFinished } = context;
    const mount = '/sys/fs/cgroup/memory';
    if (!isMet(existsSync(`${mount}/cgroup.procs`), 'a v1 memory hierarchy to play a unit in')) return;
    const unit = `syncguard-test-${process.pid}.service`;
    const directory = join(mount, unit);
    mkdirSync(directory);
    const [one, other] = [await startForeign(), await startForeign()];
    onTestFinished(async () => {
      await one.remove();
      await other.remove();
      await until(() => removed(directory));
    });
    for (const daemon of [one, other])
      for (const pid of daemon.pids()) writeFileSync(join(directory, 'cgroup.procs'), String(pid));
    const scene = sceneFor(programs.program, context);
    const guarded = await attach(scene, ['--unit', unit.replace('.service', '')]);
    expect([one.pid, other.pid]).toContain(guarded.daemonPid());
    await pauseAll(scene, one);
    await until(() => other.pids().every(isFrozen));
    process.kill(guarded.pid, 'SIGTERM');
    await guarded.ended;
    await one.moves();
    await other.moves();
  });
});

/** The kernel lets go of a cgroup some moments after its last process. */
function removed(directory: string): boolean {
  try {
    rmdirSync(directory);
  } catch {
    return !existsSync(directory);
  }
  return true;
}

describe.runIf(isRoot).concurrent('attach refuses', () => {
  /** What it says of `words`, and its status. */
  async function refusalOf(
    context: TestContext,
    words: readonly string[],
    before: readonly string[] = [],
  ): Promise<string> {
    const scene = sceneFor(programs.program, context);
    const [file = '', ...rest] = [...before, programs.program, 'attach', ...ALONE, ...words];
    const { status, stderr } = await runToEnd(file, rest, { env: scene.environment });
    return `${status} ${stderr}`;
  }

  /** A process of this test's, gone with it. */
  function sleeper({ onTestFinished }: TestContext, argv0 = 'sleep'): ChildProcess {
    const child = spawn('sleep', ['600'], { argv0, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return child;
  }

  it.for([
    [
      ['--pid', '1'],
      /^64 .*Process 1 is no daemon to be paused: PID 1 is among its processes\.\nhint: pgrep/,
    ],
    [['--pid', '4194305'], /^66 .*There is no process 4194305\.\nhint: pgrep/],
    [['--pid', '12x'], /^64 .*--pid: 12x is not a process id\nhint: syncguard attach --help/],
    [['--unit', 'no-such-unit'], /^66 .*No running unit no-such-unit has a cgroup\.\nhint: systemctl status/],
    [[], /^64 .*attach needs --pid N or --unit NAME\n/],
    [['--pid', '1', '--unit', 'x'], /^64 .*--pid and --unit: one daemon at a time\n/],
    [['--pid', '1', '--restart', 'always'], /^64 .*--restart is no option of attach, which starts nothing\n/],
    [['--pid', '1', 'dropboxd'], /^64 .*attach takes no COMMAND, and dropboxd is one/],
  ] as const)('%j with a sentence and the next command', async ([words, said], context) => {
    context.expect(await refusalOf(context, words)).toMatch(said);
  });

  it('itself, and the shell it was typed into', async (context) => {
    const { expect } = context;
    const itself = await refusalOf(context, [], ['sh', '-c', 'exec "$0" "$@" --pid $$']);
    expect(itself).toMatch(/^64 .*: this guard is among its processes\.\n/);
    const shell = await refusalOf(context, [], ['sh', '-c', '"$0" "$@" --pid $$; exit $?']);
    expect(shell).toMatch(/^64 .*: pid \d+, which this guard was started by, is among its processes\.\n/);
  });

  it('a login shell, whoever has a tree with one in it', async (context) => {
    const shell = sleeper(context, '-sh');
    context
      .expect(await refusalOf(context, ['--pid', String(shell.pid)]))
      .toMatch(/^64 .*: pid \d+ \(sleep\) is how people log in\.\n/);
  });

  it('a thread of the kernel', async (context) => {
    if (!isMet(readdirSync('/proc').includes('2'), 'threads of the kernel are not seen in a container'))
      return;
    context
      .expect(await refusalOf(context, ['--pid', '2']))
      .toMatch(/^64 .*Process 2 is a thread of the kernel\.\n/);
  });

  it('a process that somebody has stopped', async (context) => {
    const stopped = sleeper(context);
    stopped.kill('SIGSTOP');
    await until(() => isFrozen(stopped.pid ?? 0));
    const said = await refusalOf(context, ['--pid', String(stopped.pid)]);
    context.expect(said).toMatch(/^64 .*is stopped by a signal or a debugger\.\nhint: kill -CONT \d+\n$/);
  });

  it('another user’s process', async (context) => {
    const other = sleeper(context);
    const said = await refusalOf(context, ['--pid', String(other.pid)], NOBODY);
    context
      .expect(said)
      .toMatch(/^77 .*takes no signals from this user\.\nhint: sudo syncguard attach --pid \d+\n$/);
  });

  it('a daemon that has a guard, attached or not', async (context) => {
    const { expect } = context;
    const scene = sceneFor(programs.program, context);
    const daemon = await foreign(context);
    const attached = await attach(scene, ['--pid', String(daemon.pid)]);
    const started = await scene.run([...ALONE, 'sleep', '600']);
    for (const [guard, pid] of [
      [attached.pid, daemon.pid],
      [attached.pid, daemon.pids()[1]],
      [started.pid, started.daemonPid()],
    ]) {
      const said = await refusalOf(context, ['--pid', String(pid)]);
      expect(said).toMatch(
        new RegExp(`^64 .*is guarded already, by guard ${guard}\\.\nhint: syncguard status ${guard}\n`),
      );
    }
  });
});
