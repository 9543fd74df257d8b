// Records and a manifest of a guard that never was, with the fields a test cares for.
import { RESOURCE_NAMES, type ResourceName } from '../../src/domain/resource.ts';
import type { GuardManifest } from '../../src/formats/guard-manifest.ts';
import { emptyRecord, type GuardRecord, KINDS, type RecordKind } from '../../src/formats/guard-record.ts';

export const MANIFEST: GuardManifest = {
  pid: 100,
  startTicks: 1,
  bootId: 'boot',
  daemonPid: 200,
  command: ['dropboxd'],
  profile: 'dropbox',
  rooms: [],
  protection: 'in a cgroup of its own',
  walls: [
    { resource: 'dcachesize', scope: 'container 101', wall: 3_145_728, isShared: true },
    { resource: 'memory', scope: '/syncguard-100', wall: 1000, isShared: false },
  ],
  lease: '90s',
  startedAt: '2026-11-22T12:00:00.000Z',
};

let sequence = 0;

/** One second after the one before it; on MANIFEST's wall of that resource, null: on none. */
export function recordOf(
  kind: RecordKind,
  resource: ResourceName | null,
  rest: Partial<GuardRecord>,
): GuardRecord {
  sequence += 1;
  const wallIndex = MANIFEST.walls.findIndex((wall) => wall.resource === resource);
  const onWall =
    resource === null
      ? {}
      : {
          resource: RESOURCE_NAMES.indexOf(resource),
          wallIndex,
          wall: MANIFEST.walls[wallIndex]?.wall ?? -1,
        };
  return {
    ...emptyRecord(),
    sequence,
    monotonicMs: sequence * 1000,
    wallClockMs: Date.parse(MANIFEST.startedAt) + sequence * 1000,
    kind: KINDS.indexOf(kind),
    ...onWall,
    ...rest,
  };
}
