// The one place where files of other programs are written: whole, or not at all, whenever one is killed.
// Knows: links, owners, flushing. May not know: what a file says, or why it is changed.

import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { errnoOf } from '../kernel/errno.ts';

/** A file as it stands; `bytes` null: it is not there. */
export interface ForeignFile {
  /** The file itself: where a symbolic link leads. */
  readonly path: string;
  readonly bytes: Buffer | null;
}

/** Follows links; the error, one clause, says why this file is not ours to write. */
export function readForeignFile(path: string): Result<ForeignFile, string> {
  try {
    const link = lstatSync(path, { throwIfNoEntry: false });
    if (link === undefined) return success({ path, bytes: null });
    const target = realpathSync(path);
    const file = statSync(target);
    const obstacle = obstacleTo(link, file);
    return obstacle === null
      ? success({ path: target, bytes: readFileSync(target) })
      : failure(`${path} ${obstacle}`);
  } catch (error) {
    return failure(`${path} cannot be read (${errnoOf(error)})`);
  }
}

function obstacleTo(link: Stats, file: Stats): string | null {
  if (!file.isFile()) return 'is not a regular file';
  // A new file takes the old one's name, and would take one of its names only.
  if (file.nlink > 1) return `has ${file.nlink} names (hard links), which a rewrite would part`;
  // Else whoever may make a link in a synced folder could have root rewrite any file.
  const isOthersLink = link.isSymbolicLink() && link.uid !== file.uid && link.uid !== process.getuid?.();
  return isOthersLink ? 'is a symbolic link that somebody else than the owner of its target has made' : null;
}

/** Who may read a file that we make in somebody's folder. */
const NEW_FILE_MODE = 0o644;

/** Replaces the content, or removes the file where `bytes` is null; owner and mode stay. The error is the errno. */
export function replaceForeignFile(path: string, bytes: Buffer | null, mode?: number): Result<null, string> {
  const temporary = temporaryOf(path);
  try {
    const before = statSync(path, { throwIfNoEntry: false });
    if (bytes === null) unlinkSync(path);
    else {
      const { uid, gid } = before ?? statSync(dirname(path));
      writeFlushed(temporary, bytes, { uid, gid, mode: mode ?? (before?.mode ?? NEW_FILE_MODE) & 0o7777 });
      renameSync(temporary, path);
    }
    flushDirectory(dirname(path));
    return success(null);
  } catch (error) {
    removeLeftover(path);
    return failure(errnoOf(error));
  }
}

/** By this name Syncthing never sends it on, should we be killed before it has its own. */
const temporaryOf = (path: string): string =>
  join(dirname(path), `.syncthing.${basename(path)}.syncguard.tmp`);

/** What a killed rewrite left behind; nothing where it cannot be removed. */
export function removeLeftover(path: string): void {
  try {
    rmSync(temporaryOf(path), { force: true });
  } catch {
    // Where it cannot be removed it could not be made either.
  }
}

type Belonging = Pick<Stats, 'uid' | 'gid' | 'mode'>;

function writeFlushed(path: string, bytes: Buffer, { uid, gid, mode }: Belonging): void {
  rmSync(path, { force: true });
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const descriptor = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(writeSync(descriptor, rest));
    if (uid !== process.getuid?.() || gid !== process.getgid?.()) fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the new name last: without it a power cut may bring the old one back. */
function flushDirectory(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
