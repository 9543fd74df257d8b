// A terminal's line wrap cuts one number into two words: which two belong together?

import { parseCounter } from './counter.ts';
import { wallOf } from './unlimited.ts';

/** Rows of more words than this are no beancounter rows (5 columns, each cut once). */
const MOST_WORDS = 10;

interface Column {
  readonly number: string;
  /** Of how many words it was made. */
  readonly parts: number;
}

/**
 * `words` joined into exactly `columns` numbers, or null where no way, or more than one, makes sense. A joined number
 * makes sense only as a barrier or limit that is then "unlimited" or equal to the other of the two: anything else
 * would be a guess.
 */
export function mendSplitNumbers(words: readonly string[], columns: 4 | 5): readonly string[] | null {
  if (words.length > MOST_WORDS) return null;
  const ways = joinings(words, columns).filter(isVouchedFor);
  const [way, second] = ways;
  return way === undefined || second !== undefined ? null : way.map(({ number }) => number);
}

/** Every way to join neighbours into `columns` numbers without a leading zero and without leaving 64 bits. */
function joinings(words: readonly string[], columns: number): Column[][] {
  if (columns === 0) return words.length === 0 ? [[]] : [];
  const ways: Column[][] = [];
  for (let parts = 1; parts <= words.length - columns + 1; parts++) {
    const number = words.slice(0, parts).join('');
    if (parts > 1 && !isJoinable(number)) break;
    for (const rest of joinings(words.slice(parts), columns - 1)) ways.push([{ number, parts }, ...rest]);
  }
  return ways;
}

const isJoinable = (number: string): boolean => {
  const value = number.startsWith('0') ? null : parseCounter(number);
  return value !== null && value < 2n ** 64n;
};

function isVouchedFor(way: readonly Column[]): boolean {
  const isEqual = way[2]?.number === way[3]?.number;
  return way.every(({ number, parts }, index) => {
    if (parts === 1) return true;
    const value = parseCounter(number);
    const isUnlimited = value !== null && wallOf(value) === null;
    return (index === 2 || index === 3) && (isUnlimited || isEqual);
  });
}
