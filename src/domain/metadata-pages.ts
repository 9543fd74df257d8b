// The page cache that a listing of ext4 fills beside the slab. Knows: how ext4 lays out directories and inode tables.
// May not know: what a page costs.

import { type Census, entriesOf } from './census.ts';

/** Pages of 4 KiB, one buffer_head each (a filesystem of 4 KiB blocks; smaller blocks have more heads a page). */
export interface MetadataPages {
  readonly directoryBlocks: number;
  /** Inode-table pages that a listing reads, and that touching every entry reads. */
  readonly walkedInodePages: number;
  readonly touchedInodePages: number;
}

export const METADATA_PAGE_BYTES = 4096;
/** 256-byte inodes (mke2fs default) in 4096-byte blocks. */
const INODES_PER_PAGE = 16;
/** Inode-table pages that come with a directory's own inode: read-ahead, measured on 6.18. */
const READ_AHEAD_PAGES = 8;
/** struct ext4_dir_entry_2: 8 bytes before the name, padded to 4 (1.5 on average). */
const ENTRY_OVERHEAD_BYTES = 9.5;
/** `.`, `..` and the checksum tail. */
const DIRECTORY_OVERHEAD_BYTES = 36;
/** A hashed directory splits full blocks in halves: about three quarters full. */
const HASHED_FILL = 0.75;

/** Pages for the tree of a census; directories beyond its table (an expected tree, a sample) count one block each. */
export function metadataPages(census: Census): MetadataPages {
  const { table } = census;
  let directoryBlocks = Math.max(0, census.directories - table.count);
  for (let row = 0; row < table.count; row += 1) {
    const entries = (table.leaves[row] ?? 0) + (table.subdirectories[row] ?? 0);
    directoryBlocks += blocksOf(entries, table.nameBytes[row] ?? 0);
  }
  const touchedInodePages = Math.ceil(entriesOf(census) / INODES_PER_PAGE);
  return {
    directoryBlocks,
    touchedInodePages,
    walkedInodePages: Math.min(touchedInodePages, census.directories * READ_AHEAD_PAGES),
  };
}

function blocksOf(entries: number, nameBytes: number): number {
  const listBytes = DIRECTORY_OVERHEAD_BYTES + entries * ENTRY_OVERHEAD_BYTES + nameBytes;
  if (listBytes <= METADATA_PAGE_BYTES) return 1;
  return 1 + Math.ceil(listBytes / (METADATA_PAGE_BYTES * HASHED_FILL));
}

/** Pages per entry of an average tree, where one directory cannot be told from another: a block each, and its inode's share. */
export const INODE_PAGES_PER_ENTRY: number = 1 / INODES_PER_PAGE;
