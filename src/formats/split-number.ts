// A terminal's line wrap cuts one number into two words: which two belong together?

import { parseCounter } from './counter.ts';
import { wallOf } from './unlimited.ts';

/** Rows of more words than this are no beancounter rows (5 columns, each cut once). */
const MOST_WORDS = 10;

/**
 * `words` joined into exactly `columns` numbers, or null where no way, or more than one, is the likeliest.
 * What speaks for a way: barrier or limit becomes an "unlimited" number, or barrier equals limit.
 */
export function mendSplitNumbers(words: readonly string[], columns: 4 | 5): readonly string[] | null {
  if (words.length > MOST_WORDS) return null;
  const ways = joinings(words, columns).map((joined) => ({ joined, evidence: evidenceFor(joined) }));
  const most = Math.max(0, ...ways.map((way) => way.evidence));
  const best = ways.filter((way) => way.evidence === most);
  const [way, second] = best;
  return most > 0 && way !== undefined && second === undefined ? way.joined : null;
}

/** Every way to join neighbours into `columns` numbers without a leading zero and without leaving 64 bits. */
function joinings(words: readonly string[], columns: number): string[][] {
  if (columns === 0) return words.length === 0 ? [[]] : [];
  const ways: string[][] = [];
  for (let take = 1; take <= words.length - columns + 1; take++) {
    const number = words.slice(0, take).join('');
    if (!isPlausible(number)) break;
    for (const rest of joinings(words.slice(take), columns - 1)) ways.push([number, ...rest]);
  }
  return ways;
}

const isPlausible = (number: string): boolean =>
  number === '0' ||
  number === 'max' ||
  (!number.startsWith('0') && (parseCounter(number) ?? 2n ** 64n) < 2n ** 64n);

function evidenceFor(joined: readonly string[]): number {
  const [, , barrier = '', limit = ''] = joined;
  const unlimited = [barrier, limit].filter((word) => {
    const value = parseCounter(word);
    return value !== null && wallOf(value) === null;
  });
  return unlimited.length * 2 + (barrier === limit ? 1 : 0);
}
