import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { firmIn } from '../../src/domain/firm.ts';
import type { PlatformId } from '../../src/domain/platform.ts';
import { readKernelFile } from '../../src/kernel/kernel-file.ts';
import type { Sensor, SensorRequest } from '../../src/kernel/sensor.ts';
import { type OpenedSensors, openSensors } from '../../src/kernel/sensors.ts';
import { readSnapshot } from '../../src/kernel/snapshot-source.ts';
import { changedHost, sysrootOf } from './hosts.ts';

const MIB = 1024 * 1024;
const NO_MODEL = { unpinnedTouchedBytes: 0, pinnedBytes: 0, pinUnitBytes: 0 };
const SYSTEMD = 'cgroup2-systemd-2023';
const UNIT = '/sys/fs/cgroup/system.slice/syncthing.service';
const UNIFIED_ROOM = [{ directory: UNIT, kind: 'unified' }] as const;
const LEGACY = 'cgroup1-2020';
const SERVICE = '/sys/fs/cgroup/memory/backup.slice/syncthing.service';
const LEGACY_ROOMS = [
  { directory: '/sys/fs/cgroup/freezer/syncguard-1', kind: 'freezer' },
  { directory: SERVICE, kind: 'memory' },
] as const;
const GONE = null;

function opened(sysroot: string, platform: PlatformId, request: Partial<SensorRequest> = {}): OpenedSensors {
  const sensors = openSensors({ rooms: [], model: NO_MODEL, barriers: {}, ...request, sysroot, platform });
  onTestFinished(() => sensors.close());
  return sensors;
}

const memoryOf = ({ sensors }: OpenedSensors): readonly Sensor[] =>
  sensors.filter(({ resource }) => resource === 'memory');

const textOf = (host: string, path: string): string => {
  const text = readKernelFile(sysrootOf(host), path);
  return text.ok ? text.value : '';
};

/** A flat-keyed file of that host with some of its numbers replaced; null: the line is left out. */
function withLines(host: string, path: string, lines: Readonly<Record<string, number | null>>): string {
  const kept = textOf(host, path)
    .split('\n')
    .filter((line) => line !== '' && lines[line.split(' ')[0] ?? ''] === undefined);
  const added = Object.entries(lines).flatMap(([key, value]) => (value === null ? [] : [`${key} ${value}`]));
  return `${[...kept, ...added].join('\n')}\n`;
}

describe('the sensors of a unified room', () => {
  it('are the daemon’s own before those above it, and the machine’s is none where a cgroup’s is lower', () => {
    const rows = opened(sysrootOf(SYSTEMD), 'cgroup2', { rooms: UNIFIED_ROOM }).sensors;
    expect(rows.map(({ resource, scope, isShared }) => [resource, scope, isShared])).toEqual([
      ['memory', '/system.slice/syncthing.service', false],
      ['pids', '/system.slice/syncthing.service', false],
      ['memory', '/system.slice', true],
      ['pids', '/system.slice', true],
    ]);
  });

  it('stay where the room itself has no limit: what it holds is the daemon’s share of those above', () => {
    const root = changedHost(SYSTEMD, { [`${UNIT}/memory.max`]: 'max\n' });
    const [own, above] = memoryOf(opened(root, 'cgroup2', { rooms: UNIFIED_ROOM }));
    expect([own?.isShared, own?.wall]).toEqual([false, Number.POSITIVE_INFINITY]);
    expect(above?.wall).toBe(2048 * MIB);
  });

  it('take the lower of a cap and the kernel’s wall, and of no wall but the daemon’s', () => {
    const [own, above] = memoryOf(
      opened(sysrootOf(SYSTEMD), 'cgroup2', { rooms: UNIFIED_ROOM, barriers: { memory: 100 * MIB } }),
    );
    expect([own?.wall, above?.wall]).toEqual([100 * MIB, 2048 * MIB]);
    const [loose] = memoryOf(
      opened(sysrootOf(SYSTEMD), 'cgroup2', { rooms: UNIFIED_ROOM, barriers: { memory: 9999 * MIB } }),
    );
    expect(loose?.wall).toBe(512 * MIB);
  });

  it('add what is pinned back, and never more than the kernel calls reclaimable', () => {
    const judgedWith = (pinnedBytes: number): number => {
      const model = { ...NO_MODEL, pinnedBytes };
      const [own] = memoryOf(opened(sysrootOf(SYSTEMD), 'cgroup2', { rooms: UNIFIED_ROOM, model }));
      return own?.judged ?? Number.NaN;
    };
    expect(judgedWith(MIB) - judgedWith(0)).toBe(MIB);
    expect(judgedWith(9999 * MIB) - judgedWith(0)).toBe(88 * MIB);
  });

  it('count locked pages once, whichever list or kind shows them', () => {
    const judgedOf = (lines: Readonly<Record<string, number>>): number => {
      const stat = withLines(SYSTEMD, `${UNIT}/memory.stat`, lines);
      const root = changedHost(SYSTEMD, { [`${UNIT}/memory.stat`]: stat });
      return memoryOf(opened(root, 'cgroup2', { rooms: UNIFIED_ROOM }))[0]?.judged ?? Number.NaN;
    };
    const anonymous = { anon: 80 * MIB, shmem: 0, active_anon: 0 };
    const unlocked = judgedOf({ ...anonymous, inactive_anon: 80 * MIB, unevictable: 0 });
    // The same anonymous pages, locked.
    expect(judgedOf({ ...anonymous, inactive_anon: 60 * MIB, unevictable: 20 * MIB })).toBe(unlocked);
    // File pages, locked besides.
    expect(judgedOf({ ...anonymous, inactive_anon: 80 * MIB, unevictable: 20 * MIB })).toBe(
      unlocked + 20 * MIB,
    );
  });

  it('of a kernel without a `kernel` line add its parts up', () => {
    const parts = { kernel: null, slab_unreclaimable: 3, kernel_stack: 5, pagetables: 7, percpu: 11 };
    const sum = { kernel: 26 + 88 * MIB };
    const judged = [parts, sum].map((lines) => {
      const stat = withLines(SYSTEMD, `${UNIT}/memory.stat`, lines);
      const root = changedHost(SYSTEMD, { [`${UNIT}/memory.stat`]: stat });
      return memoryOf(opened(root, 'cgroup2', { rooms: UNIFIED_ROOM }))[0]?.judged;
    });
    expect(judged[0]).toBe(judged[1]);
  });

  it('without pressure files have no stall, and without counters no failcnt: a gap, not 0', () => {
    const root = changedHost(SYSTEMD, {
      [`${UNIT}/memory.pressure`]: GONE,
      [`${UNIT}/memory.events`]: GONE,
    });
    const [own] = memoryOf(opened(root, 'cgroup2', { rooms: UNIFIED_ROOM }));
    expect(own).toMatchObject({ stallMicroseconds: -1, failcnt: -1, hits: -1, held: 390 * MIB });
  });

  it('show what the files say now, and are unread while one of them is no such file', () => {
    const root = changedHost(SYSTEMD, {});
    const [own] = memoryOf(opened(root, 'cgroup2', { rooms: UNIFIED_ROOM }));
    writeFileSync(join(root, UNIT, 'memory.current'), '4096\n');
    writeFileSync(join(root, UNIT, 'memory.max'), '8192\n');
    writeFileSync(join(root, UNIT, 'memory.events'), 'low 0\nhigh 5\nmax 6\noom 7\noom_kill 8\n');
    expect(own?.read()).toBe(true);
    expect(own).toMatchObject({ held: 4096, wall: 8192, hits: 11, failcnt: 15 });
    writeFileSync(join(root, UNIT, 'memory.stat'), '');
    expect(own?.read()).toBe(false);
    expect(own).toMatchObject({ held: -1, judged: -1, judgedHigh: -1, wall: -1, hits: -1, failcnt: -1 });
    writeFileSync(join(root, UNIT, 'memory.stat'), textOf(SYSTEMD, `${UNIT}/memory.stat`));
    expect([own?.read(), own?.wall]).toEqual([true, 8192]);
  });

  it('that cannot be judged is a gap, and the walls above it stay', () => {
    const root = changedHost(SYSTEMD, { [`${UNIT}/memory.stat`]: GONE });
    const { sensors, gaps } = opened(root, 'cgroup2', { rooms: UNIFIED_ROOM });
    expect(sensors.filter(({ resource }) => resource === 'memory').map(({ scope }) => scope)).toEqual([
      '/system.slice',
    ]);
    expect(gaps).toContainEqual(expect.objectContaining({ source: `${UNIT}/memory.stat`, reason: 'absent' }));
  });
});

describe('the sensors of a v1 room', () => {
  it('take what is unpinned off the daemon’s own kernel memory alone', () => {
    const [own, above] = memoryOf(
      opened(sysrootOf(LEGACY), 'cgroup1', {
        rooms: LEGACY_ROOMS,
        model: { ...NO_MODEL, unpinnedTouchedBytes: 4317184 - 1000 },
      }),
    );
    expect(own).toMatchObject({ isShared: false, judged: 634880 + 1000, judgedHigh: 634880 + 4317184 });
    // Its parent's kernel memory is read a moment apart and is smaller here: nothing of others is left to count.
    expect(above).toMatchObject({ isShared: true, judged: 634880 + 1000 });
  });

  it('without an own room take the machine’s mix, and add what is pinned', () => {
    const judgedWith = (pinnedBytes: number): number =>
      memoryOf(opened(sysrootOf(LEGACY), 'cgroup1', { model: { ...NO_MODEL, pinnedBytes } }))[0]?.judged ??
      Number.NaN;
    expect(judgedWith(MIB) - judgedWith(0)).toBe(MIB);
    expect(judgedWith(9999 * MIB)).toBe(634880 + 4317184);
  });

  it('leave out a parent that does not count its children', () => {
    const parent = '/sys/fs/cgroup/memory/backup.slice/memory.use_hierarchy';
    const root = changedHost(LEGACY, { [parent]: '0\n' });
    const scopes = memoryOf(opened(root, 'cgroup1', { rooms: LEGACY_ROOMS })).map(({ scope }) => scope);
    expect(scopes).toEqual(['/backup.slice/syncthing.service']);
  });

  it('of a kernel before 4.13 have no count of kills, and one without kernel memory counts none', () => {
    const root = changedHost(LEGACY, {
      [`${SERVICE}/memory.oom_control`]: 'oom_kill_disable 0\nunder_oom 1\n',
      [`${SERVICE}/memory.kmem.usage_in_bytes`]: GONE,
    });
    const [own] = memoryOf(opened(root, 'cgroup1', { rooms: LEGACY_ROOMS }));
    expect(own).toMatchObject({ failcnt: -1, underOom: 1, judged: 634880, judgedHigh: 634880 });
  });
});

describe('the sensors of a beancounter container', () => {
  const TABLE = '/proc/user_beancounters';
  const FULL = 'openvz-042-2012-at-limit';

  it('are of one pass: a row asked again reads anew, and the others follow it', () => {
    const root = changedHost('openvz-028-2012', {});
    const { sensors } = opened(root, 'openvz-028');
    const rowOf = (name: string): Sensor | undefined => sensors.find(({ resource }) => resource === name);
    const changed = textOf('openvz-028-2012', TABLE)
      .replace(/394380( +)398136/, '395000$1398136')
      .replace(/ 41( +)41 /, ' 42$142 ');
    writeFileSync(join(root, TABLE), changed);
    expect(rowOf('numproc')?.read()).toBe(true);
    expect([rowOf('numproc')?.held, rowOf('dcachesize')?.held]).toEqual([42, 394380]);
    writeFileSync(join(root, TABLE), textOf('openvz-028-2012', TABLE));
    expect(rowOf('dcachesize')?.read()).toBe(true);
    expect(rowOf('dcachesize')?.held).toBe(395000);
    for (const sensor of sensors) sensor.read();
    for (const sensor of sensors) sensor.read();
    expect([rowOf('numproc')?.held, rowOf('dcachesize')?.held]).toEqual([41, 394380]);
  });

  it('with a table that is cut are unread, every one', () => {
    const root = changedHost('openvz-028-2012', {});
    const { sensors } = opened(root, 'openvz-028');
    writeFileSync(join(root, TABLE), textOf('openvz-028-2012', TABLE).slice(0, 1000));
    expect(sensors.map((sensor) => sensor.read())).toEqual(sensors.map(() => false));
    expect(sensors.map(({ held, wall }) => [held, wall])).toEqual(sensors.map(() => [-1, -1]));
  });

  it('on 042stab judge what is in use and pinned, below held, which is every cached name', () => {
    const model = { ...NO_MODEL, pinUnitBytes: 911, pinnedBytes: 1_000_000 };
    const [dcache] = opened(sysrootOf(FULL), 'openvz-042', { model }).sensors;
    expect(dcache).toMatchObject({ held: 3459589, judgedHigh: 3459589, maxheld: 3460259, failcnt: 1235 });
    expect(dcache?.judged).toBe(1_000_000 + 8199);
  });

  it('judge kmemsize and physpages as the gate does, where a vswap container limits them', () => {
    const none = '9223372036854775807';
    const limited = textOf(FULL, TABLE)
      .replace(new RegExp(`(kmemsize .*)${none} +${none}`), '$14000000 4000000')
      .replace(new RegExp(`physpages .*${none} +${none}`), 'physpages 5000 6000 0 65536')
      .replace(/oomguarpages +\d+/, 'oomguarpages 700');
    const root = changedHost(FULL, { [TABLE]: limited });
    const snapshot = readSnapshot({ sysroot: root, subject: { kind: 'self' }, treePaths: [] });
    const { sensors } = opened(root, 'openvz-042', { model: { ...NO_MODEL, pinUnitBytes: 911 } });
    const judged = ['kmemsize', 'physpages', 'dcachesize'].map((name) => {
      const row = snapshot.resources.find((resource) => resource.name === name);
      return row === undefined
        ? null
        : firmIn(snapshot, row, { beancounterUnitBytes: 911, watchPinBytes: 0 });
    });
    expect(sensors.map((sensor) => [sensor.resource, sensor.judged])).toEqual([
      ['kmemsize', judged[0]],
      ['physpages', judged[1]],
      ['dcachesize', judged[2]],
    ]);
    for (const sensor of sensors) expect(sensor.judged, sensor.resource).toBeLessThan(sensor.held);
  });

  it('of a row without a kernel’s wall are there for a cap', () => {
    const { sensors } = opened(sysrootOf(FULL), 'openvz-042', { barriers: { numproc: 10 } });
    expect(sensors.map(({ resource, wall }) => [resource, wall])).toEqual([
      ['numproc', 10],
      ['dcachesize', 3460300],
    ]);
  });

  it('whose table is missing are none, and a gap', () => {
    const root = changedHost(FULL, { [TABLE]: GONE });
    expect(opened(root, 'openvz-042')).toMatchObject({
      sensors: [],
      gaps: [{ source: TABLE, reason: 'absent' }],
    });
  });
});

describe('the machine’s memory as a wall', () => {
  it('without MemAvailable is what it was before it had a line', () => {
    const meminfo =
      'MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 10 kB\nCached: 50 kB\nShmem: 20 kB\nSReclaimable: 5 kB\n';
    const root = changedHost('host-plain-2024', { '/proc/meminfo': meminfo });
    const [memory] = opened(root, 'host').sensors;
    expect(memory).toMatchObject({ source: 'meminfo', held: (1000 - 145) * 1024, wall: 1000 * 1024 });
  });

  it('is read where the limits of the cgroups lie above it', () => {
    const meminfo = 'MemTotal: 1024 kB\nMemFree: 512 kB\nMemAvailable: 512 kB\n';
    const root = changedHost(SYSTEMD, { '/proc/meminfo': meminfo });
    const sources = memoryOf(opened(root, 'cgroup2')).map(({ source }) => source);
    expect(sources).toEqual(['cgroup2', 'cgroup2', 'meminfo']);
  });

  it('under lxcfs is read beside lower limits: it alone shows one of the host’s that cannot be seen', () => {
    const unit = '/sys/fs/cgroup/system.slice/dropbox.service';
    const root = changedHost('cgroup2-lxc-proxmox-2024', { [`${unit}/memory.max`]: `${512 * MIB}\n` });
    expect(memoryOf(opened(root, 'cgroup2')).map(({ source, wall }) => [source, wall])).toEqual([
      ['cgroup2', 512 * MIB],
      ['lxcfs', 1024 * MIB],
    ]);
  });

  it('that cannot be read is a gap', () => {
    const root = changedHost('host-plain-2024', { '/proc/meminfo': GONE });
    expect(opened(root, 'host')).toMatchObject({ sensors: [], gaps: [{ source: '/proc/meminfo' }] });
  });
});
