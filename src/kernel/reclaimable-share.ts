// What part of a v1 cgroup's kernel memory reclaim could give back, when nothing says so.

import { parseMeminfo } from '../formats/meminfo.ts';
import { readParsed, type Sysroot } from './kernel-file.ts';

/**
 * The machine's own mix, 0 to 1: reclaimable slab over slab, stacks and page tables of /proc/meminfo. An ESTIMATE: a
 * cgroup that walks trees has more dentries than the machine at large, one that runs threads has fewer. null: unreadable.
 */
export function readReclaimableShare(sysroot: Sysroot): number | null {
  const meminfo = readParsed(sysroot, '/proc/meminfo', parseMeminfo);
  if (!meminfo.ok) return null;
  const { slabReclaimableBytes, slabUnreclaimableBytes, kernelStackBytes, pageTableBytes } = meminfo.value;
  if (slabReclaimableBytes === null || slabUnreclaimableBytes === null) return null;
  const kernelBytes =
    slabReclaimableBytes + slabUnreclaimableBytes + (kernelStackBytes ?? 0) + (pageTableBytes ?? 0);
  return kernelBytes === 0 ? null : slabReclaimableBytes / kernelBytes;
}
