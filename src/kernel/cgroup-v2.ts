// The unified hierarchy's memory and pids walls.
// Knows: the files of Documentation/admin-guide/cgroup-v2.rst and what reclaim can give back. May not know: any tree or policy.

import { type Resource, UNSAID } from '../domain/resource.ts';
import type { Gap } from '../domain/snapshot.ts';
import type { Counter } from '../domain/units.ts';
import { parseMemoryEvents, parsePidsEvents } from '../formats/memory-events.ts';
import { parseUnifiedMemoryStat } from '../formats/memory-stat.ts';
import { parseLimitValue, parseSingleValue } from '../formats/single-value.ts';
import { ancestorsOf, type CgroupPlace, directoryOf, hiddenGap } from './cgroup-place.ts';
import { type GapList, gapList } from './gap-list.ts';
import { readParsed, type Sysroot } from './kernel-file.ts';

export interface CgroupRows {
  readonly resources: readonly Resource[];
  readonly gaps: readonly Gap[];
}

/**
 * One memory row per ancestor with a finite memory.max or memory.high, one pids row per finite pids.max, the charged
 * cgroup's rows in any case, and its dentry and inode slab as dcachesize. memory.high stands as barrier: it brakes.
 */
export function readUnifiedRows(sysroot: Sysroot, place: CgroupPlace): CgroupRows {
  const gaps = gapList();
  const memory: Resource[] = [];
  const dcache: Resource[] = [];
  const pids: Resource[] = [];
  for (const path of ancestorsOf(place.path)) {
    const reader: Reader = { sysroot, directory: directoryOf(place, path), scope: path, gaps };
    const memoryRow = readMemoryRow(reader);
    // The nearest cgroup with the controller is the one charged: below it the files are not there.
    const isCharged = memoryRow !== null && memory.length === 0;
    if (isCharged) dcache.push(...readDcacheRow(reader));
    if (memoryRow !== null && (isCharged || memoryRow.limit !== null || memoryRow.barrier !== null))
      memory.push(memoryRow);
    const pidsRow = readPidsRow(reader);
    if (pidsRow !== null && (pids.length === 0 || pidsRow.limit !== null)) pids.push(pidsRow);
  }
  gaps.add(hiddenGap(place));
  return { resources: [...memory, ...dcache, ...pids], gaps: gaps.all() };
}

/** What one cgroup limits or brakes by itself, with its slab beside a memory wall; none of its ancestors' rows. */
export function readOwnUnifiedRows(sysroot: Sysroot, place: CgroupPlace, path: string): CgroupRows {
  const gaps = gapList();
  const reader: Reader = { sysroot, directory: directoryOf(place, path), scope: path, gaps };
  const memory = readMemoryRow(reader);
  const pids = readPidsRow(reader);
  const hasMemoryWall = memory !== null && (memory.limit !== null || memory.barrier !== null);
  return {
    resources: [
      ...(hasMemoryWall ? [memory, ...readDcacheRow(reader)] : []),
      ...(pids !== null && pids.limit !== null ? [pids] : []),
    ],
    gaps: gaps.all(),
  };
}

interface Reader {
  readonly sysroot: Sysroot;
  readonly directory: string;
  readonly scope: string;
  readonly gaps: GapList;
}

/** The machine's root cgroup has no memory.current and no limit: null, and no gap. */
function readMemoryRow({ sysroot, directory, scope, gaps }: Reader): Resource | null {
  const held = gaps.unlessAbsent(readParsed(sysroot, `${directory}/memory.current`, parseSingleValue));
  if (held === null) return null;
  const stat = gaps.take(readParsed(sysroot, `${directory}/memory.stat`, parseUnifiedMemoryStat));
  const events = gaps.take(readParsed(sysroot, `${directory}/memory.events`, parseMemoryEvents));
  const limit = readLimit({ sysroot, directory, scope, gaps }, 'memory.max');
  return {
    name: 'memory',
    unit: 'bytes',
    source: 'cgroup2',
    scope,
    held,
    reclaimable:
      stat === null ? null : Math.min(Number(held), stat.cleanFileBytes + stat.slabReclaimableBytes),
    // memory.peak since 5.19
    maxheld: gaps.unlessAbsent(readParsed(sysroot, `${directory}/memory.peak`, parseSingleValue)),
    barrier: readLimit({ sysroot, directory, scope, gaps }, 'memory.high'),
    limit,
    failcnt: events?.ooms ?? null,
    hits: events?.hits ?? null,
    caveat: null,
  };
}

/** An absent or unreadable limit is a gap, and null in the row: the gap says that the null is not "unlimited". */
const readLimit = ({ sysroot, directory, gaps }: Reader, file: string): Counter | null =>
  gaps.take(readParsed(sysroot, `${directory}/${file}`, parseLimitValue));

function readPidsRow({ sysroot, directory, scope, gaps }: Reader): Resource | null {
  const held = gaps.unlessAbsent(readParsed(sysroot, `${directory}/pids.current`, parseSingleValue));
  if (held === null) return null;
  return {
    name: 'pids',
    unit: 'items',
    source: 'cgroup2',
    scope,
    ...UNSAID,
    held,
    // pids.peak since 6.1
    maxheld: gaps.unlessAbsent(readParsed(sysroot, `${directory}/pids.peak`, parseSingleValue)),
    limit: readLimit({ sysroot, directory, scope, gaps }, 'pids.max'),
    failcnt: gaps.unlessAbsent(readParsed(sysroot, `${directory}/pids.events`, parsePidsEvents)),
  };
}

/** All slab, of which dentries and inodes are the part a tree makes grow; its wall is derived elsewhere. */
function readDcacheRow({ sysroot, directory, scope }: Reader): Resource[] {
  const stat = readParsed(sysroot, `${directory}/memory.stat`, parseUnifiedMemoryStat);
  if (!stat.ok) return [];
  return [
    {
      name: 'dcachesize',
      unit: 'bytes',
      source: 'cgroup2',
      scope,
      ...UNSAID,
      held: stat.value.slabReclaimableBytes + stat.value.slabUnreclaimableBytes,
      reclaimable: stat.value.slabReclaimableBytes,
      caveat: 'all slab of the cgroup; inodes that are watched or open cannot be reclaimed',
    },
  ];
}
