// A daemon's own command line: asked for its state, told to leave a folder out or to take it back.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { startProgram } from './program.ts';

/** Dropbox's waits for its daemon's socket; what takes longer hangs. */
const ANSWER_WITHIN_MS = 30_000;
/** A state is a few lines; more is an error page. */
const LONGEST_ANSWER = 65_536;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The first of these names in PATH; null: none is there. */
export function findProgram(names: readonly string[], environment: Environment): string | null {
  const directories = (environment['PATH'] ?? '').split(':').filter((each) => each.startsWith('/'));
  const paths = names.flatMap((name) => directories.map((directory) => join(directory, name)));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** What it prints when it ends with 0; the error, one clause, has its last words. */
export async function askProgram(
  [file = '', ...words]: readonly string[],
  environment: Environment,
): Promise<Result<string, string>> {
  const started = startProgram(file, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment } });
  if (!started.ok) return started;
  const child = started.value;
  const timer = setTimeout(() => child.kill('SIGKILL'), ANSWER_WITHIN_MS);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (piece: Buffer) => {
      said = (said + piece.toString()).slice(-LONGEST_ANSWER);
    });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  if (status === 0) return success(said);
  const last = said.trim().split('\n').at(-1) ?? '';
  return failure(
    `${[file, ...words].join(' ')} ended with ${status ?? 'a signal'}${last === '' ? '' : `: ${last}`}`,
  );
}
