// The cost of any subtree as a sum over rows of the directory table, so that contributors and plans need no second census.
// Knows: the two costs as coefficients. May not know: the rows.

import { type CostInputs, watchedParts } from './cost-model.ts';
import { charged, entryCost } from './entry-cost.ts';
import { INODE_PAGES_PER_ENTRY } from './metadata-pages.ts';

/** Coefficients per entry, in bytes. */
export interface LinearCost {
  /** Per entry that is not a directory. */
  readonly perLeafBytes: number;
  readonly perDirectoryBytes: number;
  /** Multiplies the table's longLeafBytes + longDirectoryBytes. */
  readonly longNameFactor: number;
}

/** Coefficients for a tree; open files belong to no folder and are left out. */
export function linearCost(inputs: Omit<CostInputs, 'census'>, which: 'touched' | 'pinned'): LinearCost {
  return which === 'touched' ? linearTouched(inputs) : linearPinned(inputs);
}

/** One directory block and one inode's share of the inode table per directory: big directories have more blocks, rarely. */
function linearTouched({ filesystem, constants }: Omit<CostInputs, 'census'>): LinearCost {
  const cost = entryCost(filesystem, constants);
  const head = cost.hasMetadataPages ? charged(constants.bufferHeadBytes, constants) : 0;
  return {
    perLeafBytes: cost.touchedBytes + head * INODE_PAGES_PER_ENTRY,
    perDirectoryBytes: cost.touchedBytes + head * (1 + INODE_PAGES_PER_ENTRY),
    longNameFactor: 1,
  };
}

/** Marks pin inodes; of names only an overlay's lower directories, 2 % of what a watch costs there: left out. */
function linearPinned({ filesystem, constants, profile }: Omit<CostInputs, 'census'>): LinearCost {
  const cost = entryCost(filesystem, constants);
  const parts = watchedParts(profile);
  return {
    perLeafBytes: parts === 'entries' ? cost.watchedBytes : 0,
    perDirectoryBytes: parts === 'entries' || parts === 'directories' ? cost.watchedBytes : 0,
    longNameFactor: 0,
  };
}
