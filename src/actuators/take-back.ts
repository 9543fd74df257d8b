// Takes the last application back: files byte for byte, where nobody has changed them since.
// What could not be taken back stays in the journal, for another try.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { countLineChanges } from '../formats/line-changes.ts';
import type { RootsRequest } from '../profiles/index.ts';
import {
  type Application,
  type Change,
  type FileChange,
  hashOf,
  journalDirectory,
  keptContent,
  type ProgramChange,
  readJournal,
  writeJournal,
} from './change-journal.ts';
import { askProgram } from './daemon-program.ts';
import { readForeignFile, removeLeftover, replaceForeignFile } from './foreign-file.ts';
import { askForScan } from './leave-out-list.ts';
import { switchWatcherOn } from './leave-out-watcher.ts';

export interface TakeBackScene {
  readonly stateDirectory: string;
  readonly request: RootsRequest;
  /** Also over what somebody else has written since. */
  readonly isForced: boolean;
}

export interface TakenBack {
  /** What was changed: a file, a folder. */
  readonly path: string;
  /** null: it is as it was; else why not, in one clause. */
  readonly obstacle: string | null;
  /** Files and folders that are downloaded again; 0: none, they were never gone. */
  readonly downloads: number;
}

/** null: nothing was applied, or all of it was taken back already. */
export async function takeBackLast(scene: TakeBackScene): Promise<TakenBack[] | null> {
  const directory = journalDirectory(scene.stateDirectory);
  const applications = readJournal(directory);
  const last = applications.at(-1);
  if (last === undefined) return null;
  const taken: TakenBack[] = [];
  const left: Change[] = [];
  // The newest first: two changes of one file are taken back in turn.
  for (const change of last.changes.toReversed()) {
    const done = await takeBack(change, directory, scene);
    taken.push({
      path: pathOf(change),
      obstacle: done.ok ? null : done.error,
      downloads: change.kind === 'program' ? change.entries : 0,
    });
    if (!done.ok) left.unshift(change);
  }
  const earlier = applications.slice(0, -1);
  const remaining = left.length === 0 ? earlier : [...earlier, { ...last, changes: left }];
  const written = writeJournal(directory, remaining);
  if (written.ok) forget(directory, last, remaining);
  return taken;
}

const pathOf = (change: Change): string =>
  change.kind === 'syncthing-watcher' ? change.configPath : change.path;

function takeBack(change: Change, directory: string, scene: TakeBackScene): Promise<Result<null, string>> {
  switch (change.kind) {
    case 'file':
      return restoreList(change, directory, scene);
    case 'program':
      return runUndo(change, scene);
    case 'syncthing-watcher':
      return takeWatcherBack(change.file, () => switchWatcherOn(change, scene.request));
  }

  /** To the byte where config.xml is as we left it; a Syncthing that ran since has written it anew. */
  function takeWatcherBack(
    file: FileChange | null,
    switchOn: () => Promise<Result<null, string>>,
  ): Promise<Result<null, string>> {
    const restored = file === null ? failure('') : restore(file, directory, false);
    return restored.ok ? Promise.resolve(restored) : switchOn();
  }
}

/** A Syncthing that runs is told to read its rules again. */
async function restoreList(
  change: FileChange,
  directory: string,
  { isForced, request }: TakeBackScene,
): Promise<Result<null, string>> {
  const restored = restore(change, directory, isForced);
  if (restored.ok) await askForScan(change.root, request);
  return restored;
}

function restore(change: FileChange, directory: string, isForced: boolean): Result<null, string> {
  const { path, before, after } = change;
  removeLeftover(path);
  const now = readForeignFile(path);
  if (!now.ok) return now;
  const found = hashOf(now.value.bytes);
  // Killed between journal and change, or undone by hand.
  if (found === before) return success(null);
  const kept = keptContent(directory, change);
  if (!kept.ok) return kept;
  if (found !== after && !isForced) return failure(changedSince(path, kept.value, now.value.bytes));
  const written = replaceForeignFile(now.value.path, kept.value);
  return written.ok ? written : failure(`${path} cannot be written (${written.error})`);
}

function changedSince(path: string, kept: Buffer | null, now: Buffer | null): string {
  if (now === null) return `${path} was removed since`;
  const { added, removed } = countLineChanges((kept ?? Buffer.alloc(0)).toString(), now.toString());
  const lines = (count: number): string => `${count} ${count === 1 ? 'line' : 'lines'}`;
  return `${path} was changed by somebody else since: against what was kept it has ${lines(added)} more and ${lines(removed)} fewer`;
}

async function runUndo({ undo }: ProgramChange, { request }: TakeBackScene): Promise<Result<null, string>> {
  const done = await askProgram(undo, request.env);
  return done.ok ? success(null) : done;
}

/** Kept contents that no application refers to any more. */
function forget(directory: string, { changes }: Application, remaining: readonly Application[]): void {
  const used = new Set(remaining.flatMap((application) => application.changes).flatMap(backupsOf));
  for (const backup of changes.flatMap(backupsOf).filter((name) => !used.has(name)))
    rmSync(join(directory, backup), { force: true });
}

function backupsOf(change: Change): string[] {
  const file = change.kind === 'syncthing-watcher' ? change.file : change.kind === 'file' ? change : null;
  return file?.backup == null ? [] : [file.backup];
}
