// No call of the tick that fails makes a guard crash, act wrongly, or leave its act undone.
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { CALLS, ERRORS, errorOf, type Fault, GRIPS, TOUCHED, trace } from '../support/guarded-faults.ts';
import { installPrograms, type Programs } from '../support/guarded-programs.ts';
import {
  childrenOf,
  type Guarded,
  hasEnded,
  isFrozen,
  pause,
  type Scene,
  sceneFor,
  slow,
} from '../support/guarded-run.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { moment, until } from '../support/scripted-daemon.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await installPrograms();
});
afterAll(() => programs.remove());

const isPossible = isMet(
  process.getuid?.() === 0 && hasProgram('strace') && hasProgram('unshare'),
  'root, strace and unshare, to make system calls of a guard fail',
);

const DAEMON = 'sleep 600 & a=$!; sleep 600 & b=$!; trap "kill $a $b; exit 9" TERM; wait; wait';

/** More than two ticks make of one call here. */
const MOST_CALLS = 48;

async function startCalm(context: TestContext, before: readonly string[]): Promise<[Scene, Guarded]> {
  const scene = sceneFor(programs.program, context);
  const guarded = await scene.run(['--companion', 'on', 'sh', '-c', DAEMON], { before });
  await slow(scene, guarded);
  await pause(scene, guarded);
  await calm(scene, guarded);
  return [scene, guarded];
}

/** Far from the wall, and let go by hand: by itself that would take a minute. */
async function calm(scene: Scene, guarded: Guarded): Promise<void> {
  scene.wall.move(10);
  // The guard shall have read that, or it would act again at once.
  await moment(250);
  // A companion whose pipe was made to fail is told nothing for a while: what was done is seen by the daemon.
  if (!isFrozen(guarded.daemonPid())) return;
  guarded.ask({ command: 'resume' }).catch(() => {});
  await until(() => !isFrozen(guarded.daemonPid()));
}

/** The most calls of each name that a calm tick made in a second. */
async function sitesOf(guarded: Guarded): Promise<ReadonlyMap<string, number>> {
  const looking = await trace(guarded.pid, null);
  await moment(1000);
  const ticks = looking.calls().join(' ').split('epoll_pwait');
  await looking.detach();
  const most = (name: string): number =>
    Math.max(...ticks.map((tick) => tick.split(' ').filter((call) => call === name).length));
  return new Map(CALLS.map((name) => [name, most(name)]));
}

describe.runIf(isPossible).concurrent('a guard', () => {
  it.for(GRIPS)(
    'by %s goes on, and does nothing, whichever call of a calm tick fails',
    async ([grip, before], context) => {
      const { expect } = context;
      const [, guarded] = await startCalm(context, before);
      const sites = await sitesOf(guarded);
      const decided = guarded.decisions().length;
      let hit = 0;
      for (const syscall of CALLS) {
        for (let site = 1; site <= (sites.get(syscall) ?? 0); site += 1) {
          // Errors take turns, as below: strace itself is what takes the time.
          await staysCalmDespite(guarded, { syscall, error: errorOf(site), when: site }, expect);
          expect(guarded.decisions().length).toBe(decided);
          hit += 1;
        }
      }
      report(`calm, by ${grip}`, sites, hit);
      expect(hit).toBeGreaterThan(ERRORS.length);
    },
  );

  it.for(GRIPS)(
    'by %s pauses all the same, whichever call of that tick fails',
    async ([grip, before], context) => {
      const { expect } = context;
      const [scene, guarded] = await startCalm(context, before);
      const hits = new Map<string, number>();
      for (const syscall of TOUCHED[grip]) {
        let site = 1;
        // Errors take turns: what is done about one does not depend on which it is.
        while (await pausesDespite([scene, guarded], { syscall, error: errorOf(site), when: site }))
          site += 1;
        hits.set(syscall, site - 1);
      }
      report(
        `pausing by ${grip}`,
        hits,
        [...hits.values()].reduce((sum, count) => sum + count, 0),
      );
      expect(hits.get('pread64')).toBeGreaterThanOrEqual(4);
    },
  );
});

/** Ticks go on behind the call that failed, and the daemon runs. */
async function staysCalmDespite(
  guarded: Guarded,
  fault: Fault,
  expect: TestContext['expect'],
): Promise<void> {
  const traced = await trace(guarded.pid, fault);
  await until(() => traced.hits() > 0 || hasEnded(guarded.pid));
  const seen = traced.calls().length;
  await until(() => traced.calls().length > seen + MOST_CALLS || hasEnded(guarded.pid));
  await traced.detach();
  const daemon = guarded.daemonPid();
  const found = { ...fault, ended: [guarded.pid, daemon].filter(hasEnded), isFrozen: isFrozen(daemon) };
  expect(found).toEqual({ ...fault, ended: [], isFrozen: false });
}

/** The daemon stands still in the end; false: the tick that paused it made fewer such calls. */
async function pausesDespite([scene, guarded]: [Scene, Guarded], fault: Fault): Promise<boolean> {
  await calm(scene, guarded);
  process.kill(guarded.pid, 'SIGSTOP');
  scene.wall.move(92);
  const traced = await trace(guarded.pid, fault);
  process.kill(guarded.pid, 'SIGCONT');
  await until(() => isFrozen(guarded.daemonPid()));
  const isOfThatTick = traced.hasHitFirstTick();
  await traced.detach();
  return isOfThatTick;
}

function report(what: string, counts: ReadonlyMap<string, number>, hit: number): void {
  const list = [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
  process.stdout.write(`${what}: ${hit} faults (${list})\n`);
}

describe.runIf(isPossible).concurrent('a companion', () => {
  it.for([
    ['cannot be forked', 'clone,clone3,vfork,fork', 'ENOMEM'],
    ['has no descriptors', 'pipe2,socketpair,socket', 'EMFILE'],
  ] as const)('that has died and %s costs the guard nothing', async ([, syscall, error], context) => {
    const { expect } = context;
    const scene = sceneFor(programs.program, context);
    const guarded = await scene.run(['--companion', 'on', 'sleep', '600']);
    const pid = guarded.daemonPid();
    await guarded.ask({ command: 'status' });
    const fault = await trace(guarded.pid, { syscall, error, when: '1+' });
    process.kill(childrenOf(guarded.pid, 'companion.cjs')[0] ?? 0, 'SIGKILL');
    await until(() => fault.hits() > 0 || hasEnded(guarded.pid));
    await moment(500);
    await fault.detach();
    expect([hasEnded(guarded.pid), hasEnded(pid)]).toEqual([false, false]);
    await pause(scene, guarded);
    // Only where all is calm is another one started.
    scene.wall.move(10);
    await until(() => childrenOf(guarded.pid, 'companion.cjs').length > 0);
  });
});
