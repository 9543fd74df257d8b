// Files as tired hands, broken editors and full disks leave them: none crashes, and each is told where it is wrong.
// SYNCGUARD_FUZZ_FILES: how many; 100 000 take 10 to 15 s.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { layerOfText } from '../../src/settings/settings-file.ts';

const FILES = Number(process.env['SYNCGUARD_FUZZ_FILES'] ?? 20_000);
const SEED = Number(process.env['SYNCGUARD_FUZZ_SEED'] ?? 20_120_517);
const COMPLETE = readFileSync(
  join(import.meta.dirname, '../../fixtures/configuration/complete.toml'),
  'utf8',
);
const LINES = COMPLETE.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** mulberry32: the same files on every machine, and any of them again by its seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) % 1_000_003) % below;
  };
}

const SCRAPS = [
  '"',
  "'",
  '[',
  ']',
  '=',
  '.',
  '\n',
  '#',
  '{',
  '}',
  '\0',
  '\uFEFF',
  '\\u',
  '-',
  'inf',
  '1e400',
  '__proto__',
  'é',
];

type Random = ReturnType<typeof randomFrom>;
type Mutation = (text: string, random: Random) => string;

const at = (text: string, random: Random): number => random(text.length + 1);
const MUTATIONS: readonly Mutation[] = [
  (text, random) => text.slice(0, at(text, random)),
  (text, random) => {
    const [from, length] = [at(text, random), random(9)];
    return text.slice(0, from) + text.slice(from + length);
  },
  (text, random) => {
    const from = at(text, random);
    return text.slice(0, from) + (SCRAPS[random(SCRAPS.length)] ?? '') + text.slice(from);
  },
  (text, random) => {
    const from = at(text, random);
    return text.slice(0, from) + String.fromCharCode(random(256)) + text.slice(from + 1);
  },
  (text, random) => {
    const lines = text.split('\n');
    const [one, other] = [random(lines.length), random(lines.length)];
    [lines[one], lines[other]] = [lines[other] ?? '', lines[one] ?? ''];
    return lines.join('\n');
  },
  (text, random) => `${text}\n${LINES[random(LINES.length)]}`,
  (text, random) =>
    text.replace(/= .*/, () => `= ${['true', '-1', '"x"', '[]', '{}', '1.5', '1979-05-27'][random(7)]}`),
];

function mutated(random: Random): string {
  const first = random(LINES.length);
  let text = random(4) === 0 ? COMPLETE : LINES.slice(first, first + 1 + random(6)).join('\n');
  for (let count = 1 + random(3); count > 0; count -= 1)
    text = MUTATIONS[random(MUTATIONS.length)]?.(text, random) ?? text;
  return text;
}

it(`of ${FILES} mutated files none crashes, and each that is refused is told file and line, and key or column`, () => {
  const random = randomFrom(SEED);
  const seen = { good: 0, notToml: 0, wrongKey: 0, wrongValue: 0 };
  for (let count = 0; count < FILES; count += 1) {
    const text = mutated(random);
    const read = layerOfText('FILE', text);
    if (read.ok) {
      seen.good += 1;
      continue;
    }
    const { file, line, key, reason, hint } = read.error;
    const isToml = key !== null;
    const where = isToml ? `FILE, line ${line}: ${key}` : `FILE, line ${line}, column `;
    const lines = text.split('\n').length;
    const isTold = file === 'FILE' && line !== null && line >= 1 && line <= lines && reason.startsWith(where);
    if (!isTold || hint === '' || /\[object|undefined|NaN/.test(reason.replaceAll(text, '')))
      throw new Error(`${JSON.stringify(text)} is told: ${reason}`);
    if (!isToml) seen.notToml += 1;
    else if (reason.includes('is not a setting')) seen.wrongKey += 1;
    else seen.wrongValue += 1;
  }
  process.stderr.write(`settings fuzz: ${FILES} files of seed ${SEED}: ${JSON.stringify(seen)}\n`);
  // Each kind is met, or the mutations would test nothing.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(FILES / 1000);
});
