// Which profile a command line belongs to, whatever stands in front of it.

import { basename, join } from 'node:path';
import type { Profile } from '../domain/profile.ts';
import { behindVariables, type CommandLine, plainLine } from './command-line.ts';
import { behindFile, type ProgramPlace } from './launcher.ts';
import { behindPrefix } from './prefixes.ts';
import type { RootsRequest } from './root.ts';
import { unitCommands } from './unit-command.ts';
import type { UnitPlace } from './unit-file.ts';

/** Where files behind a command are looked for. */
export type CommandPlace = ProgramPlace & UnitPlace;

/** Of a daemon that is started from here. */
export const placeOf = ({ home, env, sysroot }: Omit<RootsRequest, 'argv'>): CommandPlace => ({
  home,
  sysroot,
  path: env['PATH'] ?? '',
  directory: env['PWD'] ?? home,
});

export interface Recognised extends CommandLine {
  readonly profile: Profile;
}

/** Prefixes in front of each other: more is no command line but a mistake. */
const DEEPEST = 32;

/** What is run behind `env VAR=1`, `su ann -c '...'` and their like: several lines where a shell is given several. */
function unwrapped(line: CommandLine, place: CommandPlace | null, depth = 0): CommandLine[] {
  const isUnit = place !== null && basename(line.argv[0] ?? '') === 'systemctl';
  const inner = isUnit ? unitCommands(line.argv, place) : behindPrefix(line.argv);
  if (inner.length === 0 || depth >= DEEPEST) return [line];
  return inner.flatMap(({ argv, variables, user }) =>
    unwrapped(
      { argv, variables: behindVariables(line.variables, variables), user: user ?? line.user },
      // A unit that starts units is not followed: they may start each other.
      isUnit ? null : place,
      depth + 1,
    ),
  );
}

/** The daemon's own argv behind its prefixes; unchanged when there is none. */
export const unwrapCommand = (argv: readonly string[]): readonly string[] =>
  unwrapped(plainLine(argv), null)[0]?.argv ?? argv;

/**
 * The daemon of a command line, with its own argv; null: no profile knows it. By names alone, unless `place` says where
 * its files are: then also by what a link leads to, what a script executes and what a unit starts.
 */
export function recognise(
  argv: readonly string[],
  profiles: readonly Profile[],
  place: CommandPlace | null = null,
): Recognised | null {
  const lines = unwrapped(plainLine(argv), place);
  const known = firstKnown(lines, profiles);
  if (known !== null || place === null) return known;
  const isOnFiles = place.sysroot === undefined || place.sysroot === '';
  const behind = isOnFiles ? lines.flatMap((line) => behindFile(line, place)) : [];
  return firstKnown(
    behind.flatMap((line) => unwrapped(line, place)),
    profiles,
  );
}

export const recogniseCommand = (
  argv: readonly string[],
  profiles: readonly Profile[],
  place: CommandPlace | null = null,
): Profile | null => recognise(argv, profiles, place)?.profile ?? null;

function firstKnown(lines: readonly CommandLine[], profiles: readonly Profile[]): Recognised | null {
  for (const line of lines) {
    const profile = profileOf(line.argv, profiles);
    if (profile !== null) return { ...line, profile };
  }
  return null;
}

/** Whatever the program, with one of these it answers and ends. */
const QUESTION = /^--?(?:help|version)$/;

/** An argv[0] that is a path counts by its last part. */
function profileOf(
  [command = '', ...words]: readonly string[],
  profiles: readonly Profile[],
): Profile | null {
  if (words.some((word) => QUESTION.test(word))) return null;
  const named = profiles.filter(({ match }) => match.names.includes(basename(command)));
  const subcommands = named.flatMap(({ match }) => match.subcommands ?? []);
  const subcommand = words.find((word) => subcommands.includes(word));
  const fits = ({ match }: Profile): boolean => {
    if (words.some((word) => match.otherCommands?.includes(word))) return false;
    return (
      match.subcommands === undefined || (subcommand !== undefined && match.subcommands.includes(subcommand))
    );
  };
  return named.find(fits) ?? null;
}

/** `~` alone or before a slash is the owner's home; anything else is unchanged. */
export const expandHome = (path: string, home: string): string =>
  path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
