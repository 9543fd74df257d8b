// The census engines under one law: every test of the walk runs on each.

import { expect } from 'vitest';
import { type CensusRequest, takeCensus } from '../../src/census/index.ts';
import type { Census } from '../../src/domain/census.ts';

export const ENGINES = ['readdir', 'getdents64', 'async-readdir', 'auto'] as const;

/** A census that must succeed. */
export async function census(request: CensusRequest): Promise<Census> {
  const result = await takeCensus(request);
  if (!result.ok) throw new Error(`census failed: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** The table as one line per directory, in an order no engine decides. */
export function linesOf({ table }: Census): string[] {
  const path = (row: number): string => {
    if (row === 0) return '';
    const parent = table.parent[row] ?? 0;
    expect(parent).toBeLessThan(row);
    return `${path(parent)}/${table.name(row)}`;
  };
  const line = (row: number): string =>
    [
      path(row),
      table.leaves[row],
      table.subdirectories[row],
      table.nameBytes[row],
      table.longLeafBytes[row],
      table.longDirectoryBytes[row],
    ].join(' ');
  return Array.from({ length: table.count }, (_, row) => line(row)).sort();
}
