// /proc/slabinfo 2.1 (mm/slab_common.c). Knows: its columns. May not know: which caches matter.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';

/** Object size in bytes by cache name, with whatever padding and free pointer the allocator added. */
export type SlabSizes = ReadonlyMap<string, number>;

/** Caches that the allocator merged into another of the same size are not in the file. */
export function parseSlabinfo(text: string): Result<SlabSizes, Malformed> {
  const lines = text.split('\n');
  if (!lines[0]?.startsWith('slabinfo - version: 2.')) {
    return failure({ reason: 'no slabinfo 2.x header', line: 1 });
  }
  const sizes = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === '' || line.startsWith('#')) continue;
    // Cache names may hold spaces in old kernels; the numbers before the colon never do.
    const match = /^(\S.*?)\s+\d+\s+\d+\s+(\d+)\s+\d+\s+\d+\s*:/.exec(line);
    if (match === null) return failure({ reason: 'not a slabinfo line', line: index + 1 });
    sizes.set(match[1] ?? '', Number(match[2]));
  }
  return success(sizes);
}
