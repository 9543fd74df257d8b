// What a systemd unit would start, from its files: no bus, no fork. A unit made at run time has none and is not known.

import type { CommandLine } from './command-line.ts';
import { shellCommands } from './shell-text.ts';
import { nameOfUnit, readUnitFile, type UnitPlace, unitValues } from './unit-file.ts';

/** The commands of `systemctl [--user] start UNIT`; empty: it is another command, or the unit has no file here. */
export function unitCommands(argv: readonly string[], place: UnitPlace): CommandLine[] {
  const [verb, ...units] = argv.slice(1).filter((word) => !word.startsWith('-'));
  if (verb === undefined || !['start', 'restart', 'enable'].includes(verb)) return [];
  const scope = argv.includes('--user') ? 'user' : 'system';
  return units.flatMap((unit) => commandsOf(nameOfUnit(unit), { ...place, scope }));
}

function commandsOf(unit: string, place: UnitPlace & { readonly scope: 'system' | 'user' }): CommandLine[] {
  const [, instance = ''] = /^[^@]*@(.*)\.\w+$/.exec(unit) ?? [];
  const { lines } = readUnitFile(unit, place);
  const filled = lines.map((line) => fillIn(line, unit, { instance, home: place.home }));
  const said = (key: string): string[] => unitValues(filled, key);
  const user = said('User').at(-1) || null;
  const variables = Object.assign(
    {},
    ...said('Environment')
      .flatMap((text) => shellCommands(`${text} :`))
      .map((line) => line.variables),
  );
  const usual = place.scope === 'user' ? '~' : '/';
  const directory = said('WorkingDirectory').at(-1)?.replace(/^-/, '') || usual;
  return said('ExecStart').flatMap((text) =>
    shellCommands(text.replace(/^[-@:+!]+/, '')).map((line) => ({
      argv: line.argv,
      variables: { ...variables, PWD: directory, ...line.variables },
      user,
    })),
  );
}

/** Specifiers that a command line of a sync daemon has in it; others stay as they are written. */
function fillIn(line: string, unit: string, { instance, home }: { instance: string; home: string }): string {
  const filled: Readonly<Record<string, string>> = { i: instance, I: instance, h: home, n: unit, '%': '%' };
  return line.replace(/%([iIhn%])/g, (sign, letter) => filled[letter] ?? sign);
}
