// The filesystem's own pages that a listing reads, and what the slab keeps for each. Knows: how ext4 lays out directories
// and inode tables, how large btrfs' items are. May not know: what the tree's names and inodes cost.

import { type Census, entriesOf } from './census.ts';
import type { KernelConstants } from './kernel-constants.ts';

/** Filesystems that keep metadata in the page cache; the others here have buffers of their own, charged to nobody. */
export type MetadataLayout = 'ext4' | 'btrfs' | 'none';

/** Pages of 4 KiB that a listing reads, and that touching every entry reads. */
export interface MetadataPages {
  readonly walked: number;
  readonly touched: number;
}

export const METADATA_PAGE_BYTES = 4096;

export function metadataPages(census: Census, layout: MetadataLayout): MetadataPages {
  if (layout === 'ext4') return ext4Pages(census);
  if (layout === 'none') return { walked: 0, touched: 0 };
  // Items lie in order of inode numbers, directories and files mixed: a listing reads the leaves of both.
  const bytes = entriesOf(census) * BTRFS_ENTRY_BYTES + census.nameBytes * BTRFS_NAME_COPIES;
  const pages = Math.ceil(bytes / METADATA_PAGE_BYTES);
  return { walked: pages, touched: pages };
}

/** Inode item, back reference, directory item and index with their headers, in leaves about 70 % full, less the name. */
const BTRFS_ENTRY_BYTES = 500;
/** The name is stored three times: back reference, item, index. */
const BTRFS_NAME_COPIES = 3;

/** 256-byte inodes (mke2fs default) in 4096-byte blocks. */
const INODES_PER_PAGE = 16;
/** Inode-table pages read with a directory's own inode: up to inode_readahead_blks = 32; 8 to 19 measured on 6.18. */
const READ_AHEAD_PAGES = 16;
/** struct ext4_dir_entry_2: 8 bytes before the name, padded to 4 (1.5 on average). */
const ENTRY_OVERHEAD_BYTES = 9.5;
/** `.`, `..` and the checksum tail. */
const DIRECTORY_OVERHEAD_BYTES = 36;
/** A hashed directory splits full blocks in halves: about three quarters full. */
const HASHED_FILL = 0.75;

/** Directories beyond the census's table (an expected tree, a sample) count one block each. */
function ext4Pages(census: Census): MetadataPages {
  const { table } = census;
  let blocks = Math.max(0, census.directories - table.count);
  for (let row = 0; row < table.count; row += 1) {
    const entries = (table.leaves[row] ?? 0) + (table.subdirectories[row] ?? 0);
    blocks += blocksOf(entries, table.nameBytes[row] ?? 0);
  }
  const inodePages = Math.ceil(entriesOf(census) / INODES_PER_PAGE);
  return {
    walked: blocks + Math.min(inodePages, census.directories * READ_AHEAD_PAGES),
    touched: blocks + inodePages,
  };
}

function blocksOf(entries: number, nameBytes: number): number {
  const listBytes = DIRECTORY_OVERHEAD_BYTES + entries * ENTRY_OVERHEAD_BYTES + nameBytes;
  if (listBytes <= METADATA_PAGE_BYTES) return 1;
  return 1 + Math.ceil(listBytes / (METADATA_PAGE_BYTES * HASHED_FILL));
}

/** Pages per entry where one folder cannot be told from another: a block per directory and the inode's share; mean names. */
export const PAGES_PER_ENTRY: Readonly<Record<MetadataLayout, { leaf: number; directory: number }>> = {
  ext4: { leaf: 1 / INODES_PER_PAGE, directory: 1 + 1 / INODES_PER_PAGE },
  btrfs: {
    leaf: BTRFS_ENTRY_BYTES / METADATA_PAGE_BYTES,
    directory: BTRFS_ENTRY_BYTES / METADATA_PAGE_BYTES,
  },
  none: { leaf: 0, directory: 0 },
};

/** One radix_tree_node (73 pointers: 584 bytes in 6.18's slabinfo) indexes 64 pages of a device or a file. */
const INDEX_NODE_POINTERS = 73;
const PAGES_PER_INDEX_NODE = 64;

/** What a file read beyond its first page costs, once for each 256 KiB of it; a single page needs no index. */
export const pageIndexNodeBytes = ({ pointerBytes }: Pick<KernelConstants, 'pointerBytes'>): number =>
  (INDEX_NODE_POINTERS + 1) * pointerBytes;

/** Slab bytes kept for one metadata page: its share of the page index and, on ext4, its buffer_head. */
export function pageSlabBytes(layout: MetadataLayout, constants: KernelConstants): number {
  return pageIndexNodeBytes(constants) / PAGES_PER_INDEX_NODE + pageHeadBytes(layout, constants);
}

/** The buffer_head of a page that is written, or of metadata; of a filesystem of 4 KiB blocks: smaller ones have more a page. */
export const pageHeadBytes = (
  layout: MetadataLayout,
  { pointerBytes, bufferHeadBytes }: KernelConstants,
): number => (layout === 'ext4' ? bufferHeadBytes + pointerBytes : 0);
