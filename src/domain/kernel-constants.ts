// The sizes of the kernel objects a tree becomes, and how sure we are of them.

import type { FilesystemKind } from './filesystem.ts';
import type { Architecture } from './platform.ts';

export type ConstantsSource = 'btf' | 'slabinfo' | 'calibration' | 'version-table' | 'default';

/** Error of a projection made with constants of that source, percent (measured: 0.2 to 0.8 when sizes are known). */
export const ERROR_PERCENT_OF: Readonly<Record<ConstantsSource, number>> = {
  btf: 2,
  slabinfo: 2,
  calibration: 6,
  'version-table': 15,
  default: 25,
};

/** Slab object sizes in bytes, before the per-object memcg pointer. */
export interface KernelConstants {
  readonly source: ConstantsSource;
  readonly errorPercent: number;
  readonly kernelRelease: string;
  readonly architecture: Architecture;
  readonly pointerBytes: 4 | 8;
  readonly dentryBytes: number;
  /** DNAME_INLINE_LEN: names of at least this many bytes are allocated outside the dentry. */
  readonly inlineNameBytes: number;
  /** sizeof(struct external_name) + 1, added to a long name before its kmalloc bucket is chosen. */
  readonly externalNameHeadBytes: number;
  /** kmalloc reclaimable buckets, ascending. */
  readonly nameBucketBytes: readonly number[];
  /** The filesystem's inode object; for xfs the inode alone. */
  readonly inodeBytes: Readonly<Record<FilesystemKind, number>>;
  /** Kinds whose inode size is the version table's although `source` is a better one (a module without BTF). */
  readonly tabledInodes: readonly FilesystemKind[];
  /** Generic inode_cache, what beancounters charge whatever the filesystem. */
  readonly genericInodeBytes: number;
  /** inotify_inode_mark. */
  readonly markBytes: number;
  readonly filpBytes: number;
  readonly bufferHeadBytes: number;
}
