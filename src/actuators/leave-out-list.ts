// Folders into a daemon's own exclude list, its content kept before.

import { failure, success } from '../domain/result.ts';
import { listEditOf } from '../profiles/index.ts';
import { journalDirectory, keepContent } from './change-journal.ts';
import { readForeignFile, removeLeftover, replaceForeignFile } from './foreign-file.ts';
import { type ApplyScene, type Done, type Group, noteChange } from './leave-out-scene.ts';
import { findSyncthingFolder } from './syncthing-instance.ts';

export async function editList(
  { root, steps }: Group,
  kind: Parameters<typeof listEditOf>[0],
  scene: ApplyScene,
): Promise<Done> {
  const folders = steps.map(({ below }) => below);
  const edit = listEditOf(kind, { root, folders, request: scene.request });
  if (!edit.ok) return edit;
  const file = readForeignFile(edit.value.path);
  if (!file.ok) return file;
  const { path, bytes } = file.value;
  const after = edit.value.edited(bytes ?? Buffer.alloc(0));
  if (!after.ok) return after;
  removeLeftover(path);
  const kept = keepContent(journalDirectory(scene.stateDirectory), file.value, { root, after: after.value });
  if (!kept.ok) return kept;
  const noted = noteChange(kept.value, scene);
  if (!noted.ok) return noted;
  const written = replaceForeignFile(path, after.value);
  if (!written.ok) return failure(`${path} cannot be written (${written.error})`);
  return success({
    note:
      kind === 'stignore' ? await askForScan(root, scene.request) : 'restart lsyncd: it reads its rules once',
  });
}

/** A Syncthing that runs reads its rules at the next scan; null: none runs, so it will read them at its start. */
export async function askForScan(root: string, request: ApplyScene['request']): Promise<string | null> {
  const folder = await findSyncthingFolder(root, request);
  if (!folder.ok || !folder.value.isRunning) return null;
  if (folder.value.api === null)
    return 'Syncthing runs and does not answer: it reads the rules at its next scan';
  const asked = await folder.value.api.rescan(folder.value.id);
  return asked.ok
    ? 'Syncthing was asked to scan'
    : `Syncthing reads the rules at its next scan (${asked.error})`;
}
