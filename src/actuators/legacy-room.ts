// v1: a child of our own memory cgroup with a limit, and a child of our own freezer cgroup to list the daemon's processes.

import { type CgroupPlace, directoryOf, readCgroupPlace } from '../kernel/cgroup-place.ts';
import { hasKernelPath, readKernelDirectory } from '../kernel/kernel-file.ts';
import { applyLegacyLimit } from './brake.ts';
import { makeCgroup, removeCgroup } from './cgroup-file.ts';
import type { HomeRequest, RoomOutcome } from './home.ts';

/** The memory room, limited before anybody is in it. */
export function makeLegacyRoom(place: CgroupPlace, request: HomeRequest): RoomOutcome {
  const parent = directoryOf(place, place.path);
  sweepAbandoned(parent);
  const directory = `${parent}/${request.name}`;
  const made = makeCgroup(directory);
  if (!made.ok) return { obstacle: `${directory} could not be made (${made.error.detail})` };
  const limitBytes = request.legacyLimit === 'none' ? null : request.limitBytes;
  const isWaiting = request.legacyLimit === 'waiting';
  const applied = applyLegacyLimit(directory, limitBytes, isWaiting);
  if (!applied.ok) {
    removeCgroup(directory);
    return { obstacle: `${applied.error.source} could not be written (${applied.error.detail})` };
  }
  const isLimited = limitBytes !== null;
  const brake = isLimited && isWaiting ? 'waiting-cgroup' : 'none';
  return { room: { directory, kind: 'memory', brake, isLimited } };
}

/** The freezer room; without a freezer hierarchy the memory room, or the session, tells who belongs to the daemon. */
export function makeFreezerRoom(name: string): RoomOutcome {
  const place = readCgroupPlace('', { kind: 'self' }, 'freezer');
  return place.ok ? makeFreezerRoomIn(place.value, name) : { obstacle: place.error.detail };
}

/** The same below another's place. */
export function makeFreezerRoomIn(place: CgroupPlace, name: string): RoomOutcome {
  const parent = directoryOf(place, place.path);
  sweepAbandoned(parent);
  const directory = `${parent}/${name}`;
  const made = makeCgroup(directory);
  return made.ok
    ? { room: { directory, kind: 'freezer', brake: 'none', isLimited: false } }
    : { obstacle: made.error.detail };
}

/**
 * A guard that was killed leaves its empty rooms; the kernel refuses to remove one that is not empty. One with our own pid
 * is an earlier guard's: a restarted container counts its pids from 1 again.
 */
export function sweepAbandoned(parent: string): void {
  const names = readKernelDirectory('', parent);
  if (!names.ok) return;
  for (const name of names.value) {
    const guard = /^syncguard-(\d+)(\.guard)?$/.exec(name)?.[1];
    if (guard === undefined) continue;
    const isAbandoned = Number(guard) === process.pid || !hasKernelPath('', `/proc/${guard}`);
    if (isAbandoned) removeCgroup(`${parent}/${name}`);
  }
}
