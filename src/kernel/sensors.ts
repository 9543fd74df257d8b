// Everything the guard's tick can read here: opened once, read again and again.
// Knows: which walls a platform has. May not know: what is judged or done.

import { isBeancounterPlatform } from '../domain/platform.ts';
import { RESOURCE_NAMES, type ResourceName } from '../domain/resource.ts';
import type { Gap } from '../domain/snapshot.ts';
import { type CgroupPlace, hiddenGap, readCgroupPlace } from './cgroup-place.ts';
import { gapList } from './gap-list.ts';
import { hasLxcfsMeminfo } from './meminfo.ts';
import { capFor, type HeldSensor, type Sensor, type SensorFinds, type SensorRequest } from './sensor.ts';
import { walled } from './sensor-chain.ts';
import { openBeancounters } from './sensors-beancounters.ts';
import { openMachineMemory } from './sensors-host.ts';
import { openPids } from './sensors-pids.ts';
import { openLegacyMemory } from './sensors-v1.ts';
import { openUnifiedMemory } from './sensors-v2.ts';

export interface OpenedSensors {
  /** The daemon's own walls first; to be read in this order, since shared rows take the own ones into account. */
  readonly sensors: readonly Sensor[];
  readonly gaps: readonly Gap[];
  /** Other caps of our own from the next read on; those of rows that are not watched here are returned. */
  setBarriers(barriers: SensorRequest['barriers']): ResourceName[];
  close(): void;
}

/** Opens and reads every wall once; nothing throws, what cannot be opened is in `gaps`. */
export function openSensors(request: SensorRequest): OpenedSensors {
  const { sensors, gaps } = isBeancounterPlatform(request.platform)
    ? openBeancounters(request)
    : openCgroups(request);
  return {
    sensors: sensors.toSorted((one, other) => Number(one.isShared) - Number(other.isShared)),
    gaps,
    setBarriers: (barriers) => capsTaken(sensors, barriers),
    close: () => {
      for (const sensor of sensors) sensor.close();
    },
  };
}

function capsTaken(sensors: readonly HeldSensor[], barriers: SensorRequest['barriers']): ResourceName[] {
  const taken = sensors
    .filter((sensor) => sensor.setCap(barriers[sensor.resource] ?? null))
    .map(({ resource }) => resource);
  return RESOURCE_NAMES.filter((name) => barriers[name] !== undefined && !taken.includes(name));
}

/** The file of a vz7 kernel informs, memory cgroups enforce: only these are read. */
function openCgroups(request: SensorRequest): SensorFinds {
  const gaps = gapList();
  const place = readCgroupPlace(request.sysroot, request.subject ?? { kind: 'self' }, 'memory');
  const parts: SensorFinds[] = [];
  if (place.ok) {
    gaps.add(hiddenGap(place.value));
    parts.push(openMemory(request, place.value));
  } else if (place.error.reason !== 'absent') gaps.add(place.error);
  parts.push(openTasks(request, place.ok ? place.value : null));
  const sensors = parts.flatMap((part) => part.sensors);
  for (const part of parts) for (const gap of part.gaps) gaps.add(gap);
  const memory = sensors.filter(({ resource }) => resource === 'memory');
  return { sensors: [...sensors, ...openMachine(request, memory, gaps)], gaps: gaps.all() };
}

const openMemory = (request: SensorRequest, place: CgroupPlace): SensorFinds =>
  place.version === 2 ? openUnifiedMemory(request, place) : openLegacyMemory(request, place);

function openTasks(request: SensorRequest, memory: CgroupPlace | null): SensorFinds {
  if (memory?.version === 2) return openPids(request, memory);
  const place = readCgroupPlace(request.sysroot, request.subject ?? { kind: 'self' }, 'pids');
  return place.ok ? openPids(request, place.value) : { sensors: [], gaps: [] };
}

/** The machine's memory where nothing tighter binds, and what lxcfs shows of a limit that cannot be seen otherwise. */
function openMachine(
  request: SensorRequest,
  memory: readonly HeldSensor[],
  gaps: ReturnType<typeof gapList>,
): readonly HeldSensor[] {
  const cap = capFor(request, 'memory', memory.length === 0);
  const sensor = gaps.take(openMachineMemory(request.sysroot, cap));
  const kept = walled(sensor, gaps);
  const tightest = Math.min(...memory.map(({ wall }) => (wall < 0 ? Number.POSITIVE_INFINITY : wall)));
  const isNeeded = hasLxcfsMeminfo(request.sysroot) || (sensor !== null && sensor.wall < tightest);
  if (isNeeded) return kept;
  sensor?.close();
  return [];
}
