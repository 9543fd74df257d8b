// Folders left out by the daemon's own command line. Where that deletes the local copy, only while both sides are the same.

import type { ProgramMeans } from '../domain/leave-out.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { askProgram, findProgram } from './daemon-program.ts';
import { type ApplyScene, type Done, type Group, noteChange } from './leave-out-scene.ts';

export async function runProgram(
  { mechanism, steps }: Group,
  means: ProgramMeans,
  scene: ApplyScene,
): Promise<Done> {
  const { env } = scene.request;
  const program = findProgram(means.names, env);
  if (program === null) return failure(`${means.names.join(' or ')} is not in PATH`);
  for (const { path, entries } of steps) {
    if (mechanism.effect === 'deletes-local') {
      const complete = await isComplete(program, means, scene);
      if (!complete.ok) return complete;
    }
    const undo = [program, ...means.undo, path];
    const noted = noteChange({ kind: 'program', path, undo, entries }, scene);
    if (!noted.ok) return noted;
    const done = await askProgram([program, ...means.apply, path], env);
    if (!done.ok) return done;
  }
  return success({ note: null });
}

/** Asked again before each deletion: the one before it may have set off a sync. */
async function isComplete(
  program: string,
  { status, completeLine }: ProgramMeans,
  { request }: ApplyScene,
): Promise<Result<null, string>> {
  const said = await askProgram([program, ...status], request.env);
  if (!said.ok) return failure(`whether everything is synced is not known: ${said.error}`);
  const lines = said.value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 1 && lines[0] === completeLine) return success(null);
  return failure(
    `not everything is synced (${program} says ${lines[0] ?? 'nothing'}, not ${completeLine}): what is only here would be lost`,
  );
}
