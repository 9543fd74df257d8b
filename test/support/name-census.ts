// A census from names alone, for tests of cost: how many leaves and directories have names of which length.
import type { Census } from '../../src/domain/census.ts';
import { expectedCensus } from '../../src/domain/expected-census.ts';

/** [length in bytes, how many]. */
export type NameCounts = readonly (readonly [length: number, count: number])[];

function histogram(counts: NameCounts): Uint32Array {
  const names = new Uint32Array(256);
  for (const [length, count] of counts) names[length] = (names[length] ?? 0) + count;
  return names;
}

const total = (counts: NameCounts): number => counts.reduce((sum, [, count]) => sum + count, 0);

/** The root is added to the directories, without a name. */
export const censusOfNames = (leaves: NameCounts, directories: NameCounts): Census =>
  expectedCensus({
    files: total(leaves),
    directories: total(directories) + 1,
    leafNames: histogram(leaves),
    directoryNames: histogram(directories),
  });
