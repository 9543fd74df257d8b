// `run` without COMMAND: the one daemon that is installed here.

import { failure, type Result, success } from '../domain/result.ts';
import { START_COMMANDS } from '../profiles/start-commands.ts';
import type { Command } from './arguments.ts';
import { findCommand } from './command-path.ts';

export interface DaemonSearch {
  /** null: PATH is not set. */
  readonly path: string | null;
  readonly home: string;
}

/** Where a command may be besides PATH. */
export const installPathsOf = (home: string): string[] =>
  START_COMMANDS.flatMap(({ installPaths }) => installPaths.map((path) => path.replace(/^~/, home)));

/** Its command line; the error is the one sentence to show: none is installed, or more than one. */
export function findInstalledDaemon({ path, home }: DaemonSearch): Result<Command, string> {
  const installPaths = installPathsOf(home);
  const found = START_COMMANDS.filter(
    ({ command }) => findCommand({ command: command[0], path, installPaths }).ok,
  );
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return success(only.command);
  const names = (found.length > 0 ? found : START_COMMANDS).map(({ command }) => command[0]);
  return failure(
    found.length > 0
      ? `no COMMAND was given, and more than one daemon is installed: ${names.join(', ')}`
      : `no COMMAND was given, and no daemon was found (looked for ${names.join(', ')} in PATH and at ${installPaths.join(', ')})`,
  );
}
