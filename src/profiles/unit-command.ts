// What a systemd unit would start, from its files: no bus, no fork. A unit made at run time has none and is not known.

import { join } from 'node:path';
import type { CommandLine } from './command-line.ts';
import { listConfigs, readFirstConfig } from './config-text.ts';
import { shellCommands } from './shell-text.ts';

export interface UnitPlace {
  readonly home: string;
  readonly sysroot?: string | undefined;
}

/** The stronger first (systemd.unit(5)). */
const SYSTEM_DIRECTORIES = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];
const USER_DIRECTORIES = ['/etc/systemd/user', '/usr/lib/systemd/user'];

/** The commands of `systemctl [--user] start UNIT`; empty: it is another command, or the unit has no file here. */
export function unitCommands(argv: readonly string[], place: UnitPlace): CommandLine[] {
  const [verb, ...units] = argv.slice(1).filter((word) => !word.startsWith('-'));
  if (verb === undefined || !['start', 'restart', 'enable'].includes(verb)) return [];
  const directories = argv.includes('--user')
    ? [join(place.home, '.config/systemd/user'), ...USER_DIRECTORIES]
    : SYSTEM_DIRECTORIES;
  return units.flatMap((unit) =>
    commandsOf(unit.includes('.') ? unit : `${unit}.service`, directories, place),
  );
}

function commandsOf(unit: string, directories: readonly string[], place: UnitPlace): CommandLine[] {
  const [, prefix = '', instance = '', suffix = ''] = /^([^@]*)@(.*)(\.\w+)$/.exec(unit) ?? [];
  const template = prefix === '' ? unit : `${prefix}@${suffix}`;
  const names = [...new Set([unit, template])];
  const lines = linesOf(names, directories, place).map((line) =>
    fillIn(line, unit, { instance, home: place.home }),
  );
  const said = (key: string): string[] => lastOf(lines, key);
  const user = said('User').at(-1) || null;
  const variables = Object.assign(
    {},
    ...said('Environment')
      .flatMap((text) => shellCommands(`${text} :`))
      .map((line) => line.variables),
  );
  return said('ExecStart').flatMap((text) =>
    shellCommands(text.replace(/^[-@:+!]+/, '')).map((line) => ({
      argv: line.argv,
      variables: { ...variables, ...line.variables },
      user,
    })),
  );
}

/** The unit's own file, then its drop-ins; a later line wins or adds. */
function linesOf(names: readonly string[], directories: readonly string[], { sysroot }: UnitPlace): string[] {
  const own = names.flatMap((name) => directories.map((directory) => join(directory, name)));
  const dropIns = names.flatMap((name) =>
    directories.flatMap((directory) => {
      const folder = join(directory, `${name}.d`);
      return listConfigs(folder, '.conf', sysroot).map((file) => join(folder, file));
    }),
  );
  const texts = [own, ...dropIns.map((path) => [path])].flatMap((paths) => {
    const read = readFirstConfig(paths, sysroot);
    return read.ok && read.value !== null ? [read.value.text] : [];
  });
  return texts.flatMap((text) => text.replace(/\\\n/g, ' ').split('\n'));
}

/** Values of a key; an empty one takes back all before it. */
function lastOf(lines: readonly string[], key: string): string[] {
  const values: string[] = [];
  for (const line of lines) {
    const [, name, value = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== key) continue;
    if (value === '') values.length = 0;
    else values.push(value);
  }
  return values;
}

/** Specifiers that a command line of a sync daemon has in it; others stay as they are written. */
function fillIn(line: string, unit: string, { instance, home }: { instance: string; home: string }): string {
  const filled: Readonly<Record<string, string>> = { i: instance, I: instance, h: home, n: unit, '%': '%' };
  return line.replace(/%([iIhn%])/g, (sign, letter) => filled[letter] ?? sign);
}
