// What to leave out so that every wall holds: whole folders, few of them, and as little of the tree as will do.
// Knows: needs (what is too much, per wall) and folders with their weights. May not know: daemons or paths.

import type { DirectoryTable } from './census.ts';
import {
  CHEAPEST_STEPS,
  type Choice,
  emptyFrontier,
  type Folder,
  type Frontier,
  foldersIn,
  frontierOf,
  gather,
  join,
  joinAll,
  noSubfolders,
  type Subfolders,
  stepsOf,
} from './plan-choices.ts';
import { at, ENTRIES, type Weight, weigh } from './subtree-weight.ts';

export type { Folder } from './plan-choices.ts';

/** One wall that does not hold: `amount` must go, each folder giving its weight. */
export interface Need {
  readonly amount: number;
  /** One weight per tree, as trees on different filesystems cost differently. */
  readonly weights: readonly Weight[];
}

/** 1 for each row of a tree that the user wants to keep; null: none. */
export type Kept = Uint8Array | null;

/**
 * Folders to leave out, largest first; null when no choice of them is enough and worth it.
 *
 * Of all sets of folders of which none lies inside another, none is a root, none is, holds or lies in a kept one, and which
 * together give every need its amount, it has the least sum of `stepsOf`; a sum above MOST_STEPS is no plan. So one more
 * folder is named only where that spares a tenth of the tree, and the whole of it goes only where nothing else will do.
 * Exact for one need; for several as long as MOST_PER_SUM choices suffice.
 */
export function planFolders(
  tables: readonly DirectoryTable[],
  needs: readonly Need[],
  kept: readonly Kept[] = [],
): Folder[] | null {
  return plan(tables, needs, (table, tree) => foldersAllowed(table, kept[tree] ?? null));
}

/** The same where only whole trees can be chosen. */
export function planTrees(tables: readonly DirectoryTable[], needs: readonly Need[]): number[] | null {
  const chosen = plan(tables, needs, ({ count }) => new Uint8Array(count).fill(1, 0, 1));
  return chosen === null ? null : chosen.map(({ tree }) => tree);
}

type Allow = (table: DirectoryTable, tree: number) => Uint8Array;

function plan(tables: readonly DirectoryTable[], needs: readonly Need[], allow: Allow): Folder[] | null {
  if (needs.length === 0) return [];
  const entries = tables.map((table) => weigh(table, ENTRIES));
  const totalEntries = entries.reduce((sum, column) => sum + at(column, 0), 0);
  const amounts = needs.map(({ amount }) => amount);
  const entriesIn = ({ tree, row }: Folder): number => entries[tree]?.[row] ?? 0;
  const ofTrees = tables.map((table, tree) => {
    const gives = needs.map(({ weights }) => weigh(table, weights[tree] ?? ENTRIES));
    const stepsAt = (row: number): number => stepsOf(entriesIn({ tree, row }), totalEntries);
    const chosen = (row: number): Choice => ({
      steps: stepsAt(row),
      entries: entriesIn({ tree, row }),
      gives: gives.map((column, need) => Math.min(amounts[need] ?? 0, at(column, row))),
      of: { tree, row },
    });
    return choicesIn({ table, allowed: allow(table, tree), amounts, stepsAt, chosen });
  });
  const all = ofTrees.reduce((some, one) => join(some, one, amounts), emptyFrontier(amounts));
  const enough = all.find(({ gives }) => gives.every((given, need) => given >= (amounts[need] ?? 0)));
  if (enough === undefined) return null;
  return foldersIn(enough).sort((a, b) => entriesIn(b) - entriesIn(a));
}

interface TreeScene {
  readonly table: DirectoryTable;
  /** 1: this row may be left out. */
  readonly allowed: Uint8Array;
  readonly amounts: readonly number[];
  stepsAt(row: number): number;
  chosen(row: number): Choice;
}

/** Every choice in one tree that no other beats: from the deepest folder up, what is inside it, or itself. */
function choicesIn({ table, allowed, amounts, stepsAt, chosen }: TreeScene): Frontier {
  const nothing = emptyFrontier(amounts);
  const inside = new Map<number, Subfolders>();
  // Nothing inside such a folder can cost less or give more: in a library of 75 000 that is almost every one.
  const isBeyondDoubt = (row: number): boolean => allowed[row] === 1 && stepsAt(row) === CHEAPEST_STEPS;
  for (let row = table.count - 1; row > 0; row -= 1) {
    const above = at(table.parent, row);
    if (isBeyondDoubt(above)) continue;
    const siblings = inside.get(above) ?? noSubfolders();
    gather(siblings, choicesAt(row));
    inside.set(above, siblings);
  }
  return choicesAt(0);

  function choicesAt(row: number): Frontier {
    const subfolders = inside.get(row);
    inside.delete(row);
    const own = allowed[row] === 1 ? [...nothing, chosen(row)] : nothing;
    return subfolders === undefined ? own : frontierOf([...joinAll(subfolders, amounts), ...own.slice(1)]);
  }
}

/** All but the root, what is kept, and what lies in it or holds it. */
function foldersAllowed({ count, parent }: DirectoryTable, kept: Kept): Uint8Array {
  const allowed = new Uint8Array(count).fill(1);
  allowed[0] = 0;
  if (kept === null) return allowed;
  const inKept = Uint8Array.from(kept);
  for (let row = 1; row < count; row += 1) {
    if (inKept[at(parent, row)] === 1) inKept[row] = 1;
  }
  for (let row = count - 1; row > 0; row -= 1) {
    if (inKept[row] === 1) allowed[row] = 0;
    if (allowed[row] === 0) allowed[at(parent, row)] = 0;
  }
  return allowed;
}
