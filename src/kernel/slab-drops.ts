// Whether anybody made the kernel drop its cached names since: a reading of them taken meanwhile is too low.

import { readKernelFile } from './kernel-file.ts';

/** How often since the machine was started (`echo 2 > drop_caches`); null: the kernel does not count it. */
export function readSlabDrops(): number | null {
  const vmstat = readKernelFile('', '/proc/vmstat');
  const drops = vmstat.ok ? /^drop_slab (\d+)$/m.exec(vmstat.value)?.[1] : undefined;
  return drops === undefined ? null : Number(drops);
}
