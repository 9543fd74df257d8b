// The three costs of a tree and the page cache beside them.

import type { Range } from './units.ts';

/** Kernel memory in bytes, as a memory cgroup (or a beancounter) would be charged. */
export interface Costs {
  /** Directories only: what a listing leaves behind. */
  readonly walked: Range;
  /** Every entry stat()ed once: reclaimable on memcg. */
  readonly touched: Range;
  /** Beyond touched, where the files are copied to: what the kernel keeps for a page that is written. Reclaimable. */
  readonly written: Range;
  /** Watches and open files: reclaim cannot give it back while the daemon lives. */
  readonly pinned: Range;
  /** Clean file pages charged beside the slab: directory blocks and inode tables. */
  readonly pageCache: Range;
}
