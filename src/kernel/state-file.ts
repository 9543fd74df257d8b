// Small JSON files of our own that survive kill -9 and a full disk: written beside, flushed, then renamed over.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { makeDirectoryPath } from './directory-path.ts';
import { errnoOf } from './errno.ts';

/** null: absent, unreadable or not JSON; a damaged state is no state. */
export function readStateFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** The old file or the new one, never a part; the error is the errno. */
export function writeStateFile(path: string, value: unknown): Result<null, string> {
  const temporary = `${path}.${process.pid}`;
  try {
    makeDirectoryPath(dirname(path));
    writeFlushed(temporary, JSON.stringify(value));
    renameSync(temporary, path);
    return success(null);
  } catch (error) {
    removeQuietly(temporary);
    return failure(errnoOf(error));
  }
}

/** `force` forgives a missing file only, and the reason to be here may be the path itself (ENOTDIR, EROFS). */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What could not be removed could not be written either.
  }
}

function writeFlushed(path: string, text: string): void {
  const descriptor = openSync(path, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
