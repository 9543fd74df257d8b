import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Exclusions, keepDirectories, NO_EXCLUSIONS } from '../../src/domain/exclusions.ts';

const RULES: Exclusions = {
  prunesDirectory: (path, name) => name === 'cache' || path === 'a/b',
  skipsLeaf: (_, name) => name.endsWith('.tmp'),
};

describe('rules of a daemon that watches what it ignores', () => {
  const kept = keepDirectories(RULES);

  it('leave out no directory, and every leaf below one that they leave out', () => {
    expect(kept.prunesDirectory('cache', 'cache')).toBe(false);
    const leaves = ['x', 'cache/x', 'cache/deep/er/x', 'a/x', 'a/b/x', 'a/b/c/x', 'y.tmp'];
    expect(leaves.filter((path) => kept.skipsLeaf?.(path, path.split('/').at(-1) ?? ''))).toEqual([
      'cache/x',
      'cache/deep/er/x',
      'a/b/x',
      'a/b/c/x',
      'y.tmp',
    ]);
  });

  it('answer the same in any order of questions', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'cache', 'x.tmp');
    const paths = fc.array(fc.array(name, { minLength: 1, maxLength: 5 }), { maxLength: 20 });
    fc.assert(
      fc.property(paths, (asked) => {
        const shared = keepDirectories(RULES);
        for (const parts of asked) {
          const path = parts.join('/');
          const leaf = parts.at(-1) ?? '';
          expect(shared.skipsLeaf?.(path, leaf)).toBe(keepDirectories(RULES).skipsLeaf?.(path, leaf));
        }
      }),
    );
  });

  it('that are none stay none, so that a walk builds no paths', () => {
    expect(keepDirectories(NO_EXCLUSIONS)).toBe(NO_EXCLUSIONS);
  });
});
