import { describe, expect, it } from 'vitest';
import {
  combineExclusions,
  type Exclusions,
  keepDirectories,
  NO_EXCLUSIONS,
} from '../../src/domain/exclusions.ts';

const RULES: Exclusions = {
  prunesDirectory: (path, name) => name === 'cache' || path === 'a/b',
  skipsLeaf: (_, name) => name.endsWith('.tmp'),
};

describe('rules of a daemon that watches what it ignores', () => {
  const kept = keepDirectories(RULES);

  it('leave out no directory of its watches, and of its scan the same as before', () => {
    expect(kept.prunesDirectory('cache', 'cache')).toBe(false);
    const asked = ['cache', 'a', 'a/b', 'x/cache'];
    const only = asked.filter((path) => kept.onlyWatchesDirectory?.(path, path.split('/').at(-1) ?? ''));
    expect(only).toEqual(['cache', 'a/b', 'x/cache']);
    expect(kept.skipsLeaf?.('y.tmp', 'y.tmp')).toBe(true);
  });

  it('stay apart from what the user leaves out', () => {
    const own: Exclusions = {
      prunesDirectory: (_, name) => name === 'mine',
      skipsLeaf: null,
      markers: ['.m'],
    };
    const both = combineExclusions(kept, own, { ...NO_EXCLUSIONS, attribute: 'user.x' });
    const asked = ['cache', 'mine'];
    expect(asked.map((name) => both.prunesDirectory(name, name))).toEqual([false, true]);
    expect(asked.map((name) => both.onlyWatchesDirectory?.(name, name))).toEqual([true, false]);
    expect([both.markers, both.attribute]).toEqual([['.m'], 'user.x']);
    expect(Object.keys(combineExclusions(own, own)).sort()).toEqual([
      'markers',
      'prunesDirectory',
      'skipsLeaf',
    ]);
  });

  it('that are none stay none, so that a walk builds no paths', () => {
    expect(keepDirectories(NO_EXCLUSIONS)).toBe(NO_EXCLUSIONS);
  });
});
