// Which COMMAND a run means, as it was typed and as it is found, before anything is asked or made.

import { homedir } from 'node:os';
import { failure, type Result, success } from '../domain/result.ts';
import { isMachine } from '../kernel/kernel-file.ts';
import type { Command } from './arguments.ts';
import { type FoundCommand, findCommand } from './command-path.ts';
import { FAILED } from './ending.ts';
import { findInstalledDaemon, installPathsOf } from './installed-daemon.ts';

/** Why nothing is begun: one sentence, what to type next, and the status to end with. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly hint: string;
}

export interface ChosenCommand {
  readonly command: Command;
  readonly found: FoundCommand;
}

export interface CommandPlace {
  /** null: PATH is not set. */
  readonly path: string | null;
  /** null: the running machine. */
  readonly sysroot: string | null;
}

/** `asked` null: the one daemon that is installed. */
export function chooseCommand(
  asked: Command | null,
  { path, sysroot }: CommandPlace,
): Result<ChosenCommand, Refusal> {
  if (sysroot !== null && !isMachine(sysroot)) {
    const message = `--sysroot ${sysroot}: there is no such folder`;
    return failure({ status: FAILED, message, hint: 'name the one that holds proc/ and sys/' });
  }
  const home = homedir();
  const installed = asked ? success(asked) : findInstalledDaemon({ path, home });
  if (!installed.ok)
    return failure({ status: FAILED, message: installed.error, hint: 'syncguard run --help' });
  const command = installed.value;
  const found = findCommand({ command: command[0], path, installPaths: installPathsOf(home) });
  if (found.ok) return success({ command, found: found.value });
  const { exitCode, message } = found.error;
  const hint = exitCode === 127 ? 'check its name and PATH' : `ls -ld ${command[0]}, then name a program`;
  return failure({ status: exitCode, message, hint });
}
