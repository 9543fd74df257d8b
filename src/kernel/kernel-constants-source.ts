// The running kernel's object sizes, from the best source that answers: BTF (readable by all), slabinfo (root), the table.
// Knows: the order of sources and how they complete each other. May not know: what is computed from the sizes.

import { tabledConstants, withDearest } from '../domain/constants-table.ts';
import type { FilesystemKind } from '../domain/filesystem.ts';
import { type ConstantsSource, ERROR_PERCENT_OF, type KernelConstants } from '../domain/kernel-constants.ts';
import type { Gap } from '../domain/snapshot.ts';
import { readBtfConstants } from './btf-constants.ts';
import { type ConstantsRequest, readCachedConstants, writeCachedConstants } from './constants-cache.ts';
import { readSlabConstants, type SlabConstants } from './slab-constants.ts';

export interface KernelConstantsReading {
  readonly constants: KernelConstants;
  /** One per better source that did not answer; empty when BTF did. */
  readonly gaps: readonly Gap[];
}

/** Never fails: the table always answers, with its error. About 40 ms the first time, under 1 ms from the cache. */
export function readKernelConstants(request: ConstantsRequest): KernelConstantsReading {
  const cached = readCachedConstants(request);
  if (cached !== null) return { constants: cached, gaps: [] };
  const reading = readSources(request);
  if (reading.constants.source === 'btf') writeCachedConstants(request, reading.constants);
  return reading;
}

function readSources({ sysroot, platform }: ConstantsRequest): KernelConstantsReading {
  const table = tabledConstants(platform.kernelRelease, platform.architecture);
  const btf = readBtfConstants(sysroot, table.pointerBytes);
  const slab = readSlabConstants(sysroot);
  const told: SlabConstants = slab.ok ? slab.value : { core: {}, inodeBytes: {} };
  if (btf.ok) {
    // BTF has no kmalloc classes and misses unloaded or undescribed modules: slabinfo fills those in for root.
    const inodeBytes = { ...told.inodeBytes, ...btf.value.inodeBytes };
    return {
      constants: complete(table, 'btf', { core: { ...told.core, ...btf.value.core }, inodeBytes }),
      gaps: [],
    };
  }
  if (slab.ok) return { constants: complete(table, 'slabinfo', told), gaps: [btf.error] };
  return { constants: table, gaps: [btf.error, slab.error] };
}

interface Told {
  readonly core: Partial<KernelConstants>;
  readonly inodeBytes: SlabConstants['inodeBytes'];
}

/** The table's row with everything that was told laid over it. */
function complete(
  table: KernelConstants,
  source: ConstantsSource,
  { core, inodeBytes }: Told,
): KernelConstants {
  const isTold = (kind: FilesystemKind): boolean => kind in inodeBytes;
  const kinds: readonly FilesystemKind[] = ['ext4', 'xfs', 'btrfs', 'tmpfs', 'overlay', 'fuse'];
  return {
    ...table,
    ...core,
    source,
    errorPercent: ERROR_PERCENT_OF[source],
    inodeBytes: withDearest({ ...table.inodeBytes, ...inodeBytes }),
    tabledInodes: kinds.filter((kind) => !isTold(kind)),
  };
}
