import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openWakeup } from '../../src/kernel/event-wakeup.ts';
import { isMet } from '../support/need.ts';
import { rootTest } from '../support/root-only.ts';

const UNIFIED = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((path) =>
  existsSync(`${path}/cgroup.subtree_control`),
);

function makeRoom(): string | null {
  if (!isMet(UNIFIED !== undefined, 'events need a cgroup v2 mount')) return null;
  const directory = `${UNIFIED}/syncguard-wakeup-${process.pid}`;
  mkdirSync(directory);
  return directory;
}

/** A process in the room; the room goes with it when the test has ended. */
function populate(directory: string): void {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  writeFileSync(`${directory}/cgroup.procs`, String(child.pid));
  onTestFinished(async () => {
    writeFileSync(`${directory}/cgroup.freeze`, '0');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    rmdirSync(directory);
  });
}

async function until(isDone: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isDone() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a wakeup', () => {
  rootTest('comes when the kernel freezes a cgroup v2, and none comes once it is closed', async () => {
    const directory = makeRoom();
    if (directory === null) return;
    populate(directory);
    let events = 0;
    const wakeup = openWakeup([{ directory, kind: 'unified' }], () => {
      events += 1;
    });
    expect(wakeup.kind).toBe('events');
    expect(wakeup.reason).toContain(`${directory}/cgroup.events`);
    writeFileSync(`${directory}/cgroup.freeze`, '1');
    await until(() => events > 0);
    expect(events).toBeGreaterThan(0);
    wakeup.close();
    expect(wakeup.kind).toBe('poll');
    const seen = events;
    writeFileSync(`${directory}/cgroup.freeze`, '0');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(events).toBe(seen);
    wakeup.close();
  });

  it.each([
    ['without rooms', []],
    ['on v1', [{ directory: '/sys/fs/cgroup/memory/daemon', kind: 'memory' }] as const],
    ['of a room that is not there', [{ directory: '/nonexistent', kind: 'unified' }] as const],
  ])('%s is none: the timer alone looks', (_, rooms) => {
    const wakeup = openWakeup(rooms, () => expect.unreachable());
    expect(wakeup.kind).toBe('poll');
    wakeup.close();
  });
});
