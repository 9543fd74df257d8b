import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DirectoryTable } from '../../src/domain/census.ts';
import { countFolders, heaviestFolders } from '../../src/domain/contributors.ts';
import { type Folder, type Need, planFolders, planTrees } from '../../src/domain/plan.ts';
import { MOST_STEPS, stepsOf } from '../../src/domain/plan-choices.ts';
import { DIRECTORIES, ENTRIES, isInside, relativePath, weigh } from '../../src/domain/subtree-weight.ts';
import { directoryTable, type Tree } from '../support/directory-table.ts';

const books = (count: number): Tree =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`book${index}`, { files: 3 }]));

const STORY = directoryTable({
  Calibre: { Austen: books(30), Dickens: books(300), Eco: books(50) },
  Photos: { summer: { files: 4000 } },
  notes: { files: 12 },
});

const named = (weight = DIRECTORIES, amount = 0): string[] | null =>
  planFolders([STORY], [{ amount, weights: [weight] }])?.map(({ row }) => relativePath(STORY, row)) ?? null;

describe('weighing folders', () => {
  it('the whole tree weighs what its parts weigh, and a folder takes its own directory along', () => {
    const weights = weigh(STORY, DIRECTORIES);
    expect(weights[0]).toBe(STORY.count);
    expect(weigh(STORY, ENTRIES)[0]).toBe(STORY.count + 3 * 380 + 4012);
  });

  it('names the folder that costs, not the one that merely contains it', () => {
    const table = directoryTable({ sync: { data: { Calibre: books(50) }, x: 1 }, other: { y: 1 } });
    const [first] = heaviestFolders(table, weigh(table, DIRECTORIES), 3);
    expect(relativePath(table, first?.row ?? 0)).toBe('sync/data/Calibre');
    expect(first?.share).toBeCloseTo(51 / 55);
  });

  it('counts what lies in the folders it names as weighing the whole tree would', () => {
    const rows = heaviestFolders(STORY, weigh(STORY, ENTRIES), 10).map(({ row }) => row);
    const [entries, directories] = [weigh(STORY, ENTRIES), weigh(STORY, DIRECTORIES)];
    expect(countFolders(STORY, rows)).toEqual(
      rows.map((row) => ({ entries: entries[row], directories: directories[row] })),
    );
  });

  it('a tree without folders has no contributor', () => {
    const flat = directoryTable({ files: 500 });
    expect(heaviestFolders(flat, weigh(flat, ENTRIES), 5)).toEqual([]);
  });
});

describe('the plan', () => {
  it('is one folder, the smallest that is enough', () => {
    expect(named(DIRECTORIES, 40)).toEqual(['Calibre/Eco']);
    expect(named(DIRECTORIES, 200)).toEqual(['Calibre/Dickens']);
    expect(named(ENTRIES, 2000)).toEqual(['Photos/summer']);
  });

  it('leaves out what is heavy in the demand that is short, not what is large', () => {
    expect(named(DIRECTORIES, 2)).not.toContain('Photos');
  });

  it('takes two folders rather than nearly the whole tree', () => {
    const table = directoryTable({ a: { p: books(40), q: books(40), r: books(40) }, b: { z: books(2) } });
    const plan = planFolders([table], [{ amount: 60, weights: [DIRECTORIES] }]);
    expect(plan?.map(({ row }) => relativePath(table, row)).sort()).toEqual(['a/p', 'a/q']);
  });

  it('is empty when nothing is needed and null when nothing would be enough', () => {
    expect(planFolders([STORY], [])).toEqual([]);
    expect(named(DIRECTORIES, 100_000)).toBeNull();
  });

  it('spans several trees', () => {
    const [one, two] = [directoryTable({ a: books(10) }), directoryTable({ b: books(10) })];
    const plan = planFolders([one, two], [{ amount: 22, weights: [DIRECTORIES, DIRECTORIES] }]);
    expect(plan?.map(({ tree }) => tree).sort()).toEqual([0, 1]);
  });

  it('is always enough, never overlaps, and has no folder too many', () => {
    const leaf = fc.record({ files: fc.integer({ min: 0, max: 20 }) });
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.dictionary(fc.stringMatching(/^[a-e]$/), tie('tree'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.integer({ min: 1, max: 30 }), (shape, amount) => {
        const table = directoryTable(shape);
        const weights = weigh(table, ENTRIES);
        const plan = planFolders([table], [{ amount, weights: [ENTRIES] }]);
        if (plan === null) return;
        const given = plan.map(({ row }) => weights[row] ?? 0);
        const sum = given.reduce((total, value) => total + value, 0);
        expect(sum).toBeGreaterThanOrEqual(amount);
        for (const value of given) expect(sum - value).toBeLessThan(amount);
        const paths = plan.map(({ row }) => `${relativePath(table, row)}/`);
        for (const a of paths) expect(paths.filter((b) => b.startsWith(a))).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });
});

const shapes = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.record({ files: fc.integer({ min: 0, max: 40 }) }),
    fc.dictionary(fc.stringMatching(/^[a-d]$/), tie('tree'), { minKeys: 1, maxKeys: 4 }),
  ),
})).tree;

/** Small enough that every choice can be tried. */
const smallTables = fc
  .array(shapes, { minLength: 1, maxLength: 2 })
  .map((trees) => trees.map(directoryTable))
  .filter((tables) => tables.reduce((sum, { count }) => sum + count - 1, 0) <= 11);

const FILES = { perLeaf: 1, perDirectory: 0, longNameFactor: 0 };
const WEIGHTS = [ENTRIES, DIRECTORIES, FILES, { perLeaf: 1, perDirectory: 7, longNameFactor: 0 }];

interface Problem {
  readonly tables: readonly DirectoryTable[];
  readonly needs: readonly Need[];
  readonly kept: readonly Uint8Array[];
}

const problems: fc.Arbitrary<Problem> = fc
  .record({
    tables: smallTables,
    needs: fc.array(
      fc.record({ amount: fc.integer({ min: 1, max: 90 }), weight: fc.constantFrom(...WEIGHTS) }),
      { minLength: 1, maxLength: 3 },
    ),
    kept: fc.array(fc.nat({ max: 9 }), { maxLength: 2 }),
  })
  .map(({ tables, needs, kept }) => ({
    tables,
    needs: needs.map(({ amount, weight }) => ({ amount, weights: tables.map(() => weight) })),
    kept: tables.map(({ count }) =>
      Uint8Array.from({ length: count }, (_, row) => (kept.includes(row + 1) ? 1 : 0)),
    ),
  }));

const overlaps = (tables: readonly DirectoryTable[], a: Folder, b: Folder): boolean => {
  const table = tables[a.tree];
  return (
    a.tree === b.tree &&
    table !== undefined &&
    (isInside(table, a.row, b.row) || isInside(table, b.row, a.row))
  );
};

const given = ({ tables, needs }: Problem, need: number, { tree, row }: Folder): number => {
  const [table, weight] = [tables[tree], needs[need]?.weights[tree]];
  return table === undefined || weight === undefined ? 0 : (weigh(table, weight)[row] ?? 0);
};

const suffices = (problem: Problem, folders: readonly Folder[]): boolean =>
  problem.needs.every(
    ({ amount }, need) => folders.reduce((sum, folder) => sum + given(problem, need, folder), 0) >= amount,
  );

function stepsOfAll({ tables }: Problem, folders: readonly Folder[]): number {
  const entries = tables.map((table) => weigh(table, ENTRIES));
  const total = entries.reduce((sum, column) => sum + (column[0] ?? 0), 0);
  return folders.reduce((sum, { tree, row }) => sum + stepsOf(entries[tree]?.[row] ?? 0, total), 0);
}

/** Every set of folders is tried; null: none is enough. */
function leastSteps(problem: Problem): number | null {
  const { tables, kept } = problem;
  const all = tables.flatMap(({ count }, tree) =>
    Array.from({ length: count - 1 }, (_, index): Folder => ({ tree, row: index + 1 })),
  );
  const isKept = (folder: Folder): boolean =>
    all.some((other) => kept[other.tree]?.[other.row] === 1 && overlaps(tables, folder, other));
  const rootIsKept = (tree: number): boolean => kept[tree]?.[0] === 1;
  const free = all.filter((folder) => !(isKept(folder) || rootIsKept(folder.tree)));
  let least: number | null = null;
  const tryFrom = (from: number, chosen: readonly Folder[]): void => {
    if (suffices(problem, chosen)) {
      const steps = stepsOfAll(problem, chosen);
      if (steps <= MOST_STEPS && (least === null || steps < least)) least = steps;
    }
    for (const [index, folder] of free.slice(from).entries()) {
      if (chosen.some((other) => overlaps(tables, folder, other))) continue;
      tryFrom(from + index + 1, [...chosen, folder]);
    }
  };
  tryFrom(0, []);
  return least;
}

describe('the plan among all plans', () => {
  it('none costs less, for one wall or several, with folders to keep', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const plan = planFolders(problem.tables, problem.needs, problem.kept);
        const least = leastSteps(problem);
        expect(plan === null ? null : stepsOfAll(problem, plan)).toBe(least);
        if (plan !== null) expect(suffices(problem, plan)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('of many subfolders all alike to the planner, it still takes the heaviest', () => {
    const flat = directoryTable(
      Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`b${index}`, { f: index % 30 }])),
    );
    const plan = planFolders([flat], [{ amount: 6 * 30, weights: [ENTRIES] }]);
    expect(plan).toHaveLength(6);
  });

  it.each([
    [70, ['big']],
    [300, ['big/a', 'big/b']],
  ])('names one more folder only where that spares a tenth of the tree (%i of 1000)', (spared, names) => {
    const table = directoryTable({
      big: { a: { f: 400 }, b: { f: 40 }, c: { f: spared } },
      f: 560 - spared,
    });
    const plan = planFolders([table], [{ amount: 430, weights: [FILES] }]);
    expect(plan?.map(({ row }) => relativePath(table, row))).toEqual(names);
  });

  it('of whole trees takes as few and as small as will do', () => {
    const tables = [books(30), books(10), books(12)].map(directoryTable);
    const planned = (amount: number) =>
      planTrees(tables, [{ amount, weights: tables.map(() => DIRECTORIES) }]);
    expect(planned(11)).toEqual([1]);
    expect(planned(12)).toEqual([2]);
    expect(planned(20)).toEqual([2, 1]);
    expect(planned(1000)).toBeNull();
  });
});
