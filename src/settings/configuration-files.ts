// Where configuration lies, and its text: every way in which a file can be no configuration is one sentence.
// Knows: places, drop-ins, sizes. May not know: TOML, or which settings there are.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { MiB } from '../domain/units.ts';
import { renderBytes } from '../formats/quantity-text.ts';
import type { Environment } from './settings-words.ts';

export interface SettingsPlace {
  /** --config: this file alone, and it must exist; null: the usual places. */
  readonly explicitFile: string | null;
  readonly env: Environment;
  /** The usual places are sought below it. */
  readonly sysroot?: string | undefined;
}

/** One sentence in `reason`, which names file, line and key as far as there are any. */
export interface SettingsTrouble {
  /** The file, variable or flag. */
  readonly file: string;
  /** From 1; null: the trouble is not on a line. */
  readonly line: number | null;
  /** Dotted; null: the trouble is no key's. */
  readonly key: string | null;
  readonly reason: string;
  readonly hint: string;
}

/** The reason as a sentence of its own. */
export const sentenceOf = ({ reason }: SettingsTrouble): string =>
  reason.endsWith('?') ? reason : `${reason}.`;

/** A configuration of every key and a hundred daemons has 100 KiB; a larger file is something else. */
const LARGEST_BYTES: number = MiB;

const DROP_INS = 'conf.d';
const isDropIn = (name: string): boolean => /^[^.].*\.toml$/.test(name);

/** Directories from the weakest to the strongest: the machine's, the user's, the service's own. */
export function configurationDirectories({
  env,
  sysroot = '',
}: Omit<SettingsPlace, 'explicitFile'>): string[] {
  const home = env['XDG_CONFIG_HOME'] || (env['HOME'] ? join(env['HOME'], '.config') : '');
  const own = (env['CONFIGURATION_DIRECTORY'] ?? '').split(':');
  const found = ['/etc/syncguard', home && join(home, 'syncguard'), ...own].filter((path) => path !== '');
  // A directory named twice counts where it is strongest.
  return found.filter((path, index) => found.lastIndexOf(path) === index).map((path) => join(sysroot, path));
}

/** Whose change may change what is read: our directories, drop-ins included, or the one file, whose directory is anybody's. */
export const watchedPaths = (place: SettingsPlace): string[] =>
  place.explicitFile === null
    ? configurationDirectories(place).flatMap((directory) => [directory, join(directory, DROP_INS)])
    : [place.explicitFile];

/** Every file that would be read now; where a directory may not be listed, those beside it. */
export function settingsFiles(place: SettingsPlace): string[] {
  const listed = configurationFiles(place);
  return listed.ok
    ? listed.value
    : configurationDirectories(place).map((directory) => join(directory, 'config.toml'));
}

/** In the order they are read; later ones win. */
export function configurationFiles(place: SettingsPlace): Result<string[], SettingsTrouble> {
  if (place.explicitFile !== null) return success([place.explicitFile]);
  const files: string[] = [];
  for (const directory of configurationDirectories(place)) {
    const dropIns = dropInsOf(join(directory, DROP_INS));
    if (!dropIns.ok) return dropIns;
    files.push(join(directory, 'config.toml'), ...dropIns.value);
  }
  return success(files);
}

function dropInsOf(directory: string): Result<string[], SettingsTrouble> {
  try {
    return success(
      readdirSync(directory)
        .filter(isDropIn)
        .sort()
        .map((name) => join(directory, name)),
    );
  } catch (error) {
    const errno = errnoOf(error);
    return isAbsent(errno) ? success([]) : failure(unreadable(directory, because(errno)));
  }
}

const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
const isAbsent = (errno: string): boolean => errno === 'ENOENT' || errno === 'ENOTDIR';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOENT: 'it is not there',
  ELOOP: 'its symbolic links go round in a circle',
};
const because = (errno: string): string =>
  WORDS[errno] === undefined ? errno : `${WORDS[errno]} (${errno})`;

const unreadable = (file: string, why: string): SettingsTrouble => ({
  file,
  line: null,
  key: null,
  reason: `${file} cannot be read: ${why}`,
  hint: `ls -lL ${file}`,
});

/** null: not there, and `isNeeded` is false. A link to /dev/null is a text that says nothing, as with systemd. */
export function readConfigurationText(
  file: string,
  isNeeded: boolean,
): Result<string | null, SettingsTrouble> {
  try {
    const stats = statSync(file);
    if (stats.isCharacterDevice()) return success('');
    if (!stats.isFile())
      return failure(unreadable(file, stats.isDirectory() ? 'it is a directory' : 'it is no regular file'));
    if (stats.size > LARGEST_BYTES)
      return failure(
        unreadable(
          file,
          `it has ${renderBytes(stats.size)}, and no configuration more than ${renderBytes(LARGEST_BYTES)}`,
        ),
      );
    return textOf(file, readFileSync(file));
  } catch (error) {
    const errno = errnoOf(error);
    return isAbsent(errno) && !isNeeded ? success(null) : failure(unreadable(file, because(errno)));
  }
}

function textOf(file: string, bytes: Uint8Array): Result<string, SettingsTrouble> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return success(text);
  } catch {
    // Said below.
  }
  return failure(unreadable(file, 'it is no text (UTF-8)'));
}
