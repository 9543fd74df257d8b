// A cgroup of the daemon's own, where one may be made: its limit and brake, and the list of its processes.
// Knows: where this process lies in each hierarchy, and how to make and remove a child there.
// May not know: the verdict, the daemon, how it is started.

import { readCgroupPlace, readUnifiedPlace } from '../kernel/cgroup-place.ts';
import { readKernelFile } from '../kernel/kernel-file.ts';
import { membersIn, readBrakeCapability } from './brake.ts';
import { removeCgroup } from './cgroup-file.ts';
import type { Home, HomeRequest, Room, RoomOutcome } from './home.ts';
import { makeFreezerRoom, makeLegacyRoom } from './legacy-room.ts';
import { dissolveUnifiedRoom, makeHoldRoom, makeUnifiedRoom } from './unified-room.ts';

/** Makes what can be made; no rooms and a brake `none` with its reason where nothing can. */
export function makeHome(request: HomeRequest): Home {
  const memory = makeMemoryRoom(request);
  const holding = 'room' in memory && memory.room.kind === 'unified' ? null : makeHoldingRoom(request.name);
  const rooms = [memory, holding].flatMap((outcome) =>
    outcome !== null && 'room' in outcome ? [outcome.room] : [],
  );
  if (!('room' in memory))
    return { rooms, brake: { kind: 'none', reason: memory.obstacle }, isLimited: false };
  const { directory, brake, isLimited } = memory.room;
  return { rooms, brake: { kind: brake, reason: directory }, isLimited };
}

/** The v1 freezer; where that is not to be had, the unified hierarchy, which beside v1 controllers belongs to systemd. */
function makeHoldingRoom(name: string): RoomOutcome {
  const freezer = makeFreezerRoom(name);
  if ('room' in freezer) return freezer;
  const place = readUnifiedPlace('');
  return place.ok ? makeHoldRoom(place.value, name) : freezer;
}

function makeMemoryRoom(request: HomeRequest): RoomOutcome {
  // The kernel would read a negative limit as none.
  if (request.limitBytes !== null && request.limitBytes <= 0)
    return { obstacle: "the container's limit leaves nothing beside what the rest of it needs" };
  const place = readCgroupPlace('', { kind: 'self' }, 'memory');
  if (!place.ok) return { obstacle: `no memory cgroup to make one in (${place.error.detail})` };
  const capability = readBrakeCapability('');
  if (capability.kind === 'none') return { obstacle: capability.reason };
  return place.value.version === 2
    ? makeUnifiedRoom(place.value, request)
    : makeLegacyRoom(place.value, request);
}

/** The files a process enters by writing its pid. */
export const entrancesOf = (home: Home): string[] =>
  home.rooms.map(({ directory }) => `${directory}/cgroup.procs`);

/** Pids of every process in the home; null where there is none that could tell. */
export function readMembers(home: Home): number[] | null {
  const [room] = home.rooms;
  return room === undefined ? null : readRoom(room);
}

/** Rooms that do not list `pid`: it was refused entrance, or has left. */
export const roomsWithout = (home: Home, pid: number): Room[] =>
  home.rooms.filter((room) => !readRoom(room)?.includes(pid));

function readRoom({ directory }: Room): number[] | null {
  const procs = readKernelFile('', `${directory}/cgroup.procs`);
  return procs.ok ? membersIn(procs.value) : null;
}

/** true once nothing of the home is left; false while a process (or a zombie not yet reaped) still lies in it. */
export function removeHome(home: Home): boolean {
  const left = home.rooms.filter(({ directory, kind }) => {
    const removed = removeCgroup(directory);
    const isGone = removed.ok || removed.error.reason === 'absent';
    if (isGone && kind === 'unified') dissolveUnifiedRoom(directory);
    return !isGone;
  });
  return left.length === 0;
}
