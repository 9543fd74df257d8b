// What one name of a tree becomes in kernel memory. Knows: the objects each filesystem allocates for a name, and which of
// them a watch or an open file keeps. May not know: how many names there are.

import type { Filesystem, FilesystemKind } from './filesystem.ts';
import type { KernelConstants } from './kernel-constants.ts';
import type { MetadataLayout } from './metadata-pages.ts';
import { externalNameTable } from './name-buckets.ts';

/** Bytes a memory cgroup is charged for one name, the long-name part left to `nameCopies`. */
export interface EntryCost {
  /** dentry and inode, of every layer. */
  readonly touchedBytes: number;
  /** Copies of a long name that touching makes: 2 on overlay (its own dentry and the lower one), 0 on tmpfs. */
  readonly nameCopies: number;
  /** What one watch keeps from reclaim: inode and mark, on overlay the lower dentry and inode too. */
  readonly watchedBytes: number;
  /** Copies of a long name that a watch keeps: the lower dentry's on overlay. */
  readonly watchedNameCopies: number;
  /** What one open file adds to its touched name: the file object and its descriptor slot. */
  readonly openBytes: number;
  /** Whose metadata a listing reads: on overlay the lower filesystem's. */
  readonly metadata: MetadataLayout;
}

/** Since 5.9 every charged slab object carries one obj_cgroup pointer (mm/memcontrol.c, obj_full_size). */
export const charged = (objectBytes: number, constants: KernelConstants): number =>
  objectBytes + constants.pointerBytes;

/** A fuse lookup keeps its FORGET request, kmalloc-32 (fs/fuse/dir.c, fuse_alloc_forget; measured 6.18). */
const FUSE_FORGET_BYTES = 32;
/** Measured share of a growing descriptor table per open file, 6.18: 8 to 16. */
const DESCRIPTOR_SLOT_BYTES = 12;
/** Measured per open file beyond filp, 6.18: overlay opens the lower file too, fuse keeps fuse_file and a release request. */
const OPEN_EXTRA_BYTES: Partial<Record<FilesystemKind, number>> = { overlay: 266, fuse: 400 };

/** Cost of one name on `filesystem`; a fuse server's own lower tree is charged to the server, not here. */
export function entryCost(filesystem: Filesystem, constants: KernelConstants): EntryCost {
  const { kind } = filesystem;
  const open =
    charged(constants.filpBytes, constants) + DESCRIPTOR_SLOT_BYTES + (OPEN_EXTRA_BYTES[kind] ?? 0);
  if (kind !== 'overlay') return { ...plainEntry(kind, constants), openBytes: open };
  // Upper and lower are hidden by statfs; ext4 is what most image stores lie on.
  const lower = plainEntry(filesystem.lower ?? 'ext4', constants);
  const own = plainEntry('overlay', constants);
  return {
    touchedBytes: own.touchedBytes + lower.touchedBytes,
    nameCopies: own.nameCopies + lower.nameCopies,
    watchedBytes: own.watchedBytes + lower.touchedBytes,
    watchedNameCopies: lower.nameCopies,
    openBytes: open,
    metadata: lower.metadata,
  };
}

function plainEntry(kind: FilesystemKind, constants: KernelConstants): Omit<EntryCost, 'openBytes'> {
  const mark = charged(constants.markBytes, constants);
  const metadata = kind === 'ext4' || kind === 'btrfs' ? kind : 'none';
  // A tmpfs name is charged when it is created and stays for as long as it exists: touching and watching find it there.
  if (kind === 'tmpfs')
    return { touchedBytes: 0, nameCopies: 0, watchedBytes: mark, watchedNameCopies: 0, metadata };
  const request = kind === 'fuse' ? charged(FUSE_FORGET_BYTES, constants) : 0;
  const inode = charged(constants.inodeBytes[kind], constants) + request;
  return {
    touchedBytes: charged(constants.dentryBytes, constants) + inode,
    nameCopies: 1,
    // inotify and fanotify inode marks hold the inode alone: dentries and parents are dropped under pressure (measured 6.18).
    watchedBytes: inode + mark,
    watchedNameCopies: 0,
    metadata,
  };
}

/** What a name of each length (index 0 to 255, bytes) is charged beside its dentries once touched. */
export interface NameCharges {
  readonly leaf: Uint16Array;
  readonly directory: Uint16Array;
}

/** For the census to sum per directory; every copy is in it (two on overlay, none on tmpfs). */
export function nameCharges(constants: KernelConstants, filesystem: Filesystem): NameCharges {
  const { nameCopies } = entryCost(filesystem, constants);
  const table = externalNameTable(constants).map((bytes) => bytes * nameCopies);
  return { leaf: table, directory: table };
}
