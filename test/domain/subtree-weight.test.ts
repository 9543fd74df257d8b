import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DirectoryTable } from '../../src/domain/census.ts';
import { DIRECTORIES, ENTRIES, relativePath, weigh } from '../../src/domain/subtree-weight.ts';
import { directoryTable } from '../support/directory-table.ts';

/** How many rows name each row as their parent. */
function children(parents: readonly number[]): Uint32Array {
  const counts = new Uint32Array(parents.length);
  for (const [row, parent] of parents.entries()) if (row > 0) counts[parent] = (counts[parent] ?? 0) + 1;
  return counts;
}

/** Any table: each row hangs below some earlier row. */
const anyTable = fc
  .array(fc.record({ above: fc.nat(1_000_000), leaves: fc.nat(1000), long: fc.nat(5000) }), { minLength: 1 })
  .map((rows): DirectoryTable => {
    const column = (value: (row: (typeof rows)[0], index: number) => number): Uint32Array =>
      Uint32Array.from(rows, value);
    return {
      count: rows.length,
      parent: column(({ above }, row) => (row === 0 ? 0 : above % row)),
      leaves: column(({ leaves }) => leaves),
      subdirectories: children(rows.map(({ above }, row) => (row === 0 ? 0 : above % row))),
      nameBytes: column(() => 0),
      longLeafBytes: column(({ long }) => long),
      longDirectoryBytes: column(() => 1),
      name: (row) => (row === 0 ? '' : `d${row}`),
    };
  });

describe('weighing a table', () => {
  it('gives each row what lies at or below it', () => {
    const table = directoryTable({ a: { x: 3, b: { y: 2 } }, z: 5 });
    expect([...weigh(table, ENTRIES)]).toEqual([13, 7, 3]);
    expect([...weigh(table, DIRECTORIES)]).toEqual([3, 2, 1]);
  });

  it('adds up: the root holds every leaf, every row and every byte, and a parent never less than its child', () => {
    fc.assert(
      fc.property(anyTable, (table) => {
        const sum = (column: Uint32Array): number => column.reduce((total, value) => total + value, 0);
        const leaves = weigh(table, { perLeaf: 1, perDirectory: 0, longNameFactor: 0 });
        const longBytes = weigh(table, { perLeaf: 0, perDirectory: 0, longNameFactor: 1 });
        const entries = weigh(table, ENTRIES);
        expect(leaves[0]).toBe(sum(table.leaves));
        expect(longBytes[0]).toBe(sum(table.longLeafBytes) + sum(table.longDirectoryBytes));
        expect(entries[0]).toBe(sum(table.leaves) + table.count);
        for (let row = 1; row < table.count; row++) {
          expect(entries[table.parent[row] ?? 0]).toBeGreaterThan(entries[row] ?? 0);
        }
      }),
    );
  });

  it('finds the path of a row below the root', () => {
    const table = directoryTable({ a: { b: { c: {} } } });
    expect([0, 1, 2, 3].map((row) => relativePath(table, row))).toEqual(['', 'a', 'a/b', 'a/b/c']);
  });
});
