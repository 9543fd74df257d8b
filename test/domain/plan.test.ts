import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countFolders, heaviestFolders } from '../../src/domain/contributors.ts';
import { planFolders } from '../../src/domain/plan.ts';
import { DIRECTORIES, ENTRIES, relativePath, weigh } from '../../src/domain/subtree-weight.ts';
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
