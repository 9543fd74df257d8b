// Which cgroups a daemon is charged in, and which of their rows are worth a tick.

import { ancestorsOf, type CgroupPlace, directoryOf } from './cgroup-place.ts';
import type { GapList } from './gap-list.ts';
import type { HeldSensor, SensorRequest } from './sensor.ts';

export interface ChainLink {
  /** Path below the mount point. */
  readonly scope: string;
  readonly directory: string;
  /** false: the daemon's own room. */
  readonly isShared: boolean;
  /** The one the daemon is charged in directly. */
  readonly isNearest: boolean;
}

/** The daemon's room and all above it, nearest first; without a room of its own, ours and all above it. */
export function chainOf(place: CgroupPlace, rooms: SensorRequest['rooms']): readonly ChainLink[] {
  const room = rooms.find(
    ({ directory, kind }) => kind !== 'freezer' && directory.startsWith(`${place.mountPoint}/`),
  );
  const nearest = room === undefined ? place.path : room.directory.slice(place.mountPoint.length);
  return ancestorsOf(nearest).map((scope) => ({
    scope,
    directory: directoryOf(place, scope),
    isShared: room === undefined || scope !== nearest,
    isNearest: scope === nearest,
  }));
}

/** The sensor where it can be read and is the daemon's own or has a wall; else it is closed, and a gap if unreadable. */
export function walled(sensor: HeldSensor | null, gaps: GapList): readonly HeldSensor[] {
  if (sensor === null) return [];
  const isRead = sensor.read();
  if (isRead && (!sensor.isShared || sensor.wall !== Number.POSITIVE_INFINITY)) return [sensor];
  sensor.close();
  const detail = `${sensor.resource} of ${sensor.source} is not as expected`;
  if (!isRead) gaps.add({ source: sensor.scope, reason: 'malformed', detail });
  return [];
}
