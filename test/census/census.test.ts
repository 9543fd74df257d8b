import { describe, expect, it } from 'vitest';
import { takeCensus } from '../../src/census/index.ts';
import { evenTree, latin1Of, plantTree, type TreeSpec, temporaryDirectory } from '../support/trees.ts';

const SMALL: TreeSpec = {
  a: { b: { 'deep.txt': 'file' }, link: 'symlink' },
  [latin1Of('Mémoires')]: { [latin1Of('été.epub')]: 'file' },
  'raw-\xff\xfe': { 'leaf-\xe9': 'file', 'inner-\x80': { x: 'file' } },
  pipe: 'fifo',
};

describe('a census', () => {
  it('counts kinds, names and directories exactly', async () => {
    using place = temporaryDirectory();
    const truth = plantTree(place.path, SMALL);
    const census = await takeCensus({ root: place.path, engine: 'readdir' });
    expect(census).toMatchObject({ ok: true, value: { ...truth, complete: true, stop: null } });
  });
  it('walks many branches', async () => {
    using place = temporaryDirectory();
    const truth = plantTree(place.path, evenTree(300, 5));
    const census = await takeCensus({ root: place.path, engine: 'readdir' });
    expect(census).toMatchObject({ ok: true, value: { ...truth, complete: true, stop: null } });
  });
});
