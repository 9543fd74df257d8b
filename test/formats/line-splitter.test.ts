import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineSplitter } from '../../src/formats/line-splitter.ts';

describe('lines of a stream', () => {
  it('are the same however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{0,8}$/)), fc.array(fc.nat(60)), (lines, cuts) => {
        const text = lines.map((line) => `${line}\n`).join('');
        const at = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])].sort(
          (a, b) => a - b,
        );
        const split = lineSplitter(100);
        const heard = at.flatMap(
          (start, index) => split(text.slice(start, at[index + 1] ?? text.length)) ?? [],
        );
        expect(heard).toEqual(lines);
      }),
    );
  });

  it('longer than what is allowed end the stream, finished or not', () => {
    expect(lineSplitter(4)('12345')).toBeNull();
    expect(lineSplitter(4)('12345\n')).toBeNull();
    expect(lineSplitter(4)('1234\n123')).toEqual(['1234']);
  });
});
