// The door of smol-toml: reads config.toml, conf.d/*.toml and SYNCGUARD_* into one Settings.
// Knows: where configuration lies and what a file may say. May not know: profiles, walls, who asks.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { failure, type Result, success } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import { nearestWord } from '../formats/nearest-word.ts';
import { lineOfKey } from './key-lines.ts';
import { keyPaths, type Layer, mergeLayers, type Origins } from './settings-layers.ts';
import { parseSettingsTable, type SchemaTrouble } from './settings-schema.ts';

export type { Origins } from './settings-layers.ts';

export interface SettingsRequest {
  /** --config: this file alone, and it must exist; null: the usual places. */
  readonly explicitFile: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The usual places are sought below it. */
  readonly sysroot?: string | undefined;
}

export interface SettingsRead {
  readonly settings: Settings;
  readonly origins: Origins;
  /** In the order they were read. */
  readonly files: readonly string[];
}

/** One sentence in `reason`, which names file, line and key. */
export interface SettingsTrouble {
  readonly file: string;
  /** From 1; null: the trouble is not on a line. */
  readonly line: number | null;
  readonly reason: string;
  readonly hint: string;
}

/** The settings in force; no file at all means the defaults. */
export function readSettings(request: SettingsRequest): Result<SettingsRead, SettingsTrouble> {
  const listed = request.explicitFile === null ? usualFiles(request) : success([request.explicitFile]);
  if (!listed.ok) return listed;
  const layers: Layer[] = [];
  const files: string[] = [];
  for (const file of listed.value) {
    const layer = readLayer(file, request.explicitFile !== null);
    if (!layer.ok) return layer;
    if (layer.value === null) continue;
    layers.push(layer.value);
    files.push(file);
  }
  const environment = environmentLayer(request.env);
  if (!environment.ok) return environment;
  const { settings, origins } = mergeLayers([...layers, environment.value]);
  const trouble = thresholdTrouble(settings, origins);
  return trouble === null ? success({ settings, origins, files }) : failure(trouble);
}

/** Directories from the weakest to the strongest: the machine's, the user's, the service's own. */
function directories({ env, sysroot = '' }: SettingsRequest): string[] {
  const home = env['XDG_CONFIG_HOME'] || (env['HOME'] ? join(env['HOME'], '.config') : '');
  const own = (env['CONFIGURATION_DIRECTORY'] ?? '').split(':');
  const found = ['/etc/syncguard', home && join(home, 'syncguard'), ...own].filter((path) => path !== '');
  // A directory named twice counts where it is strongest.
  return found.filter((path, index) => found.lastIndexOf(path) === index).map((path) => join(sysroot, path));
}

function usualFiles(request: SettingsRequest): Result<string[], SettingsTrouble> {
  const files: string[] = [];
  for (const directory of directories(request)) {
    const dropIns = dropInsOf(join(directory, 'conf.d'));
    if (!dropIns.ok) return dropIns;
    files.push(join(directory, 'config.toml'), ...dropIns.value);
  }
  return success(files);
}

const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
const isAbsent = (errno: string): boolean => errno === 'ENOENT' || errno === 'ENOTDIR';

function dropInsOf(directory: string): Result<string[], SettingsTrouble> {
  try {
    const names = readdirSync(directory).filter((name) => /^[^.].*\.toml$/.test(name));
    return success(names.sort().map((name) => join(directory, name)));
  } catch (error) {
    return isAbsent(errnoOf(error)) ? success([]) : failure(unreadable(directory, errnoOf(error)));
  }
}

const unreadable = (file: string, errno: string): SettingsTrouble => ({
  file,
  line: null,
  reason: `${file} cannot be read: ${errno}`,
  hint: `ls -l ${file}`,
});

/** null: not there, and it need not be. */
function readLayer(file: string, isNeeded: boolean): Result<Layer | null, SettingsTrouble> {
  try {
    return layerOf(file, readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    const errno = errnoOf(error);
    return isAbsent(errno) && !isNeeded ? success(null) : failure(unreadable(file, errno));
  }
}

function layerOf(file: string, text: string): Result<Layer, SettingsTrouble> {
  const data = parseToml(file, text);
  if (!data.ok) return data;
  const table = parseSettingsTable(data.value);
  if (!table.ok) return failure(keyTrouble(table.error, file, lineOfKey(text, table.error.path)));
  const paths = keyPaths(data.value);
  const origins = Object.fromEntries(
    paths.map((path) => [path.join('.'), `${file}:${lineOfKey(text, path)}`]),
  );
  return success({ table: table.value, origins });
}

function parseToml(file: string, text: string): Result<object, SettingsTrouble> {
  try {
    return success(parse(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column } = error;
    // The message continues with a drawing of the line; its first line is the sentence.
    const what = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
    const reason = `${file}, line ${line}, column ${column}: not TOML: ${what}`;
    return failure({ file, line, reason, hint: `mend line ${line} of ${file}` });
  }
}

function keyTrouble({ path, reason, knownKeys }: SchemaTrouble, file: string, line: number): SettingsTrouble {
  const key = path.join('.');
  const where = `${file}, line ${line}: ${key}`;
  if (knownKeys === null)
    return { file, line, reason: `${where}: ${reason}`, hint: `mend ${key} in ${file}` };
  const nearest = nearestWord(path.at(-1) ?? '', knownKeys);
  const guess = nearest === null ? `known are ${knownKeys.join(', ')}` : `did you mean ${nearest}?`;
  return { file, line, reason: `${where} ${reason}; ${guess}`, hint: `mend ${key} in ${file}` };
}

const ENVIRONMENT_KEYS = ['throttle_at', 'pause_at', 'stop_at', 'on_refuse', 'on_unknown'];
const variableOf = (key: string): string => `SYNCGUARD_${key.toUpperCase()}`;

function environmentLayer(env: SettingsRequest['env']): Result<Layer, SettingsTrouble> {
  const said = ENVIRONMENT_KEYS.filter((key) => env[variableOf(key)]);
  const table = parseSettingsTable(Object.fromEntries(said.map((key) => [key, env[variableOf(key)]])));
  const origins = Object.fromEntries(said.map((key) => [key, variableOf(key)]));
  if (table.ok) return success({ table: table.value, origins });
  const variable = variableOf(table.error.path.join('.'));
  const reason = `the variable ${variable}: ${table.error.reason}`;
  return failure({ file: variable, line: null, reason, hint: `unset ${variable}` });
}

function thresholdTrouble(settings: Settings, origins: Origins): SettingsTrouble | null {
  const { throttleAt, pauseAt, stopAt } = settings;
  if (throttleAt < pauseAt && pauseAt < stopAt) return null;
  const key = throttleAt < pauseAt ? 'stop_at' : 'pause_at';
  const file = origins[key] ?? 'default';
  const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;
  const reason = `throttle_at ${percent(throttleAt)} (${origins['throttle_at']}), pause_at ${percent(pauseAt)} (${origins['pause_at']}) and stop_at ${percent(stopAt)} (${origins['stop_at']}) must rise in that order`;
  return { file, line: null, reason, hint: `change ${key}` };
}
