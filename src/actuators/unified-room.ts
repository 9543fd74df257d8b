// v2: a child of our own cgroup with memory.max and memory.high, ourselves moved aside into a second child, because only a
// cgroup without processes may hand controllers to its children (Documentation/admin-guide/cgroup-v2.rst, "No Internal
// Process Constraint").

import { dirname } from 'node:path';
import { type CgroupPlace, directoryOf } from '../kernel/cgroup-place.ts';
import { hasKernelPath, readKernelFile } from '../kernel/kernel-file.ts';
import { applyMemoryHigh, handsMemoryDown, membersIn } from './brake.ts';
import { makeCgroup, removeCgroup, writeCgroupFile } from './cgroup-file.ts';
import type { HomeRequest, RoomOutcome } from './home.ts';
import { sweepAbandoned } from './legacy-room.ts';

/** Where the guard stands meanwhile, beside the daemon's room. */
const guardRoom = (directory: string): string => `${directory}.guard`;

/** Every step that fails undoes the ones before it. */
export function makeUnifiedRoom(place: CgroupPlace, request: HomeRequest): RoomOutcome {
  const parent = directoryOf(place, place.path);
  sweepAbandoned(parent);
  const directory = `${parent}/${request.name}`;
  const standAside = [
    () => makeCgroup(guardRoom(directory)),
    () => moveMembers(parent, guardRoom(directory)),
    () => writeCgroupFile(`${parent}/cgroup.subtree_control`, '+memory'),
  ];
  const steps = [
    ...(handsMemoryDown('', parent) ? [] : standAside),
    () => makeCgroup(directory),
    () => applyMemoryHigh(directory, request.limitBytes),
  ];
  for (const step of steps) {
    const done = step();
    if (done.ok) continue;
    removeCgroup(directory);
    dissolveUnifiedRoom(directory);
    return { obstacle: `${done.error.source} could not be changed (${done.error.detail})` };
  }
  const isLimited = request.limitBytes !== null;
  return { room: { directory, kind: 'unified', brake: isLimited ? 'memory-high' : 'none', isLimited } };
}

/**
 * A cgroup that holds and limits nothing: freezing, killing and listing need no controller, and a cgroup without any may
 * stand beside processes. For the daemon whose memory is limited elsewhere, or not at all.
 */
export function makeHoldRoom(place: CgroupPlace, name: string): RoomOutcome {
  const parent = directoryOf(place, place.path);
  sweepAbandoned(parent);
  const directory = `${parent}/${name}`;
  const made = makeCgroup(directory);
  if (!made.ok) return { obstacle: `${directory} could not be made (${made.error.detail})` };
  // cgroup.freeze since 5.2.
  if (hasKernelPath('', `${directory}/cgroup.freeze`))
    return { room: { directory, kind: 'unified', brake: 'none', isLimited: false } };
  removeCgroup(directory);
  return { obstacle: 'this kernel cannot freeze a cgroup of the unified hierarchy' };
}

/** Takes the controller back, and ourselves; where it was handed down before us, nothing was moved and nothing is undone. */
export function dissolveUnifiedRoom(directory: string): void {
  if (!hasKernelPath('', guardRoom(directory))) return;
  const parent = dirname(directory);
  writeCgroupFile(`${parent}/cgroup.subtree_control`, '-memory');
  moveMembers(guardRoom(directory), parent);
  removeCgroup(guardRoom(directory));
}

function moveMembers(from: string, to: string): ReturnType<typeof writeCgroupFile> {
  const procs = readKernelFile('', `${from}/cgroup.procs`);
  if (!procs.ok) return procs;
  for (const pid of membersIn(procs.value)) {
    const moved = writeCgroupFile(`${to}/cgroup.procs`, String(pid));
    // A process that ended between the list and the move is no trouble.
    if (!moved.ok && moved.error.detail !== 'ESRCH') return moved;
  }
  return { ok: true, value: undefined };
}
