// The filesystems whose inode size is known, and what each name means to the cost model.

/** What the cost model tells apart. `other`: known to the kernel, not to the model; judged as the dearest disk inode. */
export type FilesystemKind = 'ext4' | 'xfs' | 'btrfs' | 'tmpfs' | 'overlay' | 'fuse' | 'other';

/** statfs f_type (include/uapi/linux/magic.h). ext2, ext3 and ext4 share one. */
const KIND_BY_MAGIC: ReadonlyMap<number, FilesystemKind> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlay'],
  [0x65735546, 'fuse'],
]);

export const kindOfMagic = (magic: number): FilesystemKind => KIND_BY_MAGIC.get(magic >>> 0) ?? 'other';

const KIND_BY_TYPE: ReadonlyMap<string, FilesystemKind> = new Map([
  ['ext2', 'ext4'],
  ['ext3', 'ext4'],
  ['ext4', 'ext4'],
  ['xfs', 'xfs'],
  ['btrfs', 'btrfs'],
  ['tmpfs', 'tmpfs'],
  ['overlay', 'overlay'],
  ['overlayfs', 'overlay'],
]);

/** From a mount's filesystem type (`fuse.sshfs` and `fuseblk` are fuse). */
export function kindOfType(type: string): FilesystemKind {
  if (type === 'fuse' || type === 'fuseblk' || type.startsWith('fuse.')) return 'fuse';
  return KIND_BY_TYPE.get(type) ?? 'other';
}

/** Where a tree lies: the kind that is charged, and for overlay the kind below it. */
export interface Filesystem {
  readonly kind: FilesystemKind;
  /** The kernel's own word, `ext4`, `fuse.sshfs`, `0x6969`. */
  readonly type: string;
  /** overlay only: the kind of the lower (or upper) layer, which pays a dentry and an inode of its own. */
  readonly lower: FilesystemKind | null;
  readonly mountPoint: string;
}
