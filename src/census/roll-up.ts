// From what lies directly in each directory to what lies below it, and from a row back to its path.

import type { DirectoryTable } from '../domain/census.ts';

/** Per row: everything at or below that directory; the directory itself is among its entries and directories. */
export interface SubtreeTotals {
  readonly entries: Uint32Array;
  readonly directories: Uint32Array;
  readonly leaves: Uint32Array;
  /** Bytes of long names of everything strictly below; above 2^32 on very large trees, hence doubles. */
  readonly longBytes: Float64Array;
}

/** One backward pass: a child's row is always above its parent's, so each is complete when it is added. */
export function rollUp(table: DirectoryTable): SubtreeTotals {
  const { count } = table;
  const directories = new Uint32Array(count).fill(1);
  const leaves = table.leaves.slice(0, count);
  const longBytes = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    longBytes[row] = (table.longLeafBytes[row] ?? 0) + (table.longDirectoryBytes[row] ?? 0);
  }
  for (let row = count - 1; row > 0; row--) {
    const parent = table.parent[row] ?? 0;
    directories[parent] = (directories[parent] ?? 0) + (directories[row] ?? 0);
    leaves[parent] = (leaves[parent] ?? 0) + (leaves[row] ?? 0);
    longBytes[parent] = (longBytes[parent] ?? 0) + (longBytes[row] ?? 0);
  }
  const entries = directories.map((value, row) => value + (leaves[row] ?? 0));
  return { entries, directories, leaves, longBytes };
}

/** The path of a row below the root, bytes as latin1, without a leading slash; the root's is ''. */
export function pathOf(table: Pick<DirectoryTable, 'parent' | 'name'>, row: number): string {
  const names: string[] = [];
  for (let at = row; at > 0; at = table.parent[at] ?? 0) names.push(table.name(at));
  return names.reverse().join('/');
}
