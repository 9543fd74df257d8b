// Takes fit's last application back: files byte for byte, where nobody has changed them since.
// What could not be taken back stays in the journal, for another try.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import type { RootsRequest } from '../profiles/index.ts';
import {
  type Application,
  type Change,
  type FileChange,
  journalDirectory,
  type ProgramChange,
  readJournal,
  writeJournal,
} from './change-journal.ts';
import { askProgram } from './daemon-program.ts';
import { askForScan } from './leave-out-list.ts';
import { switchWatcherOn } from './leave-out-watcher.ts';
import { removeMadeDirectory, restoreFile } from './restore.ts';

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
    case 'directory':
      return Promise.resolve(removeMadeDirectory(change));
    case 'syncthing-watcher':
      return takeWatcherBack(change.file, () => switchWatcherOn(change, scene.request));
  }

  /** To the byte where config.xml is as we left it; a Syncthing that ran since has written it anew. */
  function takeWatcherBack(
    file: FileChange | null,
    switchOn: () => Promise<Result<null, string>>,
  ): Promise<Result<null, string>> {
    const restored = file === null ? failure('') : restoreFile(file, directory, false);
    return restored.ok ? Promise.resolve(restored) : switchOn();
  }
}

/** A Syncthing that runs is told to read its rules again. */
async function restoreList(
  change: FileChange,
  directory: string,
  { isForced, request }: TakeBackScene,
): Promise<Result<null, string>> {
  const restored = restoreFile(change, directory, isForced);
  if (restored.ok) await askForScan(change.root, request);
  return restored;
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
