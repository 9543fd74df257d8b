// What the kernel charges a cgroup for itself: slab, stacks, page tables; and how reclaim is asked to take what it can.

import type { Room } from '../actuators/home.ts';
import { writeCgroupFileSlowly } from '../actuators/slow-cgroup-file.ts';
import type { Result } from '../domain/result.ts';
import { success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { parseUnifiedMemoryStat } from '../formats/memory-stat.ts';
import { parseSingleValue } from '../formats/single-value.ts';
import { readKernelFile, readParsed } from '../kernel/kernel-file.ts';

export interface KernelAccount {
  readBytes(): Result<number, Gap>;
  /** The most there was, by the kernel's own count; null: it keeps none, so only readings tell. */
  readPeakBytes(): number | null;
  reclaim(): Promise<void>;
}

export const kernelAccountOf = ({ directory, kind }: Room): KernelAccount =>
  kind === 'unified' ? unifiedAccount(directory) : legacyAccount(directory);

function legacyAccount(directory: string): KernelAccount {
  const read = (name: string): Result<number, Gap> => {
    const value = readParsed('', `${directory}/${name}`, parseSingleValue);
    return value.ok ? success(Number(value.value)) : value;
  };
  return {
    readBytes: () => read('memory.kmem.usage_in_bytes'),
    readPeakBytes: () => {
      const peak = read('memory.kmem.max_usage_in_bytes');
      return peak.ok ? peak.value : null;
    },
    async reclaim() {
      // Reading it brings its counters up to date: the shrinker of page-cache nodes goes by them.
      readKernelFile('', `${directory}/memory.stat`);
      // EBUSY while tasks hold what they hold: it has reclaimed what it could.
      await writeCgroupFileSlowly(`${directory}/memory.force_empty`, '0');
    },
  };
}

function unifiedAccount(directory: string): KernelAccount {
  return {
    readBytes() {
      const stat = readParsed('', `${directory}/memory.stat`, parseUnifiedMemoryStat);
      if (!stat.ok) return stat;
      const { kernelBytes, slabReclaimableBytes, slabUnreclaimableBytes } = stat.value;
      return success(kernelBytes ?? slabReclaimableBytes + slabUnreclaimableBytes);
    },
    readPeakBytes: () => null,
    async reclaim() {
      const held = readParsed('', `${directory}/memory.current`, parseSingleValue);
      // EAGAIN where less than asked could be freed, which is what is asked for here. Since 5.19.
      if (held.ok) await writeCgroupFileSlowly(`${directory}/memory.reclaim`, String(held.value));
    },
  };
}
