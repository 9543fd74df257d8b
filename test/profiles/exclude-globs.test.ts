import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineExclusions, NO_EXCLUSIONS } from '../../src/domain/exclusions.ts';
import { compileGlobs } from '../../src/profiles/index.ts';

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const prunes = (globs: string[], path: string): boolean =>
  compileGlobs(globs).prunesDirectory(latin1(path), nameOf(latin1(path)));
const skips = (globs: string[], path: string): boolean =>
  compileGlobs(globs).skipsLeaf?.(latin1(path), nameOf(latin1(path))) ?? false;

describe('--exclude', () => {
  it.each([
    ['*.tmp', ['a.tmp', 'x/y/.tmp'], ['a.tmpx', 'x.tmp/y']],
    ['cache/', [], ['cache', 'a/cache', 'a/cache/b']],
    ['/cache', ['cache'], ['a/cache', 'cache/a']],
    ['a/b', ['a/b'], ['x/a/b', 'a/b/c']],
    ['./a/b', ['a/b'], ['x/a/b']],
    ['**/b', ['b', 'a/b', 'a/a/b'], ['ab']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'ab/c']],
    ['a/**/b', ['a/b', 'a/x/y/b'], ['ab', 'a/xb']],
    ['a**b', ['ab', 'a/x/b'], ['a']],
    ['?', ['a', '\u00e9', '\u20ac', 'x/\u{1f4da}'], ['ab']],
    ['[a-c!]', ['b', '!'], ['d', 'x/ab']],
    ['[!a]', ['b'], ['a', 'bb']],
    ['[]', ['[]'], ['a']],
    ['[z-a]', ['[z-a]'], ['z']],
    ['\\*', ['*'], ['a']],
    ['a+(b)|c', ['a+(b)|c'], ['aab', 'c']],
    ['\u00e9*', ['\u00e9t\u00e9'], ['et\u00e9']],
  ])('%s leaves out %j and not %j', (glob, leftOut, kept) => {
    for (const path of leftOut) expect(skips([glob], path), path).toBe(true);
    for (const path of kept) expect(skips([glob], path), path).toBe(false);
    if (!glob.endsWith('/')) for (const path of leftOut) expect(prunes([glob], path), path).toBe(true);
  });

  it('with a slash at the end is for directories only', () => {
    expect(prunes(['cache/'], 'a/cache')).toBe(true);
    expect(compileGlobs(['cache/', '/b/']).skipsLeaf).toBeNull();
  });

  it('with nothing to say asks nothing of the walk', () => {
    expect(compileGlobs([])).toBe(NO_EXCLUSIONS);
    expect(compileGlobs(['', '/', './'])).toBe(NO_EXCLUSIONS);
  });

  it('matches a name that is not UTF-8 by its other parts', () => {
    expect(compileGlobs(['*.tmp']).skipsLeaf?.('\xff\xfe.tmp', '\xff\xfe.tmp')).toBe(true);
  });

  it('takes any text, and a text without signs matches itself and nothing longer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (glob) => {
        compileGlobs([glob]).prunesDirectory(latin1(glob), '');
        const plain = glob.replace(/[\\*?[\]/]/g, '_');
        fc.pre(plain !== '.' && !plain.startsWith('./'));
        expect(skips([plain], plain)).toBe(true);
        expect(skips([plain], `${plain}x`)).toBe(false);
      }),
    );
  });
});

describe('combined rules', () => {
  it('leave out what any of them leaves out, and look at leaves only if one does', () => {
    const both = combineExclusions(compileGlobs(['a']), compileGlobs(['b/']));
    expect(['a', 'b', 'c'].map((path) => both.prunesDirectory(path, path))).toEqual([true, true, false]);
    expect(['a', 'b'].map((path) => both.skipsLeaf?.(path, path))).toEqual([true, false]);
    expect(combineExclusions(compileGlobs(['b/']), NO_EXCLUSIONS).skipsLeaf).toBeNull();
  });
});
