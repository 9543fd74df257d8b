// Held plus demand, row by row: `project` is where a tree meets the walls.

import { firmIn, isSlabOfCgroup, type PinSizes } from './firm.ts';
import { daemonKernelBytes, firmBytes, type Load } from './load.ts';
import { isMemoryWall, memoryMarginBytes, roomMarginBytes } from './policy.ts';
import { BEANCOUNTER_PAGE_BYTES, type Resource, type ResourceName, UNSAID, unitOf } from './resource.ts';
import { roomBytes } from './room.ts';
import type { Snapshot } from './snapshot.ts';
import { addRanges, exactly, type Range, scaleRange, ZERO_RANGE } from './units.ts';
import { derivedDcacheWall, type Wall, wallOf } from './wall.ts';

export interface Projection {
  readonly resource: Resource;
  /** What of held counts, in the row's own unit; what a running instance holds already is not in it. */
  readonly judged: number;
  readonly wall: Wall;
  /** Kept free below the wall besides the percentages (memory rows), in the row's own unit. */
  readonly margin: number;
  readonly demand: Range;
  /** Reclaimable demand beside it, where exceeding the headroom kills for want of a brake (memory cgroups); else null. */
  readonly touched: Range | null;
  readonly projected: Range;
  /** projected.expected / wall; null without a wall. */
  readonly ratio: number | null;
}

export interface ProjectionContext extends PinSizes {
  /** What an instance of the same daemon holds now, by resource, in the row's unit: never projected twice. */
  readonly running: Amounts;
  /** What `--require` adds for any command. */
  readonly required: Amounts;
  /** Walls of a what-if, in place of the kernel's own. */
  readonly walls: Amounts;
  /** By what the daemon would be given a room of its own; null: none can be made here. */
  readonly roomSource: 'cgroup1' | 'cgroup2' | null;
}

/** By resource, in the row's own unit. */
export type Amounts = ReadonlyMap<ResourceName, number>;

export const NO_AMOUNTS: Amounts = new Map();

/**
 * One projection per row of the snapshot that the load asks something of, per row somebody set a wall for, and one for the
 * room that would be the daemon's own.
 */
export function project(snapshot: Snapshot, load: Load, context: ProjectionContext): Projection[] {
  const rows = [...snapshot.resources, ...whatIfRows(snapshot, context.walls)];
  const projections = rows.flatMap((resource) => {
    const demand = demandFor(resource.name, load, context.required);
    if (demand === null) return [];
    const judged = judgedIn(snapshot, resource, context);
    const wall = wallIn({ snapshot, load, context }, resource, judged);
    return [complete({ resource, judged, demand, wall, load })];
  });
  return [...projections, ...roomProjection({ snapshot, load, context })];
}

function judgedIn(snapshot: Snapshot, resource: Resource, context: ProjectionContext): number {
  const firm = firmIn(snapshot, resource, context);
  return Math.max(0, firm - (context.running.get(resource.name) ?? 0));
}

/**
 * What the daemon's own cgroup may hold below the tightest memory wall, bytes; null: there is none; 0 or less: no room below
 * it.
 */
export function ownRoomBytes(snapshot: Snapshot, context: ProjectionContext): number | null {
  const rooms = snapshot.resources.flatMap((row) => {
    const limit = context.walls.get('memory') ?? row.limit;
    if (row.name !== 'memory' || limit === null) return [];
    return [roomBytes(Number(limit), judgedIn(snapshot, row, context))];
  });
  return rooms.length === 0 ? null : Math.min(...rooms);
}

/** Nobody else is in it: all that is projected there is the daemon's. */
function roomProjection({ snapshot, load, context }: WallScene): Projection[] {
  const bytes = ownRoomBytes(snapshot, context);
  const demand = demandFor('memory', load, context.required);
  if (context.roomSource === null || bytes === null || demand === null) return [];
  const resource: Resource = {
    name: 'memory',
    unit: unitOf('memory'),
    source: context.roomSource,
    scope: 'its own room',
    ...UNSAID,
    held: 0,
  };
  return [complete({ resource, judged: 0, demand, wall: { value: Math.max(0, bytes), name: 'room' }, load })];
}

/** A what-if wall for a resource that nothing here counts still gets its row: held is what is known, nothing. */
function whatIfRows(snapshot: Snapshot, walls: Amounts): Resource[] {
  const known = new Set(snapshot.resources.map(({ name }) => name));
  return [...walls.keys()].filter((name) => !known.has(name)).map(whatIfRow);
}

const whatIfRow = (name: ResourceName): Resource => ({
  name,
  unit: unitOf(name),
  source: 'what-if',
  scope: 'what-if',
  ...UNSAID,
  held: 0,
  caveat: 'held is unknown here and taken as 0',
});

function demandFor(name: ResourceName, load: Load, required: Amounts): Range | null {
  const own = demandOf(name, load);
  const extra = required.get(name);
  return extra === undefined ? own : addRanges(own ?? ZERO_RANGE, exactly(extra));
}

interface Drawn {
  readonly resource: Resource;
  readonly judged: number;
  readonly demand: Range;
  readonly wall: Wall;
  readonly load: Load;
}

function complete({ resource, judged, demand, wall, load }: Drawn): Projection {
  const projected = addRanges({ low: judged, expected: judged, high: judged }, demand);
  const isCgroup = resource.source === 'cgroup1' || resource.source === 'cgroup2';
  const hasBrakeRule = resource.name === 'memory' && isCgroup;
  return {
    resource,
    judged,
    wall,
    margin: marginOf(resource, wall, load),
    demand,
    touched: hasBrakeRule ? load.touchedBytes : null,
    projected,
    ratio: wall.value === null ? null : ratioOf(projected.expected, wall.value),
  };
}

/** A wall of 0 with any demand is over it: a large finite ratio, so that it can be printed and sorted. */
const ratioOf = (expected: number, wall: number): number =>
  wall > 0 ? expected / wall : expected > 0 ? 999 : 1;

function marginOf({ name, unit }: Resource, wall: Wall, { touchedBytes }: Load): number {
  if (!isMemoryWall(name) || wall.value === null) return 0;
  if (wall.name === 'room') return roomMarginBytes(wall.value, touchedBytes.expected);
  const unitBytes = unit === 'pages' ? BEANCOUNTER_PAGE_BYTES : 1;
  return memoryMarginBytes(wall.value * unitBytes) / unitBytes;
}

/** What the load asks of a resource, in that resource's own unit; null: nothing it would be judged by. */
export function demandOf(name: ResourceName, load: Load): Range | null {
  const demand = DEMANDS[name];
  return demand === undefined ? null : demand(load);
}

const DEMANDS: { readonly [Name in ResourceName]?: (load: Load) => Range } = {
  memory: firmBytes,
  dcachesize: (load) => load.pinnedBytes,
  kmemsize: (load) => addRanges(load.pinnedBytes, daemonKernelBytes(load)),
  physpages: (load) => scaleRange(firmBytes(load), 1 / BEANCOUNTER_PAGE_BYTES),
  privvmpages: (load) => scaleRange(load.anonymousBytes, 1 / BEANCOUNTER_PAGE_BYTES),
  numproc: (load) => load.tasks,
  pids: (load) => load.tasks,
  numfile: (load) => load.openFiles,
  inotify_watches: (load) => load.watches,
  inotify_instances: (load) => load.watchInstances,
  disk_space: (load) => load.indexBytes,
  // An index is a handful of files; what fills the inode table is the tree that is still to be downloaded, unknown here.
  disk_inodes: () => ZERO_RANGE,
};

interface WallScene {
  readonly snapshot: Snapshot;
  readonly load: Load;
  readonly context: ProjectionContext;
}

function wallIn(scene: WallScene, resource: Resource, judged: number): Wall {
  const whatIf = scene.context.walls.get(resource.name);
  if (whatIf !== undefined) return { value: whatIf, name: 'what-if' };
  const own = wallOf(resource, scene.snapshot.platform.id);
  return isSlabOfCgroup(resource) && own.value === null ? derivedWall(scene, judged) : own;
}

/** The tightest of the memory limits above, so that a projected dcachesize has a wall on every platform. */
function derivedWall({ snapshot, load, context }: WallScene, dcacheJudged: number): Wall {
  const elseDemand = addRanges(load.anonymousBytes, daemonKernelBytes(load)).expected;
  const walls = snapshot.resources
    .filter((row) => row.name === 'memory' && row.limit !== null)
    .map((row) => {
      const firmElse = Math.max(0, judgedIn(snapshot, row, context) - dcacheJudged);
      return derivedDcacheWall(Number(row.limit), firmElse + elseDemand);
    });
  return { value: walls.length === 0 ? null : Math.min(...walls), name: 'derived' };
}
