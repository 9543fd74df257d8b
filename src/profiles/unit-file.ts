// A systemd unit as its files have it: the unit's own, then its drop-ins. No bus; one made at run time has no file.

import { join } from 'node:path';
import { listConfigs, readFirstConfig } from './config-text.ts';

export interface UnitPlace {
  readonly home: string;
  readonly sysroot?: string | undefined;
}

/** The stronger first (systemd.unit(5)). */
const SYSTEM_DIRECTORIES = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];
const USER_DIRECTORIES = ['/etc/systemd/user', '/usr/local/lib/systemd/user', '/usr/lib/systemd/user'];

export interface UnitRequest extends UnitPlace {
  readonly scope: 'system' | 'user';
  /** Name of a drop-in that is not read. */
  readonly without?: string;
}

export interface UnitFile {
  /** Where the unit itself stands; null: nowhere. */
  readonly path: string | null;
  /** Of every file that counts, a continued line as one. */
  readonly lines: readonly string[];
}

/** `syncthing@ann` stands for syncthing@ann.service. */
export const nameOfUnit = (word: string): string =>
  /\.(service|socket|timer|target|mount|path|slice|scope|swap|automount|device)$/.test(word)
    ? word
    : `${word}.service`;

export function readUnitFile(unit: string, request: UnitRequest): UnitFile {
  const { home, sysroot, scope } = request;
  const directories =
    scope === 'user' ? [join(home, '.config/systemd/user'), ...USER_DIRECTORIES] : SYSTEM_DIRECTORIES;
  const names = [...new Set([unit, templateOf(unit)])];
  const own = names.flatMap((name) => directories.map((directory) => join(directory, name)));
  const dropIns = dropInsOf(names, directories, request);
  const read = [own, ...dropIns.map((path) => [path])].flatMap((paths) => {
    const file = readFirstConfig(paths, sysroot);
    return file.ok && file.value !== null ? [file.value] : [];
  });
  const [first] = read;
  return {
    path: first !== undefined && own.includes(first.path) ? first.path : null,
    lines: read.flatMap(({ text }) => text.replace(/\\\n/g, ' ').split('\n')),
  };
}

/** syncthing@.service for syncthing@ann.service. */
const templateOf = (unit: string): string => unit.replace(/^([^@]+@)[^.]+.*(\.\w+)$/, '$1$2');

/** By their names, whichever directory they are in; of one name the strongest. */
function dropInsOf(
  names: readonly string[],
  directories: readonly string[],
  { sysroot, without }: UnitRequest,
): string[] {
  const found = new Map<string, string>();
  for (const folder of names.flatMap((name) => directories.map((directory) => join(directory, `${name}.d`))))
    for (const file of listConfigs(folder, '.conf', sysroot))
      if (file !== without && !found.has(file)) found.set(file, join(folder, file));
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

/** Values of a key in the order they count; an empty one takes back all before it. */
export function unitValues(lines: readonly string[], key: string): string[] {
  const values: string[] = [];
  for (const line of lines) {
    const [, name, value = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== key) continue;
    if (value === '') values.length = 0;
    else values.push(value);
  }
  return values;
}
