// A directory table from a nested literal: numbers are leaves, objects are folders.
import type { DirectoryTable } from '../../src/domain/census.ts';

export interface Tree {
  readonly [name: string]: number | Tree;
}

export function directoryTable(tree: Tree): DirectoryTable {
  const names = [''];
  const parent = [0];
  const leaves = [0];
  const subdirectories = [0];
  const nameBytes = [0];
  const add = (node: Tree, row: number): void => {
    for (const [name, child] of Object.entries(node)) {
      nameBytes[row] = (nameBytes[row] ?? 0) + name.length;
      if (typeof child === 'number') {
        leaves[row] = (leaves[row] ?? 0) + child;
        continue;
      }
      subdirectories[row] = (subdirectories[row] ?? 0) + 1;
      const childRow = names.push(name) - 1;
      parent[childRow] = row;
      leaves[childRow] = 0;
      subdirectories[childRow] = 0;
      nameBytes[childRow] = 0;
      add(child, childRow);
    }
  };
  add(tree, 0);
  return {
    count: names.length,
    parent: Uint32Array.from(parent),
    leaves: Uint32Array.from(leaves),
    subdirectories: Uint32Array.from(subdirectories),
    nameBytes: Uint32Array.from(nameBytes),
    longLeafBytes: new Uint32Array(names.length),
    longDirectoryBytes: new Uint32Array(names.length),
    name: (row) => names[row] ?? '',
  };
}
