// The library that the demo plants.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { authorsFor, filesOf, foldersOf, plantLibrary } from '../../src/surfaces/demo/library.ts';
import { until } from '../support/daemon-trees.ts';
import { temporaryDirectory } from '../support/trees.ts';

const plant = (tree: string, from: number, authors: number): Promise<void> =>
  plantLibrary({ tree, from, authors, authorsPerSecond: null, signal: new AbortController().signal });

const listed = (tree: string): string[] => readdirSync(tree, { recursive: true, encoding: 'utf8' }).sort();

describe('a planted library', () => {
  it('has the folders and files it is said to have, the same ones every time', async () => {
    using one = temporaryDirectory();
    using other = temporaryDirectory();
    await plant(one.path, 0, 12);
    await plant(other.path, 0, 5);
    await plant(other.path, 5, 7);
    expect(listed(one.path)).toEqual(listed(other.path));
    const entries = readdirSync(one.path, { recursive: true, withFileTypes: true });
    expect(entries.filter((entry) => entry.isDirectory())).toHaveLength(foldersOf(12));
    expect(entries.filter((entry) => entry.isFile())).toHaveLength(filesOf(12));
  });

  it('has no folder whose name is charged beyond its entry (36 bytes and more on 028stab)', async () => {
    using scratch = temporaryDirectory();
    await plant(scratch.path, 9_999, 1);
    const longest = Math.max(...listed(scratch.path).map((path) => path.split('/').at(-1)?.length ?? 0));
    expect(longest).toBeLessThan(36);
  });

  it('takes the fewest authors that make enough folders', () => {
    for (const folders of [1, 5, 6, 2845]) {
      expect(foldersOf(authorsFor(folders))).toBeGreaterThanOrEqual(folders);
      expect(foldersOf(authorsFor(folders) - 1)).toBeLessThan(folders);
    }
  });

  it('ends where it is when it is interrupted', async () => {
    using scratch = temporaryDirectory();
    const { signal, abort } = interruption();
    const planting = plantLibrary({
      tree: scratch.path,
      from: 0,
      authors: 1000,
      authorsPerSecond: 20,
      signal,
    });
    const outcome = expect(planting).rejects.toThrow();
    await until('three are planted', () => readdirSync(scratch.path).length >= 3);
    abort();
    await outcome;
    expect(readdirSync(scratch.path).length).toBeLessThan(1000);
  });
});

function interruption(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
