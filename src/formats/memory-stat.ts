// memory.stat of both cgroup generations, reduced to what reclaim may give back.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import { type FlatKeyed, parseFlatKeyed } from './flat-keyed.ts';

/** cgroup v2, bytes. The file counts the cgroup and everything below it. */
export interface UnifiedMemoryStat {
  readonly anonBytes: number;
  readonly fileBytes: number;
  readonly shmemBytes: number;
  readonly unevictableBytes: number;
  readonly slabReclaimableBytes: number;
  readonly slabUnreclaimableBytes: number;
  /** All kernel memory; null before 5.18, whose memory.stat had no `kernel` line. */
  readonly kernelBytes: number | null;
  /** File pages on the LRU lists that are neither dirty nor under writeback; shared memory is not on these lists. */
  readonly cleanFileBytes: number;
}

/** cgroup v1, bytes, of the cgroup and everything below it (`total_` lines). It has no slab line. */
export interface LegacyMemoryStat {
  readonly rssBytes: number;
  readonly shmemBytes: number;
  readonly cleanFileBytes: number;
}

const UNIFIED_KEYS = [
  'anon',
  'file',
  'shmem',
  'unevictable',
  'slab_reclaimable',
  'slab_unreclaimable',
  'inactive_file',
  'active_file',
  'file_dirty',
  'file_writeback',
];

/** A file without one of the lines above is Malformed: all are there since 4.6 (mm/memcontrol.c). */
export function parseUnifiedMemoryStat(text: string): Result<UnifiedMemoryStat, Malformed> {
  const stat = parseFlatKeyed(text);
  if (!stat.ok) return stat;
  const missing = UNIFIED_KEYS.find((key) => !stat.value.has(key));
  if (missing !== undefined) return failure({ reason: `no ${missing} line`, line: stat.value.size + 1 });
  const of = (key: string): number => Number(stat.value.get(key) ?? 0);
  return success({
    anonBytes: of('anon'),
    fileBytes: of('file'),
    shmemBytes: of('shmem'),
    unevictableBytes: of('unevictable'),
    slabReclaimableBytes: of('slab_reclaimable'),
    slabUnreclaimableBytes: of('slab_unreclaimable'),
    kernelBytes: stat.value.has('kernel') ? of('kernel') : null,
    cleanFileBytes: clean(of('inactive_file') + of('active_file'), of('file_dirty') + of('file_writeback')),
  });
}

/** A file without its `total_` lines is Malformed: every kernel with a hierarchy prints them. */
export function parseLegacyMemoryStat(text: string): Result<LegacyMemoryStat, Malformed> {
  const stat = parseFlatKeyed(text);
  if (!stat.ok) return stat;
  const missing = ['total_rss', 'total_inactive_file', 'total_active_file'].find(
    (key) => !stat.value.has(key),
  );
  if (missing !== undefined) return failure({ reason: `no ${missing} line`, line: stat.value.size + 1 });
  return success(legacyOf(stat.value));
}

function legacyOf(stat: FlatKeyed): LegacyMemoryStat {
  // total_shmem, total_dirty and total_writeback came one by one: an older kernel cannot tell them apart.
  const of = (key: string): number => Number(stat.get(key) ?? 0);
  return {
    rssBytes: of('total_rss'),
    shmemBytes: of('total_shmem'),
    cleanFileBytes: clean(
      of('total_inactive_file') + of('total_active_file'),
      of('total_dirty') + of('total_writeback'),
    ),
  };
}

/** The counters are per-CPU batched, so the parts may exceed the whole for a moment. */
const clean = (fileBytes: number, dirtyBytes: number): number => Math.max(0, fileBytes - dirtyBytes);
