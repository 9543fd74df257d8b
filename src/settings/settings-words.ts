// Settings said in words: the variables of the environment, and the flags of `run`. Both are one text a setting.

import { failure, type Result, success } from '../domain/result.ts';
import { nearestWord } from '../formats/nearest-word.ts';
import type { AnyKey } from './settings-keys.ts';
import type { Layer, Origin } from './settings-layers.ts';
import { LEAVES, type Leaf, overTable, tableWith } from './settings-leaves.ts';
import { parseSettingsTable } from './settings-validation.ts';

/** The text of each setting that is said, by its dotted name (`restart.at`). */
export type SettingWords = Readonly<Record<string, string>>;

const PREFIX = 'SYNCGUARD_';

export const variableOf = ({ path }: Pick<Leaf, 'path'>): string => PREFIX + path.join('_').toUpperCase();

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable says nothing, as everywhere. */
export function wordsOfEnvironment(env: Environment): SettingWords {
  const said = LEAVES.flatMap((leaf): [string, string][] => {
    const text = env[variableOf(leaf)];
    return text ? [[leaf.name, text]] : [];
  });
  return Object.fromEntries(said);
}

/** Variables that look like a setting of ours and are none: probably misspelt. */
export function strayVariables(
  env: Environment,
): readonly { readonly name: string; readonly meant: string }[] {
  const known = LEAVES.map(variableOf);
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .flatMap((name) => {
      const meant = nearestWord(
        name.slice(PREFIX.length),
        known.map((each) => each.slice(PREFIX.length)),
      );
      return meant === null ? [] : [{ name, meant: PREFIX + meant }];
    });
}

/** Which setting, and what is wrong with its text. */
export interface WordTrouble {
  readonly leaf: Leaf;
  readonly reason: string;
}

/** One layer; `originOf` is who says a setting. */
export function layerOfWords(
  words: SettingWords,
  originOf: (leaf: Leaf) => Origin,
): Result<Layer, WordTrouble> {
  let table = {};
  const origins: Record<string, Origin> = {};
  for (const leaf of LEAVES) {
    const text = words[leaf.name];
    if (text === undefined) continue;
    const parsed = parseSettingsTable(tableWith(leaf.path, dataOf(text, leaf.key)));
    if (!parsed.ok) return failure({ leaf, reason: parsed.error.reason });
    table = overTable(table, parsed.value);
    origins[leaf.name] = originOf(leaf);
  }
  return success({ table, origins });
}

/** The text as a file would have it; what cannot be so is left a text, and is wrong as one. */
function dataOf(text: string, { kind: { form } }: AnyKey): unknown {
  if (form === 'number') return /^\d{1,15}$/.test(text) ? Number(text) : text;
  if (form === 'flag') return text === 'true' || text === 'false' ? text === 'true' : text;
  return form === 'list' ? listOf(text) : text;
}

function listOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
