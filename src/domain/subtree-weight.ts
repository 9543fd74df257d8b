// How much of one demand each folder carries: a linear weight over the directory table, rolled up in one backward pass.

import type { DirectoryTable } from './census.ts';

/** Demand per object, in the unit of whatever is weighed. */
export interface Weight {
  readonly perLeaf: number;
  readonly perDirectory: number;
  /** Multiplies the bytes that long names cost outside their dentry. */
  readonly longNameFactor: number;
}

export const addWeights = (a: Weight, b: Weight): Weight => ({
  perLeaf: a.perLeaf + b.perLeaf,
  perDirectory: a.perDirectory + b.perDirectory,
  longNameFactor: a.longNameFactor + b.longNameFactor,
});

export const scaleWeight = (weight: Weight, factor: number): Weight => ({
  perLeaf: weight.perLeaf * factor,
  perDirectory: weight.perDirectory * factor,
  longNameFactor: weight.longNameFactor * factor,
});

/** Entries, that is one for each leaf and each directory. */
export const ENTRIES: Weight = { perLeaf: 1, perDirectory: 1, longNameFactor: 0 };
export const DIRECTORIES: Weight = { perLeaf: 0, perDirectory: 1, longNameFactor: 0 };

/** Weight of every folder with all below it and itself; row 0 is the whole tree. */
export function weigh(table: DirectoryTable, weight: Weight): Float64Array {
  const { count, parent, leaves, subdirectories, longLeafBytes, longDirectoryBytes } = table;
  const { perLeaf, perDirectory, longNameFactor } = weight;
  const weights = new Float64Array(count);
  // No call inside: it runs once for every directory, mostly before V8 has compiled it.
  for (let row = count - 1; row >= 0; row -= 1) {
    const long = (longLeafBytes[row] ?? 0) + (longDirectoryBytes[row] ?? 0);
    const own = (leaves[row] ?? 0) * perLeaf + (subdirectories[row] ?? 0) * perDirectory;
    const total = (weights[row] ?? 0) + own + long * longNameFactor;
    // A directory's own dentry was counted in its parent's row; as a folder to leave out it takes its own along.
    weights[row] = total + perDirectory;
    const above = parent[row] ?? 0;
    if (row > 0) weights[above] = (weights[above] ?? 0) + total;
  }
  return weights;
}

export const at = (column: Uint32Array | Float64Array, row: number): number => column[row] ?? 0;

/** The path of a row below its root, bytes as latin1, '' for the root. */
export function relativePath(table: Pick<DirectoryTable, 'parent' | 'name'>, row: number): string {
  const names: string[] = [];
  for (let above = row; above !== 0; above = at(table.parent, above)) names.push(table.name(above));
  return names.reverse().join('/');
}

export function isInside(table: DirectoryTable, row: number, ancestor: number): boolean {
  for (let above = row; ; above = at(table.parent, above)) {
    if (above === ancestor) return true;
    if (above === 0) return false;
  }
}
