// Whose processes a running daemon's are, on real ones.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ProcessTree } from '../../src/actuators/process-tree.ts';
import { startForeign } from '../support/foreign-daemon.ts';
import { endOf, hasEnded } from '../support/guarded-run.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { until } from '../support/scripted-daemon.ts';

describe.runIf(isMet(hasProgram('perl'), 'perl plays a daemon'))('the tree of a running daemon', () => {
  it('is all who descend from it, in whatever session, and whom of these their parents leave', async () => {
    const daemon = await startForeign();
    onTestFinished(() => daemon.remove());
    const [main = 0, child = 0, apart = 0] = daemon.pids();
    const tree = new ProcessTree([main]);
    expect(new Set(tree.read())).toEqual(new Set([main, child, apart]));
    expect(new Set(new ProcessTree([child]).read())).toEqual(new Set([child, apart]));
    for (const pid of [main, child]) endOf(pid);
    await until(() => [main, child].every(hasEnded));
    expect(tree.read()).toEqual([apart]);
  });

  it('has whoever is started in a session that it leads and leaves', async () => {
    const leader = spawn('sh', ['-c', 'read -r _; sleep 600 & echo $!'], { detached: true });
    const ended = once(leader, 'exit');
    const tree = new ProcessTree([leader.pid ?? 0]);
    leader.stdin.write('\n');
    const [said] = (await once(leader.stdout, 'data')) as [Buffer];
    await ended;
    const left = Number(said.toString());
    onTestFinished(() => endOf(left));
    expect(tree.read()).toEqual([left]);
  });

  it('of a process that has ended is empty', async () => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    const tree = new ProcessTree([pid]);
    expect(tree.read()).toEqual([pid]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect([tree.read(), new ProcessTree([pid]).read()]).toEqual([[], []]);
  });
});
