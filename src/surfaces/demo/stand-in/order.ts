// In which order a folder's names are taken.

import type { Order } from './options.ts';

export type Arrange = (names: string[]) => string[];

/** `shuffled` is the same for the same seed, on every machine. */
export function arrangementOf(order: Order, seed: number): Arrange {
  if (order === 'found') return (names) => names;
  if (order === 'name') return (names) => names.sort();
  const random = generator(seed);
  return (names) => shuffle(names.sort(), random);
}

function shuffle(names: string[], random: () => number): string[] {
  for (let last = names.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [names[last], names[other]] = [names[other] ?? '', names[last] ?? ''];
  }
  return names;
}

/** xorshift32 (Marsaglia 2003, triple 13, 17, 5): 0 up to, not including, 1. */
function generator(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
