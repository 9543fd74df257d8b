// Where COMMAND is, resolved before anything is started, so that 126 and 127 are told apart as env and timeout tell them.

import { accessSync, constants, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { errnoOf } from '../kernel/errno.ts';

export interface CommandSearch {
  readonly command: string;
  /** null: PATH is not set, and the C library's own default holds. */
  readonly path: string | null;
  /** Files tried when PATH does not know the name; only those with COMMAND's own base name count. */
  readonly installPaths: readonly string[];
}

export interface FoundCommand {
  readonly file: string;
  /** What the launcher execs, and so the daemon's argv[0]: as it was typed wherever that leads to the same file. */
  readonly word: string;
}

export interface CommandMissing {
  /** 127: not found; 126: there, but not to be executed. */
  readonly exitCode: 126 | 127;
  readonly message: string;
}

/** confstr(_CS_PATH) of glibc; musl's execvp adds /usr/local/bin in front. */
const DEFAULT_PATH = '/bin:/usr/bin';

type Finding = 'executable' | 'refused' | 'absent';

/** The file that execvp(3) would execute. */
export function findCommand(search: CommandSearch): Result<FoundCommand, CommandMissing> {
  let refused: string | null = null;
  for (const candidate of candidatesOf(search)) {
    const finding = readFinding(candidate.file);
    if (finding === 'executable') return success(candidate);
    if (finding === 'refused') refused ??= candidate.file;
  }
  return failure(
    refused === null
      ? { exitCode: 127, message: `${search.command} was not found${lookedIn(search)}` }
      : { exitCode: 126, message: `${refused} ${whyRefused(refused)}` },
  );
}

function candidatesOf({ command, path, installPaths }: CommandSearch): FoundCommand[] {
  if (command.includes('/')) return [{ file: command, word: command }];
  return [
    // An empty element of PATH is the working directory. A shell's exec would take a leading dash for an option.
    ...(path ?? DEFAULT_PATH).split(':').map((directory) => {
      const file = join(directory || '.', command);
      return { file, word: command.startsWith('-') ? file : command };
    }),
    ...installPaths
      .filter((candidate) => basename(candidate) === command)
      .map((file) => ({ file, word: file })),
  ];
}

function readFinding(candidate: string): Finding {
  try {
    accessSync(candidate, constants.X_OK);
    return statSync(candidate).isFile() ? 'executable' : 'refused';
  } catch (error) {
    return errnoOf(error) === 'EACCES' ? 'refused' : 'absent';
  }
}

function whyRefused(candidate: string): string {
  try {
    return statSync(candidate).isDirectory() ? 'is a directory' : 'may not be executed';
  } catch {
    return 'may not be executed';
  }
}

function lookedIn(search: CommandSearch): string {
  if (search.command.includes('/')) return '';
  const installed = search.installPaths.filter((candidate) => basename(candidate) === search.command);
  const also = installed.length === 0 ? '' : `, nor at ${installed.join(' or ')}`;
  return ` in PATH (${search.path ?? DEFAULT_PATH})${also}`;
}
