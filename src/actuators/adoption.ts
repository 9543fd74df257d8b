// A cgroup around a daemon that runs already: to freeze it with one write, and so that nobody leaves it by forking.
// Knows: how its processes are moved into a child of the cgroup they lie in, and back. May not know: why it is guarded.
//
// Nothing is limited there. What a process has been charged stays charged where it was (v2 moves no charge, v1 has given it up
// in 6.11), so a limit would see only what is added; and outside its own cgroup a unit is no longer its service manager's.

import { basename, dirname } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { type CgroupPlace, directoryOf, readCgroupPlace, readUnifiedPlace } from '../kernel/cgroup-place.ts';
import { readKernelFile } from '../kernel/kernel-file.ts';
import { membersIn } from './brake.ts';
import { removeCgroup, writeCgroupFile } from './cgroup-file.ts';
import type { Home, Room, RoomOutcome } from './home.ts';
import { makeFreezerRoomIn } from './legacy-room.ts';
import type { ProcessTree } from './process-tree.ts';
import { makeHoldRoom } from './unified-room.ts';

/** Who forks while it is moved is met by the next look; a list that goes on changing belongs to a fork bomb. */
const MOST_ROUNDS = 16;

/** Without a room where none may be made or entered; the brake's reason then says why. */
export function adoptTree(tree: ProcessTree, name: string): Home {
  const adopted = roomAround(tree, name);
  if (!adopted.ok) return { rooms: [], brake: { kind: 'none', reason: adopted.error }, isLimited: false };
  const reason = 'what runs already is not moved below a limit';
  return { rooms: [adopted.value], brake: { kind: 'none', reason }, isLimited: false };
}

function roomAround(tree: ProcessTree, name: string): Result<Room, string> {
  const pids = tree.read();
  const place = placeOfAll(pids);
  if (!place.ok) return place;
  const made = makeRoomIn(place.value, name);
  if (!('room' in made)) return failure(made.obstacle);
  const obstacle = moveIn(tree, made.room.directory);
  if (obstacle === null) return success(made.room);
  leaveRoom(made.room);
  return failure(obstacle);
}

/** The freezer's cgroup of all of them, or the unified one; an error where they lie apart, or where it is not shown here. */
function placeOfAll(pids: readonly number[]): Result<CgroupPlace, string> {
  const [first, ...others] = pids.map(placeOf);
  if (first === undefined) return failure('nothing of it is left');
  if (first === null) return failure('no cgroup that could be frozen');
  if (others.some((other) => other?.path !== first.path))
    return failure('its processes lie in several cgroups');
  const listed = readKernelFile('', `${directoryOf(first, first.path)}/cgroup.procs`);
  const isShown = listed.ok && pids.every((pid) => membersIn(listed.value).includes(pid));
  return isShown ? success(first) : failure('its cgroup is not shown here');
}

function placeOf(pid: number): CgroupPlace | null {
  const subject = { kind: 'pid', pid } as const;
  const freezer = readCgroupPlace('', subject, 'freezer');
  const place = freezer.ok ? freezer : readUnifiedPlace('', subject);
  return place.ok ? place.value : null;
}

const makeRoomIn = (place: CgroupPlace, name: string): RoomOutcome =>
  place.version === 1 ? makeFreezerRoomIn(place, name) : makeHoldRoom(place, name);

/** null: all of them are inside; else one clause. */
function moveIn(tree: ProcessTree, directory: string): string | null {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const inside = readKernelFile('', `${directory}/cgroup.procs`);
    const listed = inside.ok ? membersIn(inside.value) : [];
    const outside = tree.read().filter((pid) => !listed.includes(pid));
    if (outside.length === 0) return null;
    const obstacle = moveAll(outside, directory);
    if (obstacle !== null) return obstacle;
  }
  return 'it forks faster than it can be moved';
}

function moveAll(pids: readonly number[], directory: string): string | null {
  for (const pid of pids) {
    const moved = writeCgroupFile(`${directory}/cgroup.procs`, String(pid));
    // It ended meanwhile.
    if (!moved.ok && moved.error.detail !== 'ESRCH')
      return `${directory} may not be entered (${moved.error.detail})`;
  }
  return null;
}

/** Everybody is back where they came from, which is the cgroup above; false: the room could not be emptied and removed. */
export function leaveRoom({ directory }: Pick<Room, 'directory'>): boolean {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const inside = readKernelFile('', `${directory}/cgroup.procs`);
    const pids = inside.ok ? membersIn(inside.value) : [];
    if (pids.length === 0) break;
    if (moveAll(pids, dirname(directory)) !== null) return false;
  }
  return removeCgroup(directory).ok;
}

/** The pid of the guard whose room this process lies in; null: it lies in none. */
export function guardAround(pid: number): number | null {
  const place = placeOf(pid);
  const guard = /^syncguard-(\d+)$/.exec(basename(place?.path ?? ''))?.[1];
  return guard === undefined ? null : Number(guard);
}

/** Ends what a guard that was killed has left around it: thawed it was before. */
export function leaveRoomOf(pid: number): void {
  const place = placeOf(pid);
  if (place !== null) leaveRoom({ directory: directoryOf(place, place.path) });
}
