// What to leave out so that every wall holds: few folders, and of those the smallest that suffice.
// Knows: needs (what is too much, per wall) and folders with their weights. May not know: daemons or paths.

import type { DirectoryTable } from './census.ts';
import { at, ENTRIES, isInside, type Weight, weigh } from './subtree-weight.ts';

/** One wall that does not hold: `amount` must go, each folder giving its weight. */
export interface Need {
  readonly amount: number;
  /** One weight per tree, as trees on different filesystems cost differently. */
  readonly weights: readonly Weight[];
}

export interface Folder {
  readonly tree: number;
  readonly row: number;
}

interface Candidates {
  readonly tables: readonly DirectoryTable[];
  /** [need][tree][row] */
  readonly gives: readonly (readonly Float64Array[])[];
  /** [tree][row] */
  readonly entries: readonly Float64Array[];
  readonly totalEntries: number;
}

/** Leaving out nearly everything is no plan, as long as there is another. */
const WHOLE_TREE_SHARE = 0.9;
/** More names than this nobody types; then one large folder is the better answer. */
const MOST_FOLDERS = 12;

/** Folders to leave out, largest first; null when not even leaving out every folder would do. */
export function planFolders(tables: readonly DirectoryTable[], needs: readonly Need[]): Folder[] | null {
  if (needs.length === 0) return [];
  const entries = tables.map((table) => weigh(table, ENTRIES));
  const candidates: Candidates = {
    tables,
    gives: needs.map(({ weights }) => tables.map((table, tree) => weigh(table, weights[tree] ?? ENTRIES))),
    entries,
    totalEntries: entries.reduce((sum, column) => sum + at(column, 0), 0),
  };
  const amounts = needs.map(({ amount }) => amount);
  const few = fewFolders(candidates, amounts);
  if (few !== null) return few;
  const one = smallestSufficient(candidates, amounts, [], 1);
  return one === null ? everyTopFolder(candidates, amounts) : [one];
}

function fewFolders(candidates: Candidates, amounts: readonly number[]): Folder[] | null {
  const chosen: Folder[] = [];
  let remaining = [...amounts];
  while (chosen.length < MOST_FOLDERS) {
    const last = smallestSufficient(candidates, remaining, chosen, WHOLE_TREE_SHARE);
    if (last !== null) return withoutRedundant(candidates, amounts, [...chosen, last]);
    const largest = mostUseful(candidates, remaining, chosen);
    if (largest === null) return null;
    chosen.push(largest);
    remaining = remaining.map((amount, need) => amount - given(candidates, need, largest));
  }
  return null;
}

const given = ({ gives }: Candidates, need: number, { tree, row }: Folder): number => {
  const column = gives[need]?.[tree];
  return column === undefined ? 0 : at(column, row);
};

const entriesIn = ({ entries }: Candidates, { tree, row }: Folder): number => {
  const column = entries[tree];
  return column === undefined ? 0 : at(column, row);
};

/** Neither inside a chosen folder nor around one. */
function isFree({ tables }: Candidates, { tree, row }: Folder, chosen: readonly Folder[]): boolean {
  const table = tables[tree];
  return (
    table !== undefined &&
    chosen.every(
      (other) => other.tree !== tree || !(isInside(table, row, other.row) || isInside(table, other.row, row)),
    )
  );
}

function* foldersOf({ tables }: Candidates): Generator<Folder> {
  for (const [tree, table] of tables.entries()) {
    for (let row = 1; row < table.count; row += 1) yield { tree, row };
  }
}

function smallestSufficient(
  candidates: Candidates,
  amounts: readonly number[],
  chosen: readonly Folder[],
  mostShare: number,
): Folder | null {
  const mostEntries = mostShare * candidates.totalEntries;
  let best: Folder | null = null;
  let bestEntries = Number.POSITIVE_INFINITY;
  for (const folder of foldersOf(candidates)) {
    const entries = entriesIn(candidates, folder);
    if (entries >= bestEntries || entries > mostEntries) continue;
    const isEnough = amounts.every((amount, need) => given(candidates, need, folder) >= amount);
    if (!isEnough || !isFree(candidates, folder, chosen)) continue;
    best = folder;
    bestEntries = entries;
  }
  return best;
}

/** The folder that gives the largest part of what the hardest need still asks. */
function mostUseful(
  candidates: Candidates,
  remaining: readonly number[],
  chosen: readonly Folder[],
): Folder | null {
  const mostEntries = WHOLE_TREE_SHARE * candidates.totalEntries;
  let best: Folder | null = null;
  let bestPart = 0;
  for (const folder of foldersOf(candidates)) {
    const part = Math.min(
      ...remaining.map((amount, need) => (amount <= 0 ? 1 : given(candidates, need, folder) / amount)),
    );
    if (
      part <= bestPart ||
      entriesIn(candidates, folder) > mostEntries ||
      !isFree(candidates, folder, chosen)
    )
      continue;
    best = folder;
    bestPart = part;
  }
  return best;
}

function suffices(candidates: Candidates, amounts: readonly number[], folders: readonly Folder[]): boolean {
  return amounts.every(
    (amount, need) => folders.reduce((sum, folder) => sum + given(candidates, need, folder), 0) >= amount,
  );
}

/** The last choice may have made an earlier, smaller one unnecessary. */
function withoutRedundant(
  candidates: Candidates,
  amounts: readonly number[],
  chosen: readonly Folder[],
): Folder[] {
  const ascending = [...chosen].sort((a, b) => entriesIn(candidates, a) - entriesIn(candidates, b));
  let kept = ascending;
  for (const folder of ascending) {
    const without = kept.filter((other) => other !== folder);
    if (suffices(candidates, amounts, without)) kept = without;
  }
  return [...kept].reverse();
}

function everyTopFolder(candidates: Candidates, amounts: readonly number[]): Folder[] | null {
  const tops = [...foldersOf(candidates)].filter(
    ({ tree, row }) => candidates.tables[tree] !== undefined && candidates.tables[tree].parent[row] === 0,
  );
  return tops.length > 0 && suffices(candidates, amounts, tops) ? tops : null;
}
