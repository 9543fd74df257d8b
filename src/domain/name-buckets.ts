// Where a name goes that does not fit inside its dentry. Knows: kmalloc's size classes and fs/dcache.c's rule for names.
// May not know: which filesystem the name lies on.

import type { KernelConstants } from './kernel-constants.ts';
import type { Architecture } from './platform.ts';

/** NAME_MAX of every filesystem here, bytes; a histogram and a table of names have one slot more. */
export const LONGEST_NAME_BYTES = 255;

// kmalloc_info[] of mm/slab_common.c has 96 and 192 between the powers of two. What a machine really has depends on its
// smallest DMA alignment: 8 on x86, 64 on ARMv7, 128 on arm64 (measured on 6.1; later arm64 kernels may go lower, so this
// is the dear side). 512 holds the longest name there is: 255 + 25.
const X86_BUCKETS: readonly number[] = [8, 16, 32, 64, 96, 128, 192, 256, 512];
const ARMV7_BUCKETS: readonly number[] = [64, 128, 192, 256, 512];
const ARM64_BUCKETS: readonly number[] = [128, 256, 512];

/** Reclaimable kmalloc classes of a machine, bytes, ascending. */
export function nameBucketsOf(architecture: Architecture): readonly number[] {
  if (architecture === 'aarch64') return ARM64_BUCKETS;
  return architecture === 'armv7l' ? ARMV7_BUCKETS : X86_BUCKETS;
}

type NameConstants = Pick<
  KernelConstants,
  'inlineNameBytes' | 'externalNameHeadBytes' | 'nameBucketBytes' | 'pointerBytes'
>;

/** Bytes charged beside the dentry for one name of `length` bytes (not characters); 0 while it fits inside. */
export function externalNameBytes(length: number, constants: NameConstants): number {
  if (length < constants.inlineNameBytes) return 0;
  const needed = length + constants.externalNameHeadBytes;
  const bucket = constants.nameBucketBytes.find((size) => size >= needed) ?? needed;
  return bucket + constants.pointerBytes;
}

/** The same for every length at once: index = bytes of the name. */
export function externalNameTable(constants: NameConstants): Uint16Array {
  return Uint16Array.from({ length: LONGEST_NAME_BYTES + 1 }, (_, length) =>
    externalNameBytes(length, constants),
  );
}
