import { linkSync, symlinkSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeCensus } from '../../src/census/index.ts';
import { entriesOf, leavesOf } from '../../src/domain/census.ts';
import { relativePath } from '../../src/domain/subtree-weight.ts';
import { census, ENGINES, linesOf } from '../support/engines.ts';
import { evenTree, latin1Of, plantTree, type TreeSpec, temporaryDirectory } from '../support/trees.ts';

const VARIED: TreeSpec = {
  a: { b: { 'deep.txt': 'file', empty: {} }, link: 'symlink' },
  [latin1Of('M\u00e9moires')]: { [latin1Of('\u00e9t\u00e9.epub')]: 'file' },
  'raw-\xff\xfe': { 'leaf-\xe9': 'file', 'inner-\x80': { x: 'file' } },
  'two\nlines\x1b[31m': { 'tab\there\x7f': 'file', ' ': {}, '...': {}, '..x': 'file', '.hidden': {} },
  [`${'n'.repeat(255)}`]: { ['m'.repeat(255)]: 'file' },
  pipe: 'fifo',
};

describe.each(ENGINES)('a census by %s', (engine) => {
  it('counts kinds, names and directories exactly, whatever bytes the names have', async () => {
    using place = temporaryDirectory();
    const truth = plantTree(place.path, VARIED);
    const counted = await census({ root: place.path, engine });
    expect(counted).toMatchObject({ ...truth, complete: true, stop: null, vanished: 0, statted: 0 });
    expect(counted.visitedDirectories).toBe(truth.directories);
    expect(entriesOf(counted)).toBe(leavesOf(counted) + truth.directories);
  });

  it('gives every directory its own row below its parent, with its name byte for byte', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, VARIED);
    const { table } = await census({ root: place.path, engine });
    const paths = Array.from({ length: table.count }, (_, row) => relativePath(table, row));
    expect(paths).toContain('raw-\xff\xfe/inner-\x80');
    expect(paths).toContain('two\nlines\x1b[31m/...');
    expect(new Set(paths).size).toBe(table.count);
  });

  it('sums lengths of names: the histograms hold every entry but the root', async () => {
    using place = temporaryDirectory();
    const truth = plantTree(place.path, VARIED);
    const { leafNames, directoryNames } = await census({ root: place.path, engine });
    const sum = (histogram: Uint32Array): number => histogram.reduce((total, count) => total + count, 0);
    expect(sum(leafNames)).toBe(truth.files + truth.symlinks + truth.other);
    expect(sum(directoryNames)).toBe(truth.directories - 1);
    expect([leafNames[255], directoryNames[255]]).toEqual([1, 1]);
  });

  it('charges long names by their length, leaves and directories apart', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, { [`${'d'.repeat(40)}`]: { ['f'.repeat(50)]: 'file', short: 'file' } });
    const leaf = new Uint16Array(256).fill(100, 40);
    const directory = new Uint16Array(256).fill(7, 40);
    const { table } = await census({ root: place.path, engine, nameCharges: { leaf, directory } });
    expect([...table.longDirectoryBytes]).toEqual([7, 0]);
    expect([...table.longLeafBytes]).toEqual([0, 100]);
  });

  it('counts each hard link, and follows no symlink, not even one to its own parent', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, { inside: { file: 'file' } });
    linkSync(`${place.path}/inside/file`, `${place.path}/again`);
    symlinkSync('..', `${place.path}/inside/up`);
    symlinkSync('inside', `${place.path}/beside`);
    const counted = await census({ root: place.path, engine });
    expect(counted).toMatchObject({ files: 2, symlinks: 2, directories: 2 });
  });

  it('starts from what a symlink points to', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, { real: { one: 'file', sub: {} } });
    symlinkSync('real', `${place.path}/alias`);
    expect(await census({ root: `${place.path}/alias`, engine })).toMatchObject({ files: 1, directories: 2 });
  });

  it('counts what comes after a large directory as exactly as what comes after a small one', async () => {
    using place = temporaryDirectory();
    const large = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`photo-${n}`, 'file' as const]));
    const truth = plantTree(place.path, {
      1: { ...large, after: VARIED },
      2: { ...large, after: VARIED },
      3: { ...large, after: {} },
    });
    expect(await census({ root: place.path, engine })).toMatchObject({ ...truth, complete: true });
  });

  it('crosses the slices of a larger tree without losing a directory', async () => {
    using place = temporaryDirectory();
    const truth = plantTree(place.path, evenTree(2500, 2));
    expect(await census({ root: place.path, engine })).toMatchObject({ ...truth, complete: true });
  });
});

describe('the census', () => {
  it('is the same by every engine on any tree', async () => {
    const name = fc
      .uint8Array({ minLength: 1, maxLength: 60 })
      .map((bytes) =>
        Buffer.from(bytes.map((byte) => (byte === 0 || byte === 47 ? 95 : byte))).toString('latin1'),
      )
      .filter((text) => text !== '.' && text !== '..' && text !== '__proto__');
    const { tree } = fc.letrec<{ tree: TreeSpec; entry: TreeSpec[string] }>((tie) => ({
      tree: fc.dictionary(name, tie('entry'), { maxKeys: 6 }),
      entry: fc.oneof({ maxDepth: 5 }, fc.constantFrom('file' as const, 'symlink' as const), tie('tree')),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (spec) => {
        using place = temporaryDirectory();
        const truth = plantTree(place.path, spec);
        const leaf = Uint16Array.from({ length: 256 }, (_, length) => (length >= 40 ? length : 0));
        const counts = await Promise.all(
          ENGINES.map((engine) =>
            census({ root: place.path, engine, nameCharges: { leaf, directory: leaf } }),
          ),
        );
        for (const counted of counts) {
          expect(counted).toMatchObject(truth);
          expect(linesOf(counted)).toEqual(linesOf(counts[0] as (typeof counts)[0]));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('says which engine did the work: node:fs on a small tree, getdents64 on a large one', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, evenTree(3, 3));
    expect((await census({ root: place.path })).engine).toBe('readdir');
    plantTree(place.path, { large: evenTree(8000, 0) });
    expect((await census({ root: place.path })).engine).toBe('getdents64');
  });

  it('answers with an error value when the root is missing or no directory', async () => {
    using place = temporaryDirectory();
    const missing = `${place.path}/nowhere`;
    const failed = { ok: false, error: { kind: 'missing', path: missing, errno: 'ENOENT' } };
    expect(await takeCensus({ root: missing })).toEqual(failed);
    writeFileSync(`${place.path}/file`, '');
    const notDirectory = await takeCensus({ root: `${place.path}/file` });
    expect(notDirectory).toMatchObject({ ok: false, error: { kind: 'not-a-directory', errno: 'ENOTDIR' } });
  });

  it('finds a root given as bytes or as it was typed', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, { [latin1Of('\u00e9t\u00e9 \u2713')]: { one: 'file' } });
    expect((await census({ root: `${place.path}/\u00e9t\u00e9 \u2713` })).files).toBe(1);
    expect((await census({ root: `${place.path}/${latin1Of('\u00e9t\u00e9 \u2713')}` })).files).toBe(1);
  });
});
