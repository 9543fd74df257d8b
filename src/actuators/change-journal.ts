// What was changed in other programs' configuration, written down before it is changed, newest last: by fit, and one journal
// for each service that is installed.
// Beside it the content of each file as it was: without that nothing is changed.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { makeDirectoryPath } from '../kernel/directory-path.ts';
import { errnoOf } from '../kernel/errno.ts';
import { readStateFile } from '../kernel/state-file.ts';
import { type ForeignFile, readForeignFile, replaceForeignFile } from './foreign-file.ts';

/** A file rewritten whole. */
export interface FileChange {
  readonly kind: 'file';
  /** The tree whose daemon reads it; of a service, its name. */
  readonly root: string;
  readonly path: string;
  /** Its permissions before, where they were changed too. */
  readonly mode?: number;
  /** Name of the kept content in the journal's directory; null: there was no file. */
  readonly backup: string | null;
  /** SHA-256 of the content before ('' for no file) and after. */
  readonly before: string;
  readonly after: string;
}

/** A Syncthing folder that is watched no longer. */
export interface WatcherChange {
  readonly kind: 'syncthing-watcher';
  readonly configPath: string;
  readonly folder: string;
  /** Where config.xml itself was rewritten, as no Syncthing ran; null: through its API. */
  readonly file: FileChange | null;
}

/** A command of the daemon's own. */
export interface ProgramChange {
  readonly kind: 'program';
  readonly path: string;
  /** What takes it back. */
  readonly undo: readonly string[];
  readonly entries: number;
}

/** A directory that was made for files. */
export interface DirectoryChange {
  readonly kind: 'directory';
  readonly path: string;
}

export type Change = FileChange | WatcherChange | ProgramChange | DirectoryChange;

/** Everything one --apply did. */
export interface Application {
  readonly at: string;
  readonly changes: readonly Change[];
}

const SCHEMA = 'syncguard/fit-journal/1';
const OWNER_ONLY = 0o600;

export const journalDirectory = (stateDirectory: string): string => join(stateDirectory, 'fit');
const fileOf = (directory: string): string => join(directory, 'journal.json');

export const hashOf = (bytes: Buffer | null): string =>
  bytes === null ? '' : createHash('sha256').update(bytes).digest('hex');

/** [] when nothing is written down, or nothing that can be read. */
export function readJournal(directory: string): Application[] {
  const kept = readStateFile(fileOf(directory));
  const isOurs = typeof kept === 'object' && kept !== null && 'schema' in kept && kept.schema === SCHEMA;
  return isOurs && 'applications' in kept && Array.isArray(kept.applications)
    ? kept.applications.filter(isApplication)
    : [];
}

const isApplication = (value: unknown): value is Application =>
  typeof value === 'object' && value !== null && 'changes' in value && Array.isArray(value.changes);

/** The error is one clause. */
export function writeJournal(directory: string, applications: readonly Application[]): Result<null, string> {
  return writeOwn(directory, fileOf(directory), JSON.stringify({ schema: SCHEMA, applications }));
}

function writeOwn(directory: string, path: string, content: string | Buffer): Result<null, string> {
  try {
    makeDirectoryPath(directory);
  } catch (error) {
    return failure(`${directory} cannot be made (${errnoOf(error)})`);
  }
  const written = replaceForeignFile(path, Buffer.from(content), OWNER_ONLY);
  return written.ok ? written : failure(`${path} cannot be written (${written.error})`);
}

/** Keeps what a file holds; the answer goes into the journal. */
export function keepContent(
  directory: string,
  { path, bytes }: ForeignFile,
  { root, after }: { readonly root: string; readonly after: Buffer },
): Result<FileChange, string> {
  const change = { kind: 'file', root, path, before: hashOf(bytes), after: hashOf(after) } as const;
  if (bytes === null) return success({ ...change, backup: null });
  // By its content: the same content is never kept twice, and no other one ever has its name.
  const backup = `${change.before}.backup`;
  const written = writeOwn(directory, join(directory, backup), bytes);
  return written.ok ? success({ ...change, backup }) : written;
}

/** What was kept, or null for a file that was not there; the error says that it is damaged or gone. */
export function keptContent(
  directory: string,
  { backup, before }: FileChange,
): Result<Buffer | null, string> {
  if (backup === null) return success(null);
  const kept = readForeignFile(join(directory, backup));
  if (!kept.ok) return kept;
  return hashOf(kept.value.bytes) === before
    ? success(kept.value.bytes)
    : failure(`${join(directory, backup)} is not what was kept there`);
}
