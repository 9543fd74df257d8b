import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { firmIn } from '../../src/domain/firm.ts';
import type { Resource } from '../../src/domain/resource.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';
import { wallOf } from '../../src/domain/wall.ts';
import { parseFlatKeyed } from '../../src/formats/flat-keyed.ts';
import type { Sensor, SensorRequest } from '../../src/kernel/sensor.ts';
import { type OpenedSensors, openSensors } from '../../src/kernel/sensors.ts';
import { snapshotOf, sysrootOf } from './hosts.ts';

const HOSTS = readdirSync(sysrootOf('')).toSorted();
const NO_MODEL = { unpinnedTouchedBytes: 0, pinnedBytes: 0, pinUnitBytes: 911 };
const SIZES = { beancounterUnitBytes: 911, watchPinBytes: 0 };

function opened(sysroot: string, request: Partial<SensorRequest>): OpenedSensors {
  const base = { platform: 'cgroup2', rooms: [], model: NO_MODEL, barriers: {} } as const;
  const sensors = openSensors({ ...base, sysroot, ...request });
  onTestFinished(() => sensors.close());
  return sensors;
}

const sensorsOf = (host: string, request: Partial<SensorRequest> = {}): readonly Sensor[] =>
  opened(sysrootOf(host), { platform: snapshotOf(host).platform.id, ...request }).sensors;

const keyOf = ({ name, source, scope }: Pick<Resource, 'name' | 'source' | 'scope'>): string =>
  `${name} ${source} ${scope}`;

/** Rows that the gate judges by a wall and that can be read every tick: neither inotify's nor a process's own. */
function walledRows({ resources, platform }: Snapshot): readonly Resource[] {
  const tightest = Math.min(
    ...resources
      .filter((row) => keyOf(row).startsWith('memory cgroup'))
      .map((row) => Number(row.limit ?? Infinity)),
  );
  return resources.filter((row) => {
    if (row.source === 'inotify' || row.source === 'rlimit' || row.source === 'statfs') return false;
    // The machine's own memory is no wall where a cgroup's is lower.
    if (row.source === 'meminfo') return row.name === 'memory' && Number(row.limit) < tightest;
    return wallOf(row, platform.id).value !== null;
  });
}

/** Dirty pages, which the gate counts and reclaim can give back once written, and what memory.stat does not name. */
function notOnTheTick(host: string, row: Resource): number {
  if (row.name !== 'memory' || !row.source.startsWith('cgroup')) return 0;
  const isLegacy = row.source === 'cgroup1';
  const directory = join(sysrootOf(host), 'sys/fs/cgroup', isLegacy ? 'memory' : '', row.scope);
  const stat = parseFlatKeyed(readFileSync(join(directory, 'memory.stat'), 'latin1'));
  const of = (...keys: string[]): number =>
    keys.reduce((sum, key) => sum + Number((stat.ok ? stat.value.get(key) : null) ?? 0), 0);
  if (!isLegacy)
    return of('file_dirty', 'file_writeback') + Number(row.held) - of('anon', 'file', 'kernel', 'sock');
  const kernel = Number(readFileSync(join(directory, 'memory.kmem.usage_in_bytes'), 'latin1'));
  const named = of('total_cache', 'total_rss') + kernel;
  return of('total_dirty', 'total_writeback') + Number(row.held) - named;
}

describe.each(HOSTS)('on %s', (host) => {
  const snapshot = snapshotOf(host);
  const rows = walledRows(snapshot);

  it('the tick reads exactly the walls the gate judges by', () => {
    const keys = sensorsOf(host).map((sensor) => keyOf({ ...sensor, name: sensor.resource }));
    expect(keys.toSorted()).toEqual(rows.map(keyOf).toSorted());
  });

  it('the tick judges what the gate judges, less dirty pages and what the kernel names nowhere', () => {
    const sensors = new Map(
      sensorsOf(host).map((sensor) => [keyOf({ ...sensor, name: sensor.resource }), sensor]),
    );
    for (const row of rows) {
      const sensor = sensors.get(keyOf(row));
      const judged = firmIn(snapshot, row, SIZES) - notOnTheTick(host, row);
      expect(sensor, keyOf(row)).toMatchObject({
        held: Number(row.held),
        judged,
        wall: wallOf(row, snapshot.platform.id).value,
        failcnt: Number(row.failcnt ?? -1),
        hits: Number(row.hits ?? -1),
      });
    }
  });

  it('a row never judges more than its high end, and reads the same twice', () => {
    for (const sensor of sensorsOf(host)) {
      const first = { ...sensor };
      expect(sensor.judged).toBeLessThanOrEqual(sensor.judgedHigh);
      expect(sensor.read()).toBe(true);
      expect({ ...sensor, passNumber: 0 }).toEqual({ ...first, passNumber: 0 });
    }
  });
});
