// The whole course of a guarded daemon, to its end or the guard's: real processes and a real freeze, at an emulated wall.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { runToEnd } from '../support/ending.ts';
import { installPrograms, type Programs } from '../support/guarded-programs.ts';
import {
  childrenOf,
  endOf,
  type Guarded,
  hasEnded,
  isFrozen,
  pause,
  type Scene,
  sceneFor,
  slow,
  staysFrozen,
} from '../support/guarded-run.ts';
import { moment, until } from '../support/scripted-daemon.ts';
import { processesOf, standInRoom } from '../support/stand-in.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await installPrograms();
});
afterAll(() => programs.remove());

const ALONE = ['--companion', 'off'];
const SLEEP = [...ALONE, 'sh', '-c', 'echo up; exec sleep 600'];
/** Else it may be frozen before its first instruction. */
const IS_UP = { says: 'up' };
/** Some ticks, so that everybody has heard of what the table says now. */
const SOME_TICKS_MS = 1_000;

/** As a person reads it. */
async function why(scene: Scene, { pid }: Guarded): Promise<string> {
  const told = await runToEnd(programs.program, ['why', String(pid)], { env: scene.environment });
  return `${told.stdout}${told.stderr}`;
}

describe.concurrent('a guarded daemon', () => {
  it('is slowed, paused whole, and goes on once the wall has been far for a minute', async (context) => {
    const { expect, onTestFinished } = context;
    const scene = sceneFor(programs.program, context);
    const room = await standInRoom();
    onTestFinished(() => room.remove());
    const words = [...ALONE, room.launcher, ...room.words, '--helper-group'];
    const guarded = await scene.run(words, { environment: { STAND_IN_ROOM: room.path } });
    await slow(scene, guarded);
    await pause(scene, guarded);
    const all = processesOf(room.path).filter((pid) => pid !== guarded.pid);
    expect(all.length).toBeGreaterThan(1);
    await until(() => all.every(isFrozen));
    expect(await why(scene, guarded)).toMatch(/-> paused: .*FREEZE.*\n +dcachesize/);
    scene.wall.move(10);
    expect(await staysFrozen(guarded.daemonPid())).toBe(true);
    await until(() => guarded.course().endsWith('paused running'));
    await until(() => !all.some(isFrozen));
    expect(guarded.course()).toBe('starting throttled paused running');
  });

  it.for([
    [75, []],
    [9, ['--preserve-status']],
  ] as const)('that a pause did not help is ended, and run with %i', async ([status, options], context) => {
    const { expect } = context;
    const scene = sceneFor(programs.program, context);
    const script = 'trap "exit 9" TERM; while :; do sleep 0.1; done';
    const guarded = await scene.run([...ALONE, ...options, 'sh', '-c', script]);
    const pid = guarded.daemonPid();
    await slow(scene, guarded);
    await pause(scene, guarded);
    scene.wall.move(97, 5);
    const ended = await guarded.ended;
    expect(ended).toMatchObject({ status, signal: null });
    expect(ended.stderr).toMatch(/^syncguard: sh was stopped at dcachesize: .* of 3\.0 MiB$/m);
    expect(hasEnded(pid)).toBe(true);
  });

  it('that is paused before its first instruction comes to it once it is let go', async (context) => {
    const scene = sceneFor(programs.program, context);
    const guarded = await scene.run(SLEEP);
    await pause(scene, guarded);
    scene.wall.move(10);
    await moment(SOME_TICKS_MS);
    process.kill(guarded.pid, 'SIGWINCH');
    await guarded.seen('up');
  });

  it('that does not hear TERM at the wall is killed, and why tells of both', async (context) => {
    const { expect } = context;
    const scene = sceneFor(programs.program, context);
    const script = 'trap "" TERM; echo up; while :; do sleep 0.1; done';
    const guarded = await scene.run([...ALONE, 'sh', '-c', script], IS_UP);
    await pause(scene, guarded);
    scene.wall.move(98, 5);
    await until(() => guarded.course().endsWith('stopping'));
    // It shall not end before it was asked about.
    process.kill(guarded.pid, 'SIGSTOP');
    const told = await why(scene, guarded);
    process.kill(guarded.pid, 'SIGCONT');
    expect(told).toMatch(/-> stopping: .*TERM.*\n +dcachesize/);
    expect(await guarded.ended).toMatchObject({ status: 75 });
  });
});

describe.concurrent('a guard that is killed while its daemon is paused', () => {
  it('leaves one that goes on, where the wall is far', async (context) => {
    const { expect } = context;
    const scene = sceneFor(programs.program, context);
    const guarded = await scene.run(SLEEP, IS_UP);
    const pid = guarded.daemonPid();
    context.onTestFinished(() => endOf(pid));
    await pause(scene, guarded);
    scene.wall.move(10);
    await moment(SOME_TICKS_MS);
    expect(isFrozen(pid)).toBe(true);
    process.kill(guarded.pid, 'SIGKILL');
    await until(() => !isFrozen(pid));
    expect(hasEnded(pid)).toBe(false);
  });

  it('leaves none at the wall', async (context) => {
    const scene = sceneFor(programs.program, context);
    const guarded = await scene.run(SLEEP, IS_UP);
    const pid = guarded.daemonPid();
    await pause(scene, guarded);
    await moment(SOME_TICKS_MS);
    process.kill(guarded.pid, 'SIGKILL');
    await until(() => hasEnded(pid));
  });

  it('or hangs there, leaves none once its lease is over', async (context) => {
    const scene = sceneFor(programs.program, context);
    const guarded = await scene.run(['--lease', '9s', ...SLEEP], IS_UP);
    const pid = guarded.daemonPid();
    await pause(scene, guarded);
    await moment(SOME_TICKS_MS);
    process.kill(guarded.pid, 'SIGSTOP');
    context.onTestFinished(() => {
      process.kill(guarded.pid, 'SIGCONT');
    });
    await until(() => hasEnded(pid));
  });

  it('with its keeper, leaves one that the next start lets go on, and says so', async (context) => {
    const { expect } = context;
    const scene = sceneFor(programs.program, context);
    const guarded = await scene.run(SLEEP, IS_UP);
    const pid = guarded.daemonPid();
    context.onTestFinished(() => endOf(pid));
    await pause(scene, guarded);
    const keepers = childrenOf(guarded.pid, 'syncguard-keeper');
    process.kill(guarded.pid, 'SIGSTOP');
    for (const keeper of keepers) process.kill(keeper, 'SIGKILL');
    await until(() => keepers.every(hasEnded));
    process.kill(guarded.pid, 'SIGKILL');
    await until(() => hasEnded(guarded.pid));
    expect(await staysFrozen(pid)).toBe(true);
    scene.wall.move(10);
    const next = await scene.run([...ALONE, 'true']);
    expect((await next.ended).stderr).toContain(`left frozen by guard ${guarded.pid} `);
    expect([hasEnded(pid), isFrozen(pid)]).toEqual([false, false]);
  });
});

describe.concurrent('a companion that is killed', () => {
  it('leaves the guard as it was, and another comes once all is calm', async (context) => {
    const { expect } = context;
    const scene = sceneFor(programs.program, context);
    const guarded = await scene.run(['--companion', 'on', 'sleep', '600']);
    const pid = guarded.daemonPid();
    await guarded.ask({ command: 'status' });
    const [companion = 0] = childrenOf(guarded.pid, 'companion.cjs');
    process.kill(companion, 'SIGKILL');
    await pause(scene, guarded);
    expect(await staysFrozen(pid)).toBe(true);
    scene.wall.move(10);
    await until(() => childrenOf(guarded.pid, 'companion.cjs').some((one) => one !== companion));
    // It knows as much as the next sample tells it.
    const state = async (): Promise<string> => JSON.stringify(await guarded.ask({ command: 'status' }));
    while (!(await state()).includes('"state":"paused"')) await moment(100);
    expect(await staysFrozen(pid)).toBe(true);
  });
});
