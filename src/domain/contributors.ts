// Which folders cost most: the few names that explain a projection.

import type { DirectoryTable } from './census.ts';
import { at } from './subtree-weight.ts';

export interface Contributor {
  readonly row: number;
  readonly weight: number;
  /** Of the whole tree, 0 to 1. */
  readonly share: number;
}

/** A folder that is nearly all one subfolder is named by that subfolder. */
const DESCEND_SHARE = 0.9;

/** The heaviest folders, none inside another, heaviest first; empty for a tree without subfolders. */
export function heaviestFolders(table: DirectoryTable, weights: Float64Array, most: number): Contributor[] {
  const heaviestChild = heaviestChildren(table, weights);
  const total = at(weights, 0);
  const found: Contributor[] = [];
  for (let row = 1; row < table.count; row += 1) {
    if (at(table.parent, row) !== 0) continue;
    const named = descend(row, weights, heaviestChild);
    found.push({ row: named, weight: at(weights, named), share: total > 0 ? at(weights, named) / total : 0 });
  }
  return found.sort((a, b) => b.weight - a.weight).slice(0, most);
}

export interface FolderCount {
  /** At or below the folder, itself among them. */
  readonly entries: number;
  readonly directories: number;
}

/** What lies in each of these folders, none inside another: one forward pass, however many are asked for. */
export function countFolders(table: DirectoryTable, rows: readonly number[]): FolderCount[] {
  const owner = new Uint16Array(table.count);
  for (const [index, row] of rows.entries()) owner[row] = index + 1;
  const counts = rows.map(() => ({ entries: 0, directories: 0 }));
  for (let row = 1; row < table.count; row += 1) {
    const index = owner[row] || (owner[at(table.parent, row)] ?? 0);
    const count = counts[index - 1];
    if (count === undefined) continue;
    owner[row] = index;
    count.directories += 1;
    count.entries += 1 + at(table.leaves, row);
  }
  return counts;
}

function descend(from: number, weights: Float64Array, heaviestChild: Uint32Array): number {
  let row = from;
  for (;;) {
    const child = at(heaviestChild, row);
    if (child === 0 || at(weights, child) < DESCEND_SHARE * at(weights, row)) return row;
    row = child;
  }
}

/** Row 0 is nobody's child, so 0 says: none. */
function heaviestChildren(table: DirectoryTable, weights: Float64Array): Uint32Array {
  const heaviest = new Uint32Array(table.count);
  for (let row = 1; row < table.count; row += 1) {
    const parent = at(table.parent, row);
    const best = at(heaviest, parent);
    if (best === 0 || at(weights, row) > at(weights, best)) heaviest[parent] = row;
  }
  return heaviest;
}
