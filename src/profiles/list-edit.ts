// A daemon's own exclude list with folders added: which file it is, and its bytes from then on. Nothing is written here.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Means } from '../domain/leave-out.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { stignorePattern } from './leave-out.ts';
import { readExcludeFromFile } from './lsyncd-roots.ts';
import { textOfBytes } from './path-text.ts';
import type { RootsRequest } from './root.ts';
import { rulesOfStignore } from './stignore-file.ts';
import { readSyncthingRoots } from './syncthing-roots.ts';

export interface ListEdit {
  /** As the daemon opens it; it may be a symbolic link, or not be there yet. */
  readonly path: string;
  /** The new content, everything that was there byte for byte as it was; the error is why these folders cannot be added. */
  edited(before: Buffer): Result<Buffer, string>;
}

export interface ListPlace {
  readonly root: string;
  /** Relative to the root, bytes as latin1. */
  readonly folders: readonly string[];
  readonly request: RootsRequest;
}

type ListKind = Extract<Means['kind'], 'stignore' | 'lsyncd-exclude-file'>;

/** The error is why there is no such list, in one clause. */
export function listEditOf(kind: ListKind, place: ListPlace): Result<ListEdit, string> {
  return kind === 'stignore' ? stignoreEdit(place) : excludeFromEdit(place);
}

const MARK = 'left out by syncguard fit; syncguard fit --undo takes it back';

/** In front of everything: the first rule that matches decides. */
function stignoreEdit({ root, folders, request }: ListPlace): Result<ListEdit, string> {
  if (!isSyncthingFolder(root, request))
    return failure(`${root} is no folder of Syncthing's: it has no .stfolder and no configuration names it`);
  const edited = (before: Buffer): Result<Buffer, string> => {
    const lines = folders.map((folder) => `/${stignorePattern(textOfBytes(folder))}\n`);
    const after = Buffer.concat([Buffer.from(`// ${MARK}\n${lines.join('')}`), before]);
    const rules = rulesOfStignore(root, after.toString(), request);
    if (!rules.ok) return rules;
    const { ignore } = rules.value;
    const unheard = folders.find((folder) => !ignore.prunesDirectory(folder, folder.split('/').at(-1) ?? ''));
    if (unheard === undefined) return success(after);
    return failure(
      `Syncthing would still enter ${unheard}: a rule with ! below the top makes it walk what it ignores, or the name cannot be written as a rule`,
    );
  };
  return success({ path: join(root, '.stignore'), edited });
}

function isSyncthingFolder(root: string, request: RootsRequest): boolean {
  const found = readSyncthingRoots(request);
  if (found.ok && found.value.roots.some(({ path }) => path === root)) return true;
  return statSync(join(root, '.stfolder'), { throwIfNoEntry: false }) !== undefined;
}

/** At the end, each line for itself; lsyncd compares bytes. */
function excludeFromEdit({ root, folders, request }: ListPlace): Result<ListEdit, string> {
  const file = readExcludeFromFile(root, request);
  if (!file.ok) return file;
  const odd = folders.find((folder) => /[\n*?]/.test(folder));
  if (odd !== undefined)
    return failure(`${odd} cannot be written as one of lsyncd's rules, which have no escape`);
  const edited = (before: Buffer): Result<Buffer, string> => {
    const lineEnd = before.length > 0 && before.at(-1) !== '\n'.charCodeAt(0) ? '\n' : '';
    const lines = folders.map((folder) => `/${folder}/\n`);
    return success(Buffer.concat([before, Buffer.from(`${lineEnd}# ${MARK}\n${lines.join('')}`, 'latin1')]));
  };
  return success({ path: file.value, edited });
}
