// The filesystem a tree lies on: inodes and bytes, as rows.

import { statfsSync, statSync } from 'node:fs';
import { type Resource, type ResourceName, UNSAID } from '../domain/resource.ts';
import type { Gap } from '../domain/snapshot.ts';
import { type Counter, counter } from '../domain/units.ts';
import { gapList } from './gap-list.ts';
import { attempt, isLive, type Sysroot } from './kernel-file.ts';

export interface DiskRows {
  readonly resources: readonly Resource[];
  readonly gaps: readonly Gap[];
}

/** Rows per filesystem, each once, named by the first tree on it. A recorded sysroot has no filesystem to ask: a Gap. */
export function readDisks(sysroot: Sysroot, treePaths: readonly string[]): DiskRows {
  if (!isLive(sysroot))
    return {
      resources: [],
      gaps: treePaths.map((path) => ({
        source: path,
        reason: 'absent',
        detail: 'recorded machine: no disk',
      })),
    };
  const gaps = gapList();
  const seen = new Set<number>();
  const resources: Resource[] = [];
  for (const path of treePaths) {
    const device = gaps.take(attempt(path, () => statSync(path).dev));
    if (device === null || seen.has(device)) continue;
    seen.add(device);
    resources.push(...readDisk(path, gaps.take));
  }
  return { resources, gaps: gaps.all() };
}

type Take = <T>(result: ReturnType<typeof attempt<T>>) => T | null;

function readDisk(path: string, take: Take): Resource[] {
  const stat = take(attempt(path, () => statfsSync(path, { bigint: true })));
  if (stat === null) return [];
  const usedBlocks = stat.blocks - stat.bfree;
  const row = (name: ResourceName, held: bigint, limit: bigint): Resource => ({
    name,
    unit: name === 'disk_space' ? 'bytes' : 'items',
    source: 'statfs',
    scope: path,
    ...UNSAID,
    held: toCounter(held),
    limit: toCounter(limit),
  });
  // As df does: what is reserved for root (bfree - bavail) is no room for a daemon.
  const space = row('disk_space', usedBlocks * stat.bsize, (usedBlocks + stat.bavail) * stat.bsize);
  // f_blocks is 0 where nothing is stored (proc, some FUSE), f_files where inodes are made as needed (btrfs): no wall, no row.
  const inodes = row('disk_inodes', stat.files - stat.ffree, stat.files);
  return [...(stat.blocks === 0n ? [] : [space]), ...(stat.files === 0n ? [] : [inodes])];
}

const toCounter = (value: bigint): Counter => counter(value < 0n ? 0n : value);
