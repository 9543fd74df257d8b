// The sensors of a daemon's own room against the real kernel: cgroup v1 memory.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Sensor, SensorModel } from '../../src/kernel/sensor.ts';
import { openSensors } from '../../src/kernel/sensors.ts';
import { makeContainer } from '../support/container.ts';
import { isMet } from '../support/need.ts';

const MIB = 1024 * 1024;
const CONTAINER_BYTES = 512 * MIB;
const ROOM_BYTES = 128 * MIB;
const NO_MODEL: SensorModel = { unpinnedTouchedBytes: 0, pinnedBytes: 0, pinUnitBytes: 0 };

interface Stage {
  readonly room: string;
  readonly own: Sensor;
  readonly shared: Sensor;
}

/** A daemon's room in a container, each with a limit, and a sensor of each; null where none can be made. */
function makeStage(model: SensorModel = NO_MODEL): Stage | null {
  const container = makeContainer('syncguard-sensors', CONTAINER_BYTES);
  if (!isMet(container !== null, 'needs a writable v1 memory hierarchy') || container === null) return null;
  const room = `${container.directory}/room`;
  mkdirSync(room);
  writeFileSync(`${room}/memory.limit_in_bytes`, String(ROOM_BYTES));
  const rooms = [{ directory: room, kind: 'memory' }] as const;
  const opened = openSensors({ sysroot: '', platform: 'cgroup1', rooms, model, barriers: {} });
  onTestFinished(() => {
    opened.close();
    rmdirSync(room);
    container.remove();
  });
  const [own, shared] = opened.sensors.filter(({ resource }) => resource === 'memory');
  if (own === undefined || shared === undefined) throw new Error('two memory rows were expected');
  return { room, own, shared };
}

/** A process in the room that holds `mebibytes` once it has said so; it waits at the limit where the room is braked. */
async function hold(room: string, mebibytes: number, isAwaited = true): Promise<ChildProcess> {
  const take = `const held = Buffer.alloc(${mebibytes} * 1024 * 1024, 1); console.log(held.length); setInterval(() => held, 1e6)`;
  const enter = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
  const child = spawn('sh', ['-c', enter, room, process.execPath, '-e', take], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  if (isAwaited) await once(child.stdout, 'data');
  return child;
}

async function until(isDone: () => boolean): Promise<boolean> {
  const deadline = Date.now() + 30_000;
  while (!isDone() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  return isDone();
}

describe('the sensors of a daemon’s own room', () => {
  it('come before those above it, each with its own wall', async () => {
    const stage = makeStage();
    if (stage === null) return;
    const { own, shared } = stage;
    expect([own.isShared, own.wall, shared.isShared, shared.wall]).toEqual([
      false,
      ROOM_BYTES,
      true,
      CONTAINER_BYTES,
    ]);
    expect([own.failcnt, own.underOom, own.maxheld, own.stallMicroseconds]).toEqual([0, 0, -1, -1]);
  });

  it('judge what the daemon holds for good, and take page cache for none of it', async () => {
    const stage = makeStage();
    if (stage === null) return;
    const { room, own, shared } = stage;
    await hold(room, 64);
    own.read();
    shared.read();
    for (const row of [own, shared]) {
      expect(row.judged).toBeGreaterThan(64 * MIB);
      expect(row.judged).toBeLessThanOrEqual(row.judgedHigh);
    }
    const anonymous = own.judged;
    const reader = spawn('sh', [
      '-c',
      'echo $$ > "$0/cgroup.procs" && cat /usr/bin/* > /dev/null 2>&1',
      room,
    ]);
    await once(reader, 'exit');
    own.read();
    expect(own.held).toBeGreaterThan(anonymous);
    // Stacks and tables of the reader, not the files it read.
    expect(Math.abs(own.judged - anonymous)).toBeLessThan(8 * MIB);
  });

  it('take off what the tree can leave behind unpinned, at the low end alone', async () => {
    const stage = makeStage({ ...NO_MODEL, unpinnedTouchedBytes: 1024 * MIB });
    if (stage === null) return;
    const { room, own } = stage;
    await hold(room, 8);
    own.read();
    expect(own.judgedHigh - own.judged).toBeGreaterThan(0);
    expect(own.judged).toBeGreaterThan(8 * MIB);
  });

  it('see a limit that is changed, and one that is lifted', () => {
    const stage = makeStage();
    if (stage === null) return;
    const { room, own } = stage;
    writeFileSync(`${room}/memory.limit_in_bytes`, String(64 * MIB));
    expect([own.read(), own.wall]).toEqual([true, 64 * MIB]);
    writeFileSync(`${room}/memory.limit_in_bytes`, '-1');
    expect([own.read(), own.wall]).toEqual([true, Number.POSITIVE_INFINITY]);
  });

  it('say that tasks wait at a braked limit, which no band of held could tell from a full cache', async () => {
    const stage = makeStage();
    if (stage === null) return;
    const { room, own } = stage;
    writeFileSync(`${room}/memory.oom_control`, '1');
    await hold(room, (2 * ROOM_BYTES) / MIB, false);
    expect(await until(() => own.read() && own.underOom === 1)).toBe(true);
    expect(own.judged).toBeGreaterThan(0.9 * ROOM_BYTES);
    expect(own.hits).toBeGreaterThan(0);
    expect(own.failcnt).toBe(0);
  });

  it('count a kill by the kernel as failcnt', async () => {
    const stage = makeStage();
    if (stage === null) return;
    const { room, own } = stage;
    const child = await hold(room, (2 * ROOM_BYTES) / MIB, false);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect([own.read(), own.failcnt]).toEqual([true, 1]);
  });
});

it('a sensor whose cgroup is gone is unread in every number, and throws nothing', async () => {
  const container = makeContainer('syncguard-gone', CONTAINER_BYTES);
  if (!isMet(container !== null, 'needs a writable v1 memory hierarchy') || container === null) return;
  const rooms = [{ directory: container.directory, kind: 'memory' }] as const;
  const opened = openSensors({ sysroot: '', platform: 'cgroup1', rooms, model: NO_MODEL, barriers: {} });
  onTestFinished(() => opened.close());
  const [own] = opened.sensors;
  expect(own?.read()).toBe(true);
  container.remove();
  expect(own?.read()).toBe(false);
  expect(own).toMatchObject({ wall: -1, judged: -1, held: -1, failcnt: -1, hits: -1, underOom: -1 });
});
