// Makes a directory and those above it. Not mkdirSync's own `recursive`, which asks for ever below /proc: mkdir answers
// ENOENT there though the parent exists, and it takes that for a parent still to be made (Node 20 to 24).

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from './errno.ts';

/** Only the owner may enter what is made here. */
const PRIVATE = 0o700;

/** What is there already is left as it is; throws the error of the one that cannot be made. */
export function makeDirectoryPath(path: string): void {
  if (whatIsMissing(path) === null) return;
  const above = dirname(path);
  if (above !== path) makeDirectoryPath(above);
  const missing = whatIsMissing(path);
  if (missing !== null) throw missing;
}

/** Makes one; the error when something above it is missing, any other is thrown. */
function whatIsMissing(path: string): Error | null {
  try {
    mkdirSync(path, PRIVATE);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return error as Error;
    if (code !== 'EEXIST') throw error;
  }
  return null;
}
