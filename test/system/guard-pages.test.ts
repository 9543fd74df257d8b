// A guard that touches no new page cannot hang in an exhausted container: only a page fault waits for memory there, whatever
// a system call asks for is refused. So this tells, without a container and on a busy machine too, what survival hangs on.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { installPrograms, type Programs, TABLE_TERMS } from '../support/guarded-programs.ts';
import { type Guarded, hasEnded, pause, sceneFor, slow } from '../support/guarded-run.ts';
import { isMet } from '../support/need.ts';
import { NODE_LINES, nodeOfLine } from '../support/node-lines.ts';
import { moment } from '../support/scripted-daemon.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await installPrograms();
  programs.answer({ terms: { ...TABLE_TERMS, graceMs: 1_000 } });
});
afterAll(() => programs.remove());

/** Deaf to TERM, so that only KILL ends it. */
const DAEMON = 'trap "" TERM; while :; do sleep 1; done';
/** minflt and majflt of proc(5), behind the name, which may have spaces. */
const [MINOR, MAJOR] = [7, 9];

function faultsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[MINOR]) + Number(fields[MAJOR]);
}

/** The last count while the daemon was still there: what the guard does when it is gone has memory to do it with. */
async function faultsAtKill(guarded: Guarded): Promise<number> {
  const daemon = guarded.daemonPid();
  let last = faultsOf(guarded.pid);
  while (!hasEnded(daemon)) {
    const count = faultsOf(guarded.pid);
    if (!hasEnded(daemon)) last = count;
    await moment(2);
  }
  return last;
}

/** Pages are also moved, and those of programs given back, whenever the machine likes: of so many courses one is left alone. */
const MOST_COURSES = 3;

/** Page faults of the guard from the throttle to KILL. */
async function faultsOfOneCourse(node: string, context: TestContext): Promise<number> {
  const scene = sceneFor(programs.program, context);
  const path = `${dirname(node)}:${process.env['PATH']}`;
  const guarded = await scene.run(['--companion', 'off', 'sh', '-c', DAEMON], {
    environment: { PATH: path },
  });
  // Its slow start is over by then, and with the next look what a start has left is settled.
  await slow(scene, guarded);
  await moment(500);
  const before = faultsOf(guarded.pid);
  await pause(scene, guarded);
  scene.wall.move(97, 1);
  await moment(300);
  scene.wall.move(98, 2);
  const after = await faultsAtKill(guarded);
  await guarded.ended;
  context.expect(guarded.course()).toMatch(/throttled paused stopping killing/);
  return after - before;
}

describe.concurrent('a guard', () => {
  for (const line of NODE_LINES) {
    const node = nodeOfLine(line);
    it.runIf(isMet('path' in node, 'missing' in node ? node.missing : ''))(
      `touches no new page on its way from the throttle over the pause and TERM to KILL (Node ${line})`,
      async (context) => {
        const counts: number[] = [];
        while (!counts.includes(0) && counts.length < MOST_COURSES)
          counts.push(await faultsOfOneCourse('path' in node ? node.path : '', context));
        context.expect(counts).toContain(0);
      },
    );
  }
});
