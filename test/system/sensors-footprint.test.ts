import { mkdirSync, rmdirSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PlatformId } from '../../src/domain/platform.ts';
import type { SensorRequest } from '../../src/kernel/sensor.ts';
import { sysrootOf } from '../kernel/hosts.ts';
import { makeContainer } from '../support/container.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { readSensorsInChild, tracedCalls } from '../support/sensors-process.ts';

const MIB = 1024 * 1024;
const MODEL = { unpinnedTouchedBytes: MIB, pinnedBytes: MIB, pinUnitBytes: 911 };

const recorded = (host: string, platform: PlatformId): SensorRequest => ({
  sysroot: sysrootOf(host),
  platform,
  rooms: [],
  model: MODEL,
  barriers: {},
});

/** A daemon's room below a container, both limited; null where this machine has no v1 memory to make them in. */
function liveRequest(): SensorRequest | null {
  const container = makeContainer('syncguard-footprint', 512 * MIB);
  if (!isMet(container !== null, 'sensors of a real cgroup need a writable v1 memory hierarchy')) return null;
  if (container === null) return null;
  const directory = `${container.directory}/room`;
  mkdirSync(directory);
  onTestFinished(() => {
    rmdirSync(directory);
    container.remove();
  });
  return {
    sysroot: '',
    platform: 'cgroup1',
    rooms: [{ directory, kind: 'memory' }],
    model: MODEL,
    barriers: {},
  };
}

/** Rounds after which the reading is compiled on every line: what is left to allocate is what every tick allocates. */
const WARM_ROUNDS = 20_000;
const ROUNDS = 10_000;
/**
 * Measured on 20.19 to 24.21: 10 to 25 bytes a row, 40 to 87 where its numbers exceed 2^31 (the engine boxes them, 16
 * bytes each). An object per file read would be 150 to 340.
 */
const MOST_BYTES_PER_ROW = 96;

async function expectLean(request: SensorRequest): Promise<void> {
  const footprint = await readSensorsInChild({ request, warmRounds: WARM_ROUNDS, rounds: ROUNDS });
  const { walls, failed, allocatedBytes } = footprint;
  expect(walls.length).toBeGreaterThan(0);
  expect(failed).toBe(0);
  expect(allocatedBytes).toBeLessThan(MOST_BYTES_PER_ROW * walls.length * ROUNDS);
}

describe('reading every sensor 10 000 times', () => {
  it('allocates a few numbers a row, on a real v1 cgroup', async () => {
    const request = liveRequest();
    if (request === null) return;
    const { walls } = await readSensorsInChild({ request, warmRounds: 0, rounds: 1 });
    expect(walls.map(({ resource, isShared }) => [resource, isShared])).toEqual([
      ['memory', false],
      ['memory', true],
    ]);
    await expectLean(request);
  });

  it.each([
    ['cgroup2-systemd-2023', 'cgroup2'],
    ['cgroup1-2020', 'cgroup1'],
    ['openvz-028-2012', 'openvz-028'],
    ['host-plain-2024', 'host'],
  ] as const)('allocates a few numbers a row, on a recorded %s', async (host, platform) => {
    await expectLean(recorded(host, platform));
  });

  it('makes no call but pread64, a thousand rounds long', async () => {
    const request = liveRequest();
    if (request === null || !isMet(hasProgram('strace'), 'system calls are counted by strace')) return;
    const calls = await tracedCalls({ request, warmRounds: 1_000, rounds: 1_000 });
    expect(calls.get('pread64')).toBe(12_000);
    const forbidden = ['openat', 'open', 'clone', 'clone3', 'mmap', 'brk', 'read', 'statx', 'close'];
    expect(forbidden.map((name) => [name, calls.get(name) ?? 0])).toEqual(forbidden.map((name) => [name, 0]));
    // What the engine's own threads do: a handful of futex and madvise.
    const others = [...calls.values()].reduce((sum, count) => sum + count, 0) - 12_000;
    expect(others).toBeLessThan(50);
  });
});
