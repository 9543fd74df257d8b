// The memory and pids walls of a v1 hierarchy.
// Knows: the files of Documentation/admin-guide/cgroup-v1/memory.rst. May not know: any tree or policy.

import { type Resource, UNSAID } from '../domain/resource.ts';
import { success } from '../domain/result.ts';
import type { Counter } from '../domain/units.ts';
import { parseOomControl, parsePidsEvents } from '../formats/memory-events.ts';
import { parseLegacyMemoryStat } from '../formats/memory-stat.ts';
import { parseLimitValue, parseSingleValue } from '../formats/single-value.ts';
import { ancestorsOf, type CgroupPlace, directoryOf, hiddenGap } from './cgroup-place.ts';
import type { CgroupRows } from './cgroup-v2.ts';
import { type GapList, gapList } from './gap-list.ts';
import { readParsed, type Sysroot } from './kernel-file.ts';
import { readReclaimableShare } from './reclaimable-share.ts';

interface Reader {
  readonly sysroot: Sysroot;
  readonly directory: string;
  readonly scope: string;
  readonly gaps: GapList;
}

/** One memory row per ancestor with a finite limit, the cgroup's own row in any case, and its kernel memory as dcachesize. */
export function readLegacyMemoryRows(sysroot: Sysroot, place: CgroupPlace): CgroupRows {
  const gaps = gapList();
  const share = readReclaimableShare(sysroot);
  const resources: Resource[] = [];
  for (const path of ancestorsOf(place.path)) {
    const reader: Reader = { sysroot, directory: directoryOf(place, path), scope: path, gaps };
    const isOwn = path === place.path;
    if (!isOwn && !coversChildren(reader)) continue;
    const memory = readMemoryRow(reader, share);
    if (memory !== null && (isOwn || memory.limit !== null)) resources.push(memory);
    if (isOwn) resources.push(...readDcacheRow(reader, share));
  }
  gaps.add(hiddenGap(place));
  return { resources, gaps: gaps.all() };
}

/** The memory row and the kernel memory of one cgroup with a limit; none of its ancestors' rows. */
export function readOwnLegacyMemoryRows(sysroot: Sysroot, place: CgroupPlace, path: string): CgroupRows {
  const gaps = gapList();
  const reader: Reader = { sysroot, directory: directoryOf(place, path), scope: path, gaps };
  const share = readReclaimableShare(sysroot);
  const memory = readMemoryRow(reader, share);
  const hasWall = memory !== null && memory.limit !== null;
  return { resources: hasWall ? [memory, ...readDcacheRow(reader, share)] : [], gaps: gaps.all() };
}

/** The pids row of one cgroup with a limit; none of its ancestors' rows. */
export function readOwnLegacyPidsRows(sysroot: Sysroot, place: CgroupPlace, path: string): CgroupRows {
  const gaps = gapList();
  const row = readPidsRow({ sysroot, directory: directoryOf(place, path), scope: path, gaps });
  return { resources: row !== null && row.limit !== null ? [row] : [], gaps: gaps.all() };
}

/** memory.use_hierarchy 0 (the default before 5.11) leaves children uncharged to this cgroup: its limit is not theirs. */
function coversChildren({ sysroot, directory, gaps }: Reader): boolean {
  const path = `${directory}/memory.use_hierarchy`;
  return gaps.unlessAbsent(readParsed(sysroot, path, parseSingleValue)) !== 0;
}

function readMemoryRow(reader: Reader, share: number | null): Resource | null {
  const { sysroot, directory, scope, gaps } = reader;
  const held = gaps.take(readParsed(sysroot, `${directory}/memory.usage_in_bytes`, parseSingleValue));
  if (held === null) return null;
  const kernelHeld = readOptional(reader, 'memory.kmem.usage_in_bytes');
  const oom = gaps.unlessAbsent(readParsed(sysroot, `${directory}/memory.oom_control`, parseOomControl));
  const limit = readParsed(sysroot, `${directory}/memory.limit_in_bytes`, parseLimitValue);
  return {
    name: 'memory',
    unit: 'bytes',
    source: 'cgroup1',
    scope,
    held,
    reclaimable: readReclaimable(reader, Number(held), Number(kernelHeld ?? 0) * (share ?? 0)),
    maxheld: readOptional(reader, 'memory.max_usage_in_bytes'),
    barrier: null,
    limit: gaps.take(limit),
    failcnt: oom?.oomKills ?? null,
    hits: readOptional(reader, 'memory.failcnt'),
    caveat:
      share === null ? null : `reclaimable estimated: ${percent(share)} of kernel memory, as machine-wide`,
  };
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

function readReclaimable(
  { sysroot, directory, gaps }: Reader,
  heldBytes: number,
  slabBytes: number,
): number | null {
  const stat = gaps.take(readParsed(sysroot, `${directory}/memory.stat`, parseLegacyMemoryStat));
  return stat === null ? null : Math.min(heldBytes, stat.cleanFileBytes + Math.floor(slabBytes));
}

const readOptional = ({ sysroot, directory, gaps }: Reader, file: string): Counter | null =>
  gaps.unlessAbsent(readParsed(sysroot, `${directory}/${file}`, parseSingleValue));

/** v1's memory.stat has no slab line: kernel memory as a whole is the nearest count, and an upper bound. */
function readDcacheRow(reader: Reader, share: number | null): Resource[] {
  const held = readOptional(reader, 'memory.kmem.usage_in_bytes');
  if (held === null) return [];
  // Before 4.5 kernel memory was charged only where memory.kmem.limit_in_bytes had been written.
  const isOff = held === 0 ? '; 0: kernel memory is not charged here' : '';
  return [
    {
      name: 'dcachesize',
      unit: 'bytes',
      source: 'cgroup1',
      scope: reader.scope,
      ...UNSAID,
      held,
      reclaimable: share === null ? null : Math.floor(Number(held) * share),
      maxheld: readOptional(reader, 'memory.kmem.max_usage_in_bytes'),
      caveat: `upper bound: all kernel memory of the cgroup${isOff}`,
    },
  ];
}

/** One row per ancestor with a finite pids.max, and the cgroup's own; the machine's root has none. */
export function readLegacyPidsRows(sysroot: Sysroot, place: CgroupPlace): CgroupRows {
  const gaps = gapList();
  const resources: Resource[] = [];
  for (const path of ancestorsOf(place.path)) {
    const reader: Reader = { sysroot, directory: directoryOf(place, path), scope: path, gaps };
    const row = readPidsRow(reader);
    if (row !== null && (path === place.path || row.limit !== null)) resources.push(row);
  }
  gaps.add(hiddenGap(place));
  return { resources, gaps: gaps.all() };
}

function readPidsRow(reader: Reader): Resource | null {
  const { sysroot, directory, scope, gaps } = reader;
  const held = readOptional(reader, 'pids.current');
  if (held === null) return null;
  const events = readParsed(sysroot, `${directory}/pids.events`, parsePidsEvents);
  return {
    name: 'pids',
    unit: 'items',
    source: 'cgroup1',
    scope,
    ...UNSAID,
    held,
    maxheld: readOptional(reader, 'pids.peak'),
    limit: gaps.take(readParsed(sysroot, `${directory}/pids.max`, parseLimitValue)),
    failcnt: gaps.unlessAbsent(events.ok ? success(events.value) : events),
  };
}
