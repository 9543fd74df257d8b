import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/census/index.ts';
import { census, ENGINES } from '../support/engines.ts';
import { evenTree, plantTree, temporaryDirectory } from '../support/trees.ts';

/** Between two looks the walk may read this much, and finish what is in flight. */
const MOST_DIRECTORIES_BETWEEN = 256 + 32;
const FLAT_ENTRIES = 70_000;

const many = temporaryDirectory();
const flat = temporaryDirectory();
beforeAll(() => {
  plantTree(many.path, evenTree(1500, 3));
  plantTree(flat.path, evenTree(1, FLAT_ENTRIES));
});
afterAll(() => {
  many[Symbol.dispose]();
  flat[Symbol.dispose]();
});

describe.each(ENGINES)('a walk by %s', (engine) => {
  it('stops within 256 directories of being told to, and says why', async () => {
    const stopWhen = ({ directories, leaves }: Progress) =>
      directories > 1 && leaves > 600 ? 'over-wall' : null;
    const counted = await census({ root: many.path, engine, stopWhen });
    expect(counted).toMatchObject({ stop: 'over-wall', complete: false });
    expect(counted.visitedDirectories).toBeLessThanOrEqual(200 + 2 + MOST_DIRECTORIES_BETWEEN);
  });

  it('stops inside one huge flat directory', async () => {
    const stopWhen = ({ entries }: Progress) => (entries > 1000 ? 'interrupted' : null);
    const counted = await census({ root: flat.path, engine, stopWhen });
    expect(counted).toMatchObject({ stop: 'interrupted', complete: false });
    expect(counted.files).toBeLessThan(FLAT_ENTRIES / 2);
  });

  it('reads nothing on a budget of nothing', async () => {
    const counted = await census({ root: many.path, engine, budget: () => 'stop' });
    expect(counted).toMatchObject({ stop: 'budget', complete: false, directories: 1, visitedDirectories: 0 });
  });

  it('ends as budget when the budget ends, as complete when it lasts', async () => {
    const budget = ({ leaves }: Progress) => (leaves < 900 ? 'continue' : 'stop');
    expect(await census({ root: many.path, engine, budget })).toMatchObject({ stop: 'budget' });
    expect(await census({ root: many.path, engine, budget: () => 'continue' })).toMatchObject({
      stop: null,
      complete: true,
    });
  });

  it('tells progress that never goes back and never passes the result', async () => {
    const seen: Progress[] = [];
    const counted = await census({ root: many.path, engine, onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(3);
    for (const [index, progress] of seen.entries()) {
      const before = seen[index - 1] ?? { entries: 0, directories: 0, leaves: 0 };
      expect(progress.entries).toBeGreaterThanOrEqual(before.entries);
      expect(progress.entries).toBe(progress.directories + progress.leaves);
      expect(progress.leaves).toBeLessThanOrEqual(counted.files);
    }
  });
});
