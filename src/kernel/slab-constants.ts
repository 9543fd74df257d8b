// The sizes that /proc/slabinfo tells, to root alone. Knows: which cache is which object. May not know: other sources.

import type { FilesystemKind } from '../domain/filesystem.ts';
import type { KernelConstants } from '../domain/kernel-constants.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { parseSlabinfo, type SlabSizes } from '../formats/slabinfo.ts';
import { readParsed, type Sysroot } from './kernel-file.ts';

const SOURCE = '/proc/slabinfo';

const INODE_CACHES: Readonly<Record<string, Exclude<FilesystemKind, 'other'>>> = {
  ext4_inode_cache: 'ext4',
  xfs_inode: 'xfs',
  btrfs_inode: 'btrfs',
  shmem_inode_cache: 'tmpfs',
  ovl_inode: 'overlay',
  fuse_inode: 'fuse',
};

type CoreSizes = Pick<
  KernelConstants,
  'dentryBytes' | 'genericInodeBytes' | 'markBytes' | 'filpBytes' | 'bufferHeadBytes' | 'nameBucketBytes'
>;

const CORE_CACHES: Readonly<Record<string, Exclude<keyof CoreSizes, 'nameBucketBytes'>>> = {
  dentry: 'dentryBytes',
  dentry_cache: 'dentryBytes',
  inode_cache: 'genericInodeBytes',
  inotify_inode_mark: 'markBytes',
  filp: 'filpBytes',
  buffer_head: 'bufferHeadBytes',
};

/** Longest name and its head, 255 + 25: the largest bucket a name can need. */
const LARGEST_BUCKET_BYTES = 512;

/** What the file tells; a cache merged into another is missing. */
export interface SlabConstants {
  readonly core: Partial<CoreSizes>;
  readonly inodeBytes: Readonly<Partial<Record<Exclude<FilesystemKind, 'other'>, number>>>;
}

/** A Gap when it is absent, denied (mode 0400), malformed, or has no dentry cache. */
export function readSlabConstants(sysroot: Sysroot): Result<SlabConstants, Gap> {
  const sizes = readParsed(sysroot, SOURCE, parseSlabinfo);
  if (!sizes.ok) return sizes;
  const constants = constantsOf(sizes.value);
  if (constants.core.dentryBytes !== undefined) return success(constants);
  return failure({ source: SOURCE, reason: 'malformed', detail: 'it lists no dentry cache' });
}

function constantsOf(sizes: SlabSizes): SlabConstants {
  const core: { -readonly [Key in keyof CoreSizes]?: CoreSizes[Key] } = {};
  const inodeBytes: Partial<Record<Exclude<FilesystemKind, 'other'>, number>> = {};
  for (const [cache, objectBytes] of sizes) {
    const inode = INODE_CACHES[cache];
    if (inode !== undefined) inodeBytes[inode] = objectBytes;
    const key = CORE_CACHES[cache];
    if (key !== undefined) core[key] = objectBytes;
  }
  const buckets = bucketsOf(sizes);
  if (buckets.includes(LARGEST_BUCKET_BYTES)) core.nameBucketBytes = buckets;
  return { core, inodeBytes };
}

/** Names live in the reclaimable kmalloc caches; kernels before 4.20 have none apart from the plain ones. */
function bucketsOf(sizes: SlabSizes): number[] {
  return [...sizes]
    .filter(([cache, bytes]) => cache.startsWith('kmalloc-rcl-') && bytes <= LARGEST_BUCKET_BYTES)
    .map(([, bytes]) => bytes)
    .sort((a, b) => a - b);
}
