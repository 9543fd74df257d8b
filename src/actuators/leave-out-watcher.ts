// The watcher of a Syncthing folder: through its API where it runs, in config.xml where it does not.

import { failure, type Result, success } from '../domain/result.ts';
import { editSyncthingWatcher, type RootsRequest } from '../profiles/index.ts';
import { type FileChange, journalDirectory, keepContent, type WatcherChange } from './change-journal.ts';
import { type ForeignFile, readForeignFile, removeLeftover, replaceForeignFile } from './foreign-file.ts';
import { type ApplyScene, type Done, type Group, noteChange } from './leave-out-scene.ts';
import { findSyncthingById, findSyncthingFolder, type SyncthingFolder } from './syncthing-instance.ts';

export async function switchWatcherOff({ root }: Group, scene: ApplyScene): Promise<Done> {
  const found = await findSyncthingFolder(root, scene.request);
  if (!found.ok) return found;
  const folder = found.value;
  if (folder.api !== null) {
    const noted = noteChange(watcherChange(folder, null), scene);
    if (!noted.ok) return noted;
    const done = await folder.api.watch(folder.id, false);
    return done.ok ? success({ note: 'Syncthing was told through its API' }) : done;
  }
  const edit = editOf(folder, false);
  if (!edit.ok) return edit;
  const { file, after } = edit.value;
  removeLeftover(file.path);
  const kept = keepContent(journalDirectory(scene.stateDirectory), file, { root, after });
  if (!kept.ok) return kept;
  const noted = noteChange(watcherChange(folder, kept.value), scene);
  if (!noted.ok) return noted;
  const written = replaceForeignFile(file.path, after);
  return written.ok ? success({ note: null }) : failure(`${file.path} cannot be written (${written.error})`);
}

/** The error is one clause. */
export async function switchWatcherOn(
  { configPath, folder }: WatcherChange,
  request: RootsRequest,
): Promise<Result<null, string>> {
  const found = await findSyncthingById(folder, configPath, request);
  if (!found.ok) return found;
  if (found.value.api !== null) return found.value.api.watch(folder, true);
  const edit = editOf(found.value, true);
  if (!edit.ok) return edit;
  const written = replaceForeignFile(edit.value.file.path, edit.value.after);
  return written.ok ? written : failure(`${configPath} cannot be written (${written.error})`);
}

const watcherChange = ({ configPath, id }: SyncthingFolder, file: FileChange | null) =>
  ({ kind: 'syncthing-watcher', configPath, folder: id, file }) as const;

interface Edit {
  readonly file: ForeignFile;
  readonly after: Buffer;
}

function editOf({ configPath, id, isRunning }: SyncthingFolder, isWatched: boolean): Result<Edit, string> {
  if (isRunning)
    return failure(
      `Syncthing runs on ${configPath} and does not answer its API: it would write over any change`,
    );
  const file = readForeignFile(configPath);
  if (!file.ok) return file;
  const after = editSyncthingWatcher(file.value.bytes ?? Buffer.alloc(0), id, isWatched);
  return after === null
    ? failure(`${configPath} cannot be edited without touching more than this setting`)
    : success({ file: file.value, after });
}
