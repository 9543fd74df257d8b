import { describe, expect, it } from 'vitest';
import { expectedCensus } from '../../src/domain/expected-census.ts';
import { compareRoot, rememberedCensus, rememberRoot } from '../../src/domain/root-memory.ts';

const ROOT = { path: '/home/a/Sync', device: 42, rules: '' };
const census = (files: number, directories: number) => expectedCensus({ files, directories });
const before = rememberRoot({ ...ROOT, census: census(5000, 300) });
const now = (files: number, directories: number, more: { device?: number; rules?: string } = {}) =>
  compareRoot(before, { device: 42, rules: '', census: census(files, directories), ...more });

describe('a root remembered', () => {
  it('a root never seen is first, and an unchanged one the same', () => {
    expect(compareRoot(null, { device: 1, rules: '', census: census(0, 1) })).toEqual({ kind: 'first' });
    expect(now(5000, 300)).toEqual({ kind: 'same' });
    expect(now(5001, 300)).toEqual({ kind: 'grown' });
  });

  it('a root that became empty has vanished: a mirroring daemon would mirror the emptiness', () => {
    expect(now(0, 1)).toMatchObject({ kind: 'root-vanished', detail: expect.stringContaining('5299') });
  });

  it('a root that is not there has vanished, unless there was nothing in it', () => {
    expect(now(0, 1, { device: 0 })).toEqual({
      kind: 'root-vanished',
      detail: 'it is not there, and held 5299 entries at the last start',
    });
    const empty = rememberRoot({ ...ROOT, census: census(0, 1) });
    expect(compareRoot(empty, { device: 0, rules: '', census: census(0, 1) })).toEqual({ kind: 'same' });
  });

  it('a root on another device has vanished', () => {
    expect(now(5000, 300, { device: 7 })).toMatchObject({ kind: 'root-vanished' });
  });

  it('a root that lost a tenth will grow again, a little housekeeping is nothing', () => {
    expect(now(4000, 300)).toEqual({ kind: 'will-grow', missingEntries: 1000 });
    expect(now(4900, 300)).toEqual({ kind: 'same' });
  });

  it('a root counted under other exclusions does not compare', () => {
    expect(now(100, 10, { rules: 'Calibre' })).toEqual({ kind: 'same' });
  });

  it('a root whose daemon was told to ignore more does not compare', () => {
    const ignoring = { ...census(100, 10), excludedDirectories: 1 };
    expect(compareRoot(before, { device: 42, rules: '', census: ignoring })).toEqual({ kind: 'same' });
  });

  it('what is remembered projects as it was counted', () => {
    const again = rememberedCensus(before);
    expect([again.files, again.directories]).toEqual([5000, 300]);
    expect(again.leafNames).toEqual(census(5000, 300).leafNames);
  });
});
