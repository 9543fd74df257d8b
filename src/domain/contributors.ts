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
  const total = at(weights, 0);
  const heaviestChild = heaviestChildren(table, weights);
  const named = heaviestTops(table, weights, most).map((top) => descend(top, weights, heaviestChild));
  return named
    .map((row) => ({ row, weight: at(weights, row), share: total > 0 ? at(weights, row) / total : 0 }))
    .sort((a, b) => b.weight - a.weight);
}

/** Rows directly inside the root, heaviest first: a library may have 75 000 of them, and a few are asked for. */
function heaviestTops(table: DirectoryTable, weights: Float64Array, most: number): number[] {
  const { count, parent } = table;
  const tops: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let row = 1; row < count; row += 1) {
    if (parent[row] !== 0) continue;
    if ((weights[row] ?? 0) <= least) continue;
    insertByWeight(tops, row, weights);
    if (tops.length > most) tops.pop();
    if (tops.length === most) least = at(weights, tops.at(-1) ?? 0);
  }
  return tops;
}

/** Heaviest first; of the same weight behind those that are there. */
function insertByWeight(rows: number[], row: number, weights: Float64Array): void {
  const place = rows.findIndex((other) => at(weights, other) < at(weights, row));
  rows.splice(place < 0 ? rows.length : place, 0, row);
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
  const { parent, leaves } = table;
  for (let row = 1; row < table.count; row += 1) {
    const index = owner[row] || (owner[parent[row] ?? 0] ?? 0);
    // Most rows: asked before the array, whose place -1 is a slow look-up.
    if (index === 0) continue;
    const count = counts[index - 1];
    if (count === undefined) continue;
    owner[row] = index;
    count.directories += 1;
    count.entries += 1 + at(leaves, row);
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
  const { count, parent } = table;
  const heaviest = new Uint32Array(count);
  for (let row = 1; row < count; row += 1) {
    const above = parent[row] ?? 0;
    const best = heaviest[above] ?? 0;
    if (best === 0 || (weights[row] ?? 0) > (weights[best] ?? 0)) heaviest[above] = row;
  }
  return heaviest;
}
