// Starts a program of ours. Knows: in how many ways Node tells that it could not. May not know: what the program is for.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { failure, type Result, success } from '../domain/result.ts';
import { errnoOf } from '../kernel/errno.ts';

/** A process that was really made, so that its pipes are there. */
export type StartedProgram = ChildProcess & { readonly pid: number };

/**
 * The child, or one clause on why there is none. Node throws what fork says (ENOMEM, as an exhausted container answers), and
 * for EMFILE, EAGAIN and ENOENT hands out a child without a pid, without pipes where none could be made, and an event later.
 */
export function startProgram(
  file: string,
  words: readonly string[],
  options: SpawnOptions,
): Result<StartedProgram, string> {
  try {
    const child = spawn(file, words, options);
    child.on('error', () => {});
    return hasStarted(child) ? success(child) : failure(`${file} could not be started`);
  } catch (error) {
    return failure(`${file} could not be started (${errnoOf(error)})`);
  }
}

const hasStarted = (child: ChildProcess): child is StartedProgram => child.pid !== undefined;
