// The door of smol-toml: reads config.toml, conf.d/*.toml, SYNCGUARD_* and the flags of `run` into one Settings.
// Knows: in which order they count. May not know: profiles, walls, who asks.

import { parse, TomlError } from 'smol-toml';
import { failure, type Result, success } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import { quoteForShell } from '../formats/name-text.ts';
import { nearestWord } from '../formats/nearest-word.ts';
import { alertDisagreement } from './alert-layers.ts';
import {
  configurationFiles,
  readConfigurationText,
  type SettingsPlace,
  type SettingsTrouble,
} from './configuration-files.ts';
import { lineOfKey } from './key-lines.ts';
import {
  type Layer,
  mergeLayers,
  type Origin,
  type Origins,
  renderOrigin,
  settingsOf,
} from './settings-layers.ts';
import { isPlainTable } from './settings-leaves.ts';
import type { SettingsTable } from './settings-table.ts';
import { parseSettingsTable, type SchemaTrouble } from './settings-validation.ts';
import { layerOfWords, type SettingWords, variableOf, wordsOfEnvironment } from './settings-words.ts';

export {
  type SettingsTrouble,
  sentenceOf,
  settingsFiles,
  watchedPaths,
} from './configuration-files.ts';
export { type Origins, renderOrigin } from './settings-layers.ts';

export interface SettingsRequest extends SettingsPlace {
  /** As `run` was given them. */
  readonly flags?: SettingWords;
}

export interface SettingsRead {
  readonly settings: Settings;
  /** The same as files name it, defaults included. */
  readonly table: SettingsTable;
  readonly origins: Origins;
  /** In the order they were read. */
  readonly files: readonly string[];
}

/** The settings in force; no file at all means the defaults. */
export function readSettings(request: SettingsRequest): Result<SettingsRead, SettingsTrouble> {
  const listed = configurationFiles(request);
  if (!listed.ok) return listed;
  const layers: Layer[] = [];
  const files: string[] = [];
  for (const file of listed.value) {
    const text = readConfigurationText(file, request.explicitFile !== null);
    if (!text.ok) return text;
    if (text.value === null) continue;
    const layer = layerOfText(file, text.value);
    if (!layer.ok) return layer;
    layers.push(layer.value);
    files.push(file);
  }
  const said = layersOfWords(request);
  if (!said.ok) return said;
  const { table, origins } = mergeLayers([...layers, ...said.value]);
  const settings = settingsOf(table);
  const trouble = thresholdTrouble(settings, origins) ?? alertTrouble(settings, origins);
  return trouble === null ? success({ settings, table, origins, files }) : failure(trouble);
}

/** One text alone, whatever else there is. */
export function layerOfText(file: string, text: string): Result<Layer, SettingsTrouble> {
  const plain = text.replace(/^\uFEFF/, '');
  const data = parseToml(file, plain);
  if (!data.ok) return data;
  const table = parseSettingsTable(data.value);
  if (!table.ok) return failure(keyTrouble(table.error, file, lineOfKey(plain, table.error.path)));
  const origins = keyPaths(data.value).map((path): [string, Origin] => [
    path.join('.'),
    { kind: 'file', name: file, line: lineOfKey(plain, path) },
  ]);
  return success({ table: table.value, origins: Object.fromEntries(origins) });
}

/** Dotted keys of a parsed table with their paths; lists and plain values are leaves. */
const keyPaths = (table: object, above: readonly string[] = []): string[][] =>
  Object.entries(table).flatMap(([key, value]) =>
    isPlainTable(value) ? keyPaths(value, [...above, key]) : [[...above, key]],
  );

function parseToml(file: string, text: string): Result<object, SettingsTrouble> {
  try {
    return success(parse(text));
  } catch (error) {
    // Tables within tables without end: its parser's own stack ends first.
    const { line, column, message } =
      error instanceof TomlError ? error : { line: 1, column: 1, message: 'it is nested too deeply' };
    // The message continues with a drawing of the line; its first line is the sentence.
    const what = (message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
    const reason = `${file}, line ${line}, column ${column}: not TOML: ${what}`;
    return failure({ file, line, key: null, reason, hint: hintFor(file, line) });
  }
}

const hintFor = (file: string, line: number): string =>
  `mend line ${line} of ${file}, then: syncguard config check ${quoteForShell(file)}`;

function keyTrouble({ path, reason, knownKeys }: SchemaTrouble, file: string, line: number): SettingsTrouble {
  const key = path.join('.');
  const where = `${file}, line ${line}: ${key}`;
  const hint = hintFor(file, line);
  if (knownKeys === null) return { file, line, key, reason: `${where}: ${reason}`, hint };
  const nearest = nearestWord(path.at(-1) ?? '', knownKeys);
  const guess = nearest === null ? `known are ${knownKeys.join(', ')}` : `did you mean ${nearest}?`;
  return { file, line, key, reason: `${where} ${reason}; ${guess}`, hint };
}

/** Flags are typed `--stop-at`, `--restart-at`; a table's first word is not repeated for what is its own. */
const FLAG_OF: Readonly<Record<string, string>> = {
  'restart.policy': '--restart',
  'restart.time_zone': '--time-zone',
  'restart.jitter': '--jitter',
};
export function flagOf(name: string): string {
  if (name.startsWith('barriers.')) return '--barrier';
  if (name.startsWith('require.')) return '--require';
  return FLAG_OF[name] ?? `--${name.replaceAll(/[._]/g, '-')}`;
}

function layersOfWords({ env, flags = {} }: SettingsRequest): Result<Layer[], SettingsTrouble> {
  const variables = layerOfWords(wordsOfEnvironment(env), (leaf) => ({
    kind: 'variable',
    name: variableOf(leaf),
  }));
  if (!variables.ok) {
    const { leaf, reason } = variables.error;
    const file = variableOf(leaf);
    return failure({
      file,
      line: null,
      key: leaf.name,
      reason: `the variable ${file}: ${reason}`,
      hint: `unset ${file}`,
    });
  }
  const typed = layerOfWords(flags, ({ name }) => ({ kind: 'flag', name: flagOf(name) }));
  if (typed.ok) return success([variables.value, typed.value]);
  const { leaf, reason } = typed.error;
  const file = flagOf(leaf.name);
  return failure({
    file,
    line: null,
    key: leaf.name,
    reason: `${file}: ${reason}`,
    hint: 'syncguard run --help',
  });
}

function thresholdTrouble(
  { throttleAt, pauseAt, stopAt }: Settings,
  origins: Origins,
): SettingsTrouble | null {
  if (throttleAt < pauseAt && pauseAt < stopAt) return null;
  const [below, key] = throttleAt < pauseAt ? ['pause_at', 'stop_at'] : ['throttle_at', 'pause_at'];
  // Whoever said one of the two can mend it; the default cannot.
  const origin = [origins[key], origins[below]].find((each) => each !== undefined && each.kind !== 'default');
  const file = origin !== undefined && 'name' in origin ? origin.name : 'default';
  const line = origin?.kind === 'file' ? origin.line : null;
  const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;
  const said = (name: string, share: number): string =>
    `${name} ${percent(share)} (${renderOrigin(origins[name] ?? { kind: 'default' })})`;
  const reason = `${said('throttle_at', throttleAt)}, ${said('pause_at', pauseAt)} and ${said('stop_at', stopAt)} must rise in that order`;
  return {
    file,
    line,
    key,
    reason,
    hint: `change ${origin === undefined ? key : renderOrigin(origin)}, then: syncguard config check`,
  };
}

function alertTrouble({ alerts }: Settings, origins: Origins): SettingsTrouble | null {
  const found = alertDisagreement(alerts);
  if (found === null) return null;
  const origin = origins[found.key] ?? { kind: 'default' };
  const file = 'name' in origin ? origin.name : 'default';
  const line = origin.kind === 'file' ? origin.line : null;
  const where = line === null ? file : `${file}, line ${line}`;
  return {
    file,
    line,
    key: found.key,
    reason: `${where}: ${found.key} ${found.reason}`,
    hint: `change ${renderOrigin(origin)}, then: syncguard config check`,
  };
}
