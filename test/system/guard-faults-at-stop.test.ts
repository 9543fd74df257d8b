// No call that fails while a guard tells its daemon to end, or kills it, leaves that undone.
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { errorOf, type Fault, GRIPS, TOUCHED, trace } from '../support/guarded-faults.ts';
import { installPrograms, type Programs, TABLE_TERMS } from '../support/guarded-programs.ts';
import { freezerOf, type Guarded, hasEnded, pause, type Scene, sceneFor } from '../support/guarded-run.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { moment, until } from '../support/scripted-daemon.ts';

const GRACE_MS = 3_000;
/** A tick makes fewer calls of most kinds than that. */
const MOST = 12;
const TIMES = [1, `1..${MOST}`] as const;
let programs: Programs;
beforeAll(async () => {
  programs = await installPrograms();
  programs.answer({ terms: { ...TABLE_TERMS, graceMs: GRACE_MS } });
});
afterAll(() => programs.remove());

const isPossible = isMet(
  process.getuid?.() === 0 && hasProgram('strace') && hasProgram('unshare'),
  'root, strace and unshare, to make system calls of a guard fail',
);

const HEEDFUL = 'sleep 600 & a=$!; sleep 600 & b=$!; trap "kill $a $b; exit 9" TERM; wait; wait';
const DEAF = 'trap "" TERM; echo deaf; sleep 600 & while :; do sleep 1; done';

describe.runIf(isPossible)('a guard', () => {
  it.for(GRIPS)(
    'by %s tells it to end all the same, whatever kind of call fails, once or a dozen times',
    (grip, context) => endsDespiteAll(grip, HEEDFUL, context),
  );

  it.for(GRIPS)(
    'by %s kills it all the same, whatever kind of call fails, once or a dozen times',
    (grip, context) => endsDespiteAll(grip, DEAF, context),
  );
});

async function endsDespiteAll(
  [grip, before]: (typeof GRIPS)[number],
  daemon: string,
  context: TestContext,
): Promise<void> {
  const faults = TOUCHED[grip].flatMap((syscall, index) =>
    TIMES.map((when) => ({ syscall, error: errorOf(index), when })),
  );
  const hits = await Promise.all(faults.map((fault) => endsDespite({ before, daemon, fault }, context)));
  const missed = faults.filter((_, index) => hits[index] === 0);
  context.expect({ missed, most: Math.max(...hits) }).toEqual({ missed: [], most: MOST });
}

interface Trial {
  readonly before: readonly string[];
  readonly daemon: string;
  readonly fault: Fault;
}

/** How often it failed, when the daemon is gone and the guard has ended as one that stopped it. */
async function endsDespite({ before, daemon, fault }: Trial, context: TestContext): Promise<number> {
  const scene = sceneFor(programs.program, context);
  const guarded = await scene.run(['--companion', 'off', 'sh', '-c', daemon], { before });
  const main = guarded.startedPid();
  if (daemon === DEAF) await guarded.seen('deaf');
  await pause(scene, guarded);
  if (daemon === DEAF) await told(scene, guarded);
  process.kill(guarded.pid, 'SIGSTOP');
  scene.wall.move(98, 2);
  // Of writes those to the freezer alone: libuv takes no error from the one by which it hears of a child's end.
  const path = fault.syscall === 'write' ? { path: freezerOf(main) } : {};
  const traced = await trace(guarded.pid, { ...fault, ...path });
  // The guard stands still meanwhile: its first tick from here on is the one that kills.
  if (daemon === DEAF) await moment(GRACE_MS);
  process.kill(guarded.pid, 'SIGCONT');
  await until(() => hasEnded(main));
  const { status } = await guarded.ended;
  context.expect({ ...fault, status }).toEqual({ ...fault, status: 75 });
  const hits = traced.hits();
  await traced.detach();
  return hits;
}

/** To end, by TERM, which it does not hear; the grace has begun. */
async function told({ wall }: Scene, guarded: Guarded): Promise<void> {
  wall.move(97, 1);
  await until(() => guarded.course().endsWith('stopping'));
}
