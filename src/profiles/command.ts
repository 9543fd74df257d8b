// Which profile a command line belongs to, and where a daemon's program is when PATH does not know it.

import { basename, join } from 'node:path';
import type { Profile } from '../domain/profile.ts';

/** Prefixes that run the rest of their line, with the options that take a value. */
const WRAPPERS: ReadonlyMap<string, RegExp> = new Map([
  ['env', /^(-u|--unset|-C|--chdir)$/],
  ['nice', /^(-n|--adjustment)$/],
  ['ionice', /^(-c|--class|-n|--classdata)$/],
  ['nohup', /^$/],
  ['setsid', /^$/],
  ['exec', /^(-a)$/],
]);

/** The daemon's own argv behind `env VAR=1`, `nice -n 5`, `ionice -c3` and their like; unchanged when there is none. */
export function unwrapCommand(argv: readonly string[]): readonly string[] {
  const takesValue = WRAPPERS.get(basename(argv[0] ?? ''));
  if (takesValue === undefined) return argv;
  let index = 1;
  while (index < argv.length) {
    const word = argv[index] ?? '';
    if (word === '--') return unwrapCommand(argv.slice(index + 1));
    if (takesValue.test(word)) index += 2;
    else if (word.startsWith('-') || /^\w+=/.test(word)) index += 1;
    else return unwrapCommand(argv.slice(index));
  }
  return argv;
}

/** The profile whose command this is; null: no profile knows it. An argv[0] that is a path counts by its last part. */
export function recogniseCommand(argv: readonly string[], profiles: readonly Profile[]): Profile | null {
  const [command = '', ...words] = unwrapCommand(argv);
  const named = profiles.filter(({ match }) => match.names.includes(basename(command)));
  const subcommands = named.flatMap(({ match }) => match.subcommands ?? []);
  const subcommand = words.find((word) => subcommands.includes(word));
  const fits = (profile: Profile): boolean =>
    profile.match.subcommands === undefined ||
    (subcommand !== undefined && profile.match.subcommands.includes(subcommand));
  return named.find(fits) ?? null;
}

/** `~` alone or before a slash is the owner's home; anything else is unchanged. */
export const expandHome = (path: string, home: string): string =>
  path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
