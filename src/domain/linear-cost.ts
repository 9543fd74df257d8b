// The cost of any subtree as a sum over rows of the directory table, so that contributors and plans need no second census.
// Knows: the two costs as coefficients. May not know: the rows.

import { bodiesRead, type CostInputs, watchedParts } from './cost-model.ts';
import { entryCost } from './entry-cost.ts';
import { PAGES_PER_ENTRY, pageIndexNodeBytes, pageSlabBytes } from './metadata-pages.ts';

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

/** Metadata pages as the mean folder has them: big directories have more blocks, rarely. */
function linearTouched({ filesystem, constants, profile }: Omit<CostInputs, 'census'>): LinearCost {
  const cost = entryCost(filesystem, constants);
  const pages = PAGES_PER_ENTRY[cost.metadata];
  const perPage = pageSlabBytes(cost.metadata, constants);
  const body =
    bodiesRead(filesystem, profile) && profile.scan?.dropsBodies !== true ? pageIndexNodeBytes(constants) : 0;
  return {
    perLeafBytes: cost.touchedBytes + pages.leaf * perPage + body,
    perDirectoryBytes: cost.touchedBytes + pages.directory * perPage,
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
