import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathOf, rollUp } from '../../src/census/index.ts';
import type { DirectoryTable } from '../../src/domain/census.ts';
import { directoryTable } from '../support/directory-table.ts';

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
      subdirectories: column(() => 0),
      nameBytes: column(() => 0),
      longLeafBytes: column(({ long }) => long),
      longDirectoryBytes: column(() => 1),
      name: (row) => (row === 0 ? '' : `d${row}`),
    };
  });

describe('the roll-up', () => {
  it('gives each row what lies at or below it', () => {
    const table = directoryTable({ a: { x: 3, b: { y: 2 } }, z: 5 });
    const totals = rollUp(table);
    expect(totals).toMatchObject({
      entries: Uint32Array.of(13, 7, 3).map((value, row) => [13, 7, 3][row] ?? value),
      directories: Uint32Array.of(3, 2, 1),
      leaves: Uint32Array.of(10, 5, 2),
    });
  });

  it('adds up: the root holds every leaf, every row and every byte, and a parent never less than its child', () => {
    fc.assert(
      fc.property(anyTable, (table) => {
        const totals = rollUp(table);
        const sum = (column: Uint32Array): number => column.reduce((total, value) => total + value, 0);
        expect(totals.leaves[0]).toBe(sum(table.leaves));
        expect(totals.directories[0]).toBe(table.count);
        expect(totals.entries[0]).toBe(sum(table.leaves) + table.count);
        expect(totals.longBytes[0]).toBe(sum(table.longLeafBytes) + sum(table.longDirectoryBytes));
        for (let row = 1; row < table.count; row++) {
          const parent = table.parent[row] ?? 0;
          expect(totals.entries[parent]).toBeGreaterThan(totals.entries[row] ?? 0);
        }
      }),
    );
  });

  it('finds the path of a row below the root', () => {
    const table = directoryTable({ a: { b: { c: {} } } });
    expect([0, 1, 2, 3].map((row) => pathOf(table, row))).toEqual(['', 'a', 'a/b', 'a/b/c']);
  });
});
