import { describe, expect, it } from 'vitest';
import { countLineChanges } from '../../src/formats/line-changes.ts';

describe('two texts in lines', () => {
  it.each([
    ['', '', 0, 0],
    ['a\nb\n', 'b\na\n', 0, 0],
    ['a\n', 'a', 0, 0],
    ['a\nb\n', 'a\na\nc\n', 2, 1],
    ['', 'a\n\nb', 2, 0],
  ])('%j against %j: %i more, %i fewer', (before, now, added, removed) => {
    expect(countLineChanges(before, now)).toEqual({ added, removed });
    expect(countLineChanges(now, before)).toEqual({ added: removed, removed: added });
  });
});
