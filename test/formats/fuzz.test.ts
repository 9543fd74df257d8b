import { expect, it } from 'vitest';
import { PARSERS } from './parsers.ts';

// One million mutations of real texts: flipped bytes, cuts, doubled and moved pieces. About 20 s on one core.
const INPUTS = 1_000_000;
/** The cost of a round grows with the text: long seeds are cut to a window that still holds many lines. */
const WINDOW = 1400;

/** xorshift32: the same inputs on every machine, so that a failure can be repeated. */
function randomSource(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

type Mutation = (text: string, random: (below: number) => number) => string;

const MUTATIONS: readonly Mutation[] = [
  (text, random) => replaceAt(text, random(text.length + 1), String.fromCharCode(random(256))),
  (text, random) => replaceAt(text, random(text.length + 1), ' \n\t:0-9.\r\0'.charAt(random(10))),
  (text, random) => text.slice(0, random(text.length + 1)),
  (text, random) => text.slice(random(text.length + 1)),
  (text, random) => {
    const [from, length] = [random(text.length + 1), random(80)];
    return text.slice(0, from + length) + text.slice(from);
  },
  (text, random) => {
    const [from, length] = [random(text.length + 1), random(80)];
    return text.slice(0, from) + text.slice(from + length);
  },
  (text, random) => replaceAt(text, random(text.length + 1), '99999999999999999999999'),
];

const replaceAt = (text: string, at: number, piece: string): string =>
  text.slice(0, at) + piece + text.slice(at + 1);

function mutate(seed: string, random: (below: number) => number): string {
  const start = seed.length > WINDOW ? random(3) * Math.floor((seed.length - WINDOW) / 2) : 0;
  // Every fourth text is whole, so that what only a whole file reaches is reached.
  let text = random(4) === 0 ? seed : seed.slice(start, start + WINDOW);
  for (let left = 1 + random(3); left > 0; left--)
    text = MUTATIONS[random(MUTATIONS.length)]?.(text, random) ?? text;
  return text;
}

it('no parser throws on a million mutated inputs', () => {
  const random = randomSource(0x5eed);
  const thrown: string[] = [];
  let count = 0;
  for (; count < INPUTS && thrown.length < 5; count++) {
    const parser = PARSERS[count % PARSERS.length];
    const seed = parser?.seeds[random(parser.seeds.length)] ?? '';
    const text = mutate(seed, random);
    try {
      parser?.parse(text);
    } catch (error) {
      thrown.push(`${parser?.name}: ${String(error)} on ${JSON.stringify(text).slice(0, 300)}`);
    }
  }
  console.log(`fuzz: ${count} inputs over ${PARSERS.length} parsers, ${thrown.length} throws`);
  expect(thrown).toEqual([]);
  expect(count).toBe(INPUTS);
});
