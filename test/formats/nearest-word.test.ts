import { describe, expect, it } from 'vitest';
import { nearestWord } from '../../src/formats/nearest-word.ts';
import { lineOfKey } from '../../src/settings/key-lines.ts';

describe('the nearest word', () => {
  const known = ['throttle_at', 'pause_at', 'stop_at', 'tasks'];

  it('is the one a slip of the hand away', () => {
    expect(['throtle_at', 'puase_at', 'stopat', 'task'].map((name) => nearestWord(name, known))).toEqual(
      known,
    );
    expect(nearestWord('wiat', ['exit', 'wait'])).toBe('wait');
  });

  it('is none where nothing is near', () => {
    expect(['x', 'memory_limit_of_the_daemon', ''].map((name) => nearestWord(name, known))).toEqual([
      null,
      null,
      null,
    ]);
    expect(nearestWord('x', [])).toBeNull();
  });
});

describe('the line of a key', () => {
  const text = 'a = 1\n[b."c.d"]\n"e" = 2\nf.g = 3\n\n[b.h]\ni = { j = 4 }\n';

  it.each([
    [['a'], 1],
    [['b', 'c.d', 'e'], 3],
    [['b', 'c.d', 'f', 'g'], 4],
    [['b', 'h'], 6],
    [['b', 'h', 'i', 'j'], 7],
    [['b', 'h', 'x'], 6],
    [['nowhere'], 1],
  ])('%j is %i', (path, line) => {
    expect(lineOfKey(text, path)).toBe(line);
  });
});
