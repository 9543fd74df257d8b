// Object sizes by kernel version and machine, for where the running kernel does not tell its own.
// Knows: measured and published slab sizes. May not know: the running kernel.

import type { FilesystemKind } from './filesystem.ts';
import { type ConstantsSource, ERROR_PERCENT_OF, type KernelConstants } from './kernel-constants.ts';
import { isAtLeast, kernelVersionOf } from './kernel-release.ts';
import { nameBucketsOf } from './name-buckets.ts';
import type { Architecture } from './platform.ts';

interface Row {
  /** First release the row holds for. */
  readonly since: string;
  readonly dentry: number;
  readonly inline: number;
  readonly head: number;
  readonly inode: number;
  readonly ext4: number;
  readonly xfs: number;
  readonly btrfs: number;
  readonly tmpfs: number;
  readonly overlay: number;
  readonly fuse: number;
  readonly filp: number;
}

// Slab object sizes in bytes, x86_64 and arm64 alike (measured the same on Debian 6.1). Measured by booting: 5.10, 6.1,
// 6.12, 6.18. From slabinfo dumps published in bug reports and list mails: 2.6.32 (el6), 3.10 (el7), 4.4, 4.15 and 5.4
// (Ubuntu), 6.6 (Debian). A column nobody published repeats its nearest measured neighbour.
// head: sizeof(struct external_name) + 1; before 3.18 a long name was a bare kmalloc(len + 1).
const ROWS_64: readonly Row[] = [
  sizes('2.6.32', [192, 32, 1, 608], [1000, 960, 1000, 800, 680, 768], 256),
  sizes('3.10', [192, 32, 1, 592], [1024, 960, 1000, 680, 680, 768], 256),
  sizes('4.4', [192, 32, 17, 568], [1040, 960, 1040, 656, 680, 832], 256),
  sizes('4.15', [192, 32, 17, 608], [1080, 1024, 1136, 720, 680, 832], 256),
  sizes('5.4', [192, 32, 17, 608], [1096, 1024, 1168, 720, 688, 832], 256),
  sizes('5.10', [192, 32, 17, 608], [1184, 1024, 1168, 720, 688, 832], 256),
  sizes('6.1', [192, 32, 17, 640], [1192, 1024, 1160, 784, 728, 832], 256),
  sizes('6.6', [192, 32, 17, 640], [1184, 1024, 1160, 784, 728, 832], 256),
  sizes('6.8', [192, 40, 17, 640], [1184, 1024, 1160, 784, 728, 832], 256),
  sizes('6.12', [192, 40, 17, 632], [1168, 1024, 1024, 760, 712, 896], 192),
  sizes('6.18', [192, 40, 25, 624], [1128, 1024, 1016, 752, 704, 896], 192),
];

// Measured on Debian 6.1 (686-pae, armmp); used for every 32-bit kernel, since no other was measured.
const ROW_I686: Row = sizes('6.1', [128, 36, 9, 416], [800, 704, 792, 488, 472, 576], 192);
const ROW_ARMV7: Row = sizes('6.1', [136, 36, 9, 432], [816, 768, 824, 512, 488, 640], 192);

type Names = readonly [dentry: number, inline: number, head: number, inode: number];
type Inodes = readonly [
  ext4: number,
  xfs: number,
  btrfs: number,
  tmpfs: number,
  overlay: number,
  fuse: number,
];

function sizes(since: string, names: Names, inodes: Inodes, filp: number): Row {
  const [dentry, inline, head, inode] = names;
  const [ext4, xfs, btrfs, tmpfs, overlay, fuse] = inodes;
  return { since, dentry, inline, head, inode, ext4, xfs, btrfs, tmpfs, overlay, fuse, filp };
}

/** inotify_inode_mark: 80 in every 64-bit kernel measured; a 32-bit watch is charged 52 with its pointer. */
const MARK_BYTES = { 4: 48, 8: 80 } as const;
/** buffer_head: 104 on 64 bit (slabinfo, 6.18); 32 bit is inferred from its pointers. */
const BUFFER_HEAD_BYTES = { 4: 64, 8: 104 } as const;

/** The kernel whose inodes are the largest of the table: what is assumed when nothing is known. */
const DEAREST_RELEASE = '6.1';

const is32Bit = (architecture: Architecture): boolean => architecture === 'i686' || architecture === 'armv7l';

/** Sizes from the table for a release and machine: source `version-table`, or `default` when either is unknown. */
export function tabledConstants(kernelRelease: string, architecture: Architecture): KernelConstants {
  const isKnown = kernelVersionOf(kernelRelease) !== null && architecture !== 'other';
  const row = rowFor(isKnown ? kernelRelease : DEAREST_RELEASE, architecture);
  const source: ConstantsSource = isKnown && row !== null ? 'version-table' : 'default';
  const used = row ?? rowFor(DEAREST_RELEASE, architecture) ?? ROW_I686;
  return { ...sizesOf(used, architecture), source, errorPercent: ERROR_PERCENT_OF[source], kernelRelease };
}

function rowFor(release: string, architecture: Architecture): Row | null {
  if (architecture === 'i686') return ROW_I686;
  if (architecture === 'armv7l') return ROW_ARMV7;
  return ROWS_64.findLast((row) => isAtLeast(release, row.since)) ?? null;
}

type Sizes = Omit<KernelConstants, 'source' | 'errorPercent' | 'kernelRelease'>;

function sizesOf(row: Row, architecture: Architecture): Sizes {
  const pointerBytes = is32Bit(architecture) ? 4 : 8;
  return {
    architecture,
    pointerBytes,
    dentryBytes: row.dentry,
    inlineNameBytes: row.inline,
    externalNameHeadBytes: row.head,
    nameBucketBytes: nameBucketsOf(architecture),
    inodeBytes: withDearest({
      ext4: row.ext4,
      xfs: row.xfs,
      btrfs: row.btrfs,
      tmpfs: row.tmpfs,
      overlay: row.overlay,
      fuse: row.fuse,
    }),
    tabledInodes: [],
    genericInodeBytes: row.inode,
    markBytes: MARK_BYTES[pointerBytes],
    filpBytes: row.filp,
    bufferHeadBytes: BUFFER_HEAD_BYTES[pointerBytes],
  };
}

type KnownInodes = Readonly<Record<Exclude<FilesystemKind, 'other'>, number>>;

/** Completes the sizes with `other`: a filesystem the model does not know is judged as the dearest disk inode. */
export function withDearest(known: KnownInodes): Readonly<Record<FilesystemKind, number>> {
  return { ...known, other: Math.max(known.ext4, known.xfs, known.btrfs) };
}
