// A daemon that ends is started again as --restart says: always through the gate, and not for ever.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { BINARY } from '../support/binary.ts';
import { runToEnd } from '../support/ending.ts';
import { installPrograms, type Programs, TABLE_TERMS } from '../support/guarded-programs.ts';
import { type Guarded, hasEnded, pause, type Scene, sceneFor } from '../support/guarded-run.ts';
import { until } from '../support/scripted-daemon.ts';

let programs: Programs;
/** Its gate refuses as soon as a test says so. */
let strict: Programs;
beforeAll(async () => {
  programs = await installPrograms();
  strict = await installPrograms();
  programs.answer({ terms: { ...TABLE_TERMS, restartStatuses: [3] } });
});
afterAll(() => {
  programs.remove();
  strict.remove();
});

/** A daemon that ends so at its first start, and stays at its second. */
const onceThenStay = (scene: Scene, ending: string): readonly string[] => {
  const mark = join(scene.path, 'was-here');
  return [
    'sh',
    '-c',
    `[ -e '${mark}' ] && { echo again; exec sleep 600; }; : >'${mark}'; ulimit -c 0; ${ending}`,
  ];
};

const ENDINGS = [
  ['exit 1', 'on-failure', true],
  ['kill -SEGV $$', 'on-failure', true],
  ['exit 0', 'on-failure', false],
  ['kill -TERM $$', 'on-failure', false],
  ['exit 0', 'always', true],
  ['exit 1', 'never', false],
] as const;

describe.concurrent('a daemon', () => {
  it.for(ENDINGS)(
    'that ends by `%s` under --restart %s: started again is %s',
    async ([ending, mode, isAgain], context) => {
      const scene = sceneFor(programs.program, context);
      const guarded = await scene.run([
        '--companion',
        'off',
        '--restart',
        mode,
        ...onceThenStay(scene, ending),
      ]);
      if (!isAgain) {
        context.expect((await guarded.ended).stderr).not.toContain('next start');
        return;
      }
      await guarded.seen('again');
      context.expect(guarded.output()).toMatch(/the next start is asked for in [56](\.\d+)?s/);
      context.expect(guarded.output().match(/started \(pid/g)).toHaveLength(2);
    },
  );

  it('that asks for its own restart has it at once, and outside the budget', async (context) => {
    const scene = sceneFor(programs.program, context);
    const count = join(scene.path, 'count');
    const script = `echo x >>'${count}'; [ $(wc -l <'${count}') -lt 7 ] && exit 3; echo stays; exec sleep 600`;
    const guarded = await scene.run(['--companion', 'off', '--restart', 'on-failure', 'sh', '-c', script]);
    await guarded.seen('stays');
    context.expect(guarded.output()).not.toContain('on hold');
  });

  it('is not started again by TERM to its guard, and one that waits for its start ends as told', async (context) => {
    const scene = sceneFor(programs.program, context);
    const lasting = await scene.run(['--companion', 'off', '--restart', 'always', 'sleep', '600']);
    process.kill(lasting.pid, 'SIGTERM');
    context.expect((await lasting.ended).stderr).not.toContain('next start');
    const failing = await scene.run(['--companion', 'off', '--restart', 'always', 'sh', '-c', 'exit 1']);
    await failing.seen('next start');
    process.kill(failing.pid, 'SIGTERM');
    context.expect(await failing.ended).toMatchObject({ signal: 'SIGTERM' });
  });

  it('that waits for its start is given up by `stop`, and started at once by `restart`', async (context) => {
    const scene = sceneFor(programs.program, context);
    const script = 'sleep 4; exit 1';
    const guarded = await scene.run(['--companion', 'on', '--restart', 'always', 'sh', '-c', script]);
    await guarded.ask({ command: 'status' });
    await guarded.seen('next start');
    await guarded.ask({ command: 'restart' });
    await until(() => guarded.output().match(/started \(pid/g)?.length === 2);
    await until(() => guarded.output().match(/next start/g)?.length === 2);
    await Promise.race([guarded.ask({ command: 'stop' }).catch(() => {}), guarded.ended]);
    context.expect(await guarded.ended).toMatchObject({ status: 1 });
  });
});

/** Starts of the last ten minutes, as the state directory remembers them. */
const memoryOf = (scene: Scene): string => readFileSync(join(scene.path, 'state/starts.json'), 'utf8');

/** The daemon has been stopped at the wall, and is held. */
async function holdAtWall(context: TestContext, scene: Scene): Promise<Guarded> {
  const guarded = await scene.run(['--companion', 'on', '--restart', 'always', 'sleep', '600']);
  await guarded.ask({ command: 'status' });
  await pause(scene, guarded);
  scene.wall.move(98, 5);
  await guarded.seen('on hold: it was stopped at a wall');
  context.expect(guarded.output().match(/started \(pid/g)).toHaveLength(1);
  scene.wall.move(10);
  return guarded;
}

/** As a guard leaves it that was started too often. */
function rememberHold(scene: Scene): void {
  const file = join(scene.path, 'state/starts.json');
  const memories: Record<string, object> = JSON.parse(readFileSync(file, 'utf8'));
  const hold = { sinceAt: Date.now(), reason: 'it was started too often' };
  const held = Object.entries(memories).map(([key, memory]) => [key, { ...memory, hold }]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(held)));
}

describe.concurrent('a hold', () => {
  it('is remembered, and honoured by the next guard', async (context) => {
    const { expect } = context;
    const scene = sceneFor(programs.program, context);
    const first = await holdAtWall(context, scene);
    expect(memoryOf(scene)).toContain('stopped at a wall');
    process.kill(first.pid, 'SIGTERM');
    await first.ended;
    const next = await scene.run(['--companion', 'on', '--restart', 'always', 'sleep', '600'], {
      says: 'on hold',
    });
    expect(next.output()).not.toContain('started');
    process.kill(next.pid, 'SIGTERM');
    expect(await next.ended).toMatchObject({ signal: 'SIGTERM' });
  });

  it('is ended by `restart --clear-hold`', async (context) => {
    const { expect } = context;
    const scene = sceneFor(programs.program, context);
    const guarded = await holdAtWall(context, scene);
    await guarded.ask({ command: 'restart', clearHold: true });
    await until(() => guarded.output().match(/started \(pid/g)?.length === 2);
    expect(memoryOf(scene)).toContain('"hold":null');
  });

  it('of a guard that has started nothing yet is told, and ended by an order without a companion', async (context) => {
    const { expect } = context;
    const scene = sceneFor(programs.program, context);
    const ask = (...words: string[]) => runToEnd(BINARY, words, { env: scene.environment });
    const words = ['--companion', 'off', '--restart', 'on-failure', 'sh', '-c', 'exit 1'];
    const guarded = await scene.run(words);
    await guarded.seen('next start');
    const status = await ask('status');
    expect(status.stdout).toMatch(/^sh: waiting /);
    expect(status.stdout).toContain('none: it takes restart and stop');
    expect(await ask('restart')).toMatchObject({ status: 0, stdout: 'sh is waiting\n' });
    await until(() => guarded.output().match(/started \(pid/g)?.length === 2);
    await ask('stop');
    await guarded.ended;
    rememberHold(scene);
    const held = await scene.run(words, { says: 'on hold' });
    expect((await ask('status')).stdout).toMatch(/^sh: held /);
    expect((await ask('why')).stdout).toContain('restart-budget');
    expect((await ask('restart', '--clear-hold')).stdout).toBe('sh is waiting\n');
    await held.seen('sh started');
    expect(memoryOf(scene)).toContain('"hold":null');
    await held.seen('next start');
    expect((await ask('stop')).status).toBe(0);
    expect(await held.ended).toMatchObject({ signal: 'SIGTERM' });
  });

  it('comes after five starts in ten minutes, also of guards that are gone', async (context) => {
    const scene = sceneFor(programs.program, context);
    const words = ['--companion', 'off', '--restart', 'on-failure', 'sh', '-c', 'exit 1'];
    const guarded = await scene.run(words);
    await guarded.seen('next start');
    process.kill(guarded.pid, 'SIGTERM');
    await guarded.ended;
    const key = Object.keys(JSON.parse(memoryOf(scene)))[0] ?? '';
    const startsAt = Array.from({ length: 4 }, () => Date.now());
    writeFileSync(
      join(scene.path, 'state/starts.json'),
      JSON.stringify({ [key]: { startsAt, wasStoppedAtWall: false, hold: null } }),
    );
    const fifth = await scene.run(words);
    await fifth.seen('on hold: it was started too often');
  });
});

describe('a restart by hand', () => {
  it('asks the gate first, and keeps the instance where it would be refused', async (context) => {
    const { expect } = context;
    const scene = sceneFor(strict.program, context);
    const guarded = await scene.run(['--companion', 'on', 'sleep', '600']);
    const pid = guarded.daemonPid();
    await guarded.ask({ command: 'status' });
    strict.answer({ verdict: 'refuse', reason: 'over-wall', message: 'It has grown.' });
    await guarded.ask({ command: 'restart' });
    await guarded.seen('it is not restarted, and runs on: It has grown.');
    expect(hasEnded(pid)).toBe(false);
    strict.answer({});
    await guarded.ask({ command: 'restart' });
    await until(() => hasEnded(pid));
    await until(() => guarded.output().match(/started \(pid/g)?.length === 2);
    expect(existsSync(guarded.directory)).toBe(true);
  });

  it('by the clock is taken from the command line', async (context) => {
    const scene = sceneFor(strict.program, context);
    strict.answer({});
    const words = ['--companion', 'on', '--restart-at', '20 4 * * *', 'sleep', '600'];
    const guarded = await scene.run(words);
    context.expect(await guarded.ask({ command: 'status' })).toMatchObject({ ok: true });
  });
});
