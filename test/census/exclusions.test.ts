import { describe, expect, it } from 'vitest';
import { census, ENGINES, linesOf } from '../support/engines.ts';
import { plantTree, type TreeSpec, temporaryDirectory } from '../support/trees.ts';

const PROJECT = {
  src: { 'main.c': 'file', 'main.o': 'file' },
  node_modules: { left: { 'pad.js': 'file' } },
  deep: { er: { node_modules: { x: 'file' }, 'raw-\xff': { 'y.o': 'file' } } },
} as const;

describe.each(ENGINES)('rules asked by %s', (engine) => {
  it('a pruned directory is counted out and never opened, however deep', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, PROJECT);
    const asked: string[] = [];
    const prunesDirectory = (path: string, name: string): boolean => {
      asked.push(path);
      return name === 'node_modules';
    };
    const counted = await census({
      root: place.path,
      engine,
      exclusions: { prunesDirectory, skipsLeaf: null },
    });
    expect(counted).toMatchObject({
      excludedDirectories: 2,
      directories: 5,
      visitedDirectories: 5,
      files: 3,
    });
    expect(asked.sort()).toEqual(
      ['deep', 'deep/er', 'deep/er/node_modules', 'deep/er/raw-\xff', 'node_modules', 'src'].sort(),
    );
  });

  it('a skipped leaf is counted out by its path, and costs no name', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, PROJECT);
    const skipsLeaf = (path: string, name: string): boolean => name.endsWith('.o') && path !== 'src/main.o';
    const exclusions = { prunesDirectory: () => false, skipsLeaf };
    const counted = await census({ root: place.path, engine, exclusions });
    expect(counted).toMatchObject({ excludedLeaves: 1, files: 4, excludedDirectories: 0 });
  });

  it('a directory that is only watched is visited with all below it, and no leaf in them is counted', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, PROJECT);
    const exclusions = {
      prunesDirectory: (_: string, name: string) => name === 'node_modules',
      skipsLeaf: null,
      onlyWatchesDirectory: (path: string) => path === 'deep',
    };
    const counted = await census({ root: place.path, engine, exclusions });
    expect(counted).toMatchObject({
      excludedDirectories: 1,
      onlyWatchedDirectories: 4,
      directories: 6,
      visitedDirectories: 6,
      files: 2,
      excludedLeaves: 0,
    });
  });

  it('a marker leaves out all that stands beside it, before and after, and below', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, { ...PROJECT, deep: { ...PROJECT.deep, '.nosync': 'file', a: 'file', z: {} } });
    const exclusions = { prunesDirectory: () => false, skipsLeaf: null, markers: ['.nosync'] };
    const counted = await census({ root: place.path, engine, exclusions });
    expect(counted).toMatchObject({
      excludedDirectories: 1,
      files: 3,
      directories: 5,
      visitedDirectories: 5,
    });
    using plain = temporaryDirectory();
    plantTree(plain.path, { ...PROJECT, deep: {} });
    const empty = await census({ root: plain.path, engine, exclusions });
    expect(linesOf(counted)).toEqual(linesOf(empty));
    expect([counted.leafNames, counted.directoryNames, counted.nameBytes]).toEqual([
      empty.leafNames,
      empty.directoryNames,
      empty.nameBytes,
    ]);
  });

  it('rules met within a directory count for all of it, before and after, and below', async () => {
    using place = temporaryDirectory();
    const deep: TreeSpec = {
      a: { 'b.o': 'file' },
      '.rules': 'file',
      '0.o': 'file',
      z: {},
      gone: { x: 'file' },
      'c.o': 'file',
    };
    plantTree(place.path, { ...PROJECT, deep });
    const rules = new Set<string>();
    const isOf = (path: string): boolean => [...rules].some((directory) => path.startsWith(`${directory}/`));
    const read: string[] = [];
    const counted = await census({
      root: place.path,
      engine,
      exclusions: {
        prunesDirectory: (path, name) => name === 'node_modules' || (name === 'gone' && isOf(path)),
        skipsLeaf: (path, name) => name.endsWith('.o') && isOf(path),
        rulesWithin: {
          leafName: '.rules',
          read(directory) {
            read.push(directory);
            return rules.size < rules.add(directory).size;
          },
          trouble: () => null,
        },
      },
    });
    expect(read).toEqual(['deep', 'deep']);
    expect(counted).toMatchObject({ excludedLeaves: 3, excludedDirectories: 2, files: 3, directories: 5 });
    using plain = temporaryDirectory();
    plantTree(plain.path, { src: PROJECT.src, deep: { a: {}, '.rules': 'file', z: {} } });
    const kept = await census({ root: plain.path, engine });
    expect(linesOf(counted)).toEqual(linesOf(kept));
    expect([counted.leafNames, counted.nameBytes, counted.visitedDirectories]).toEqual([
      kept.leafNames,
      kept.nameBytes,
      kept.visitedDirectories,
    ]);
  });

  it('rules that leave nothing out change nothing', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, PROJECT);
    const exclusions = { prunesDirectory: () => false, skipsLeaf: () => false };
    const free = await census({ root: place.path, engine });
    expect(linesOf(await census({ root: place.path, engine, exclusions }))).toEqual(linesOf(free));
    expect(linesOf(await census({ root: place.path, engine, exclusions: null }))).toEqual(linesOf(free));
  });
});
