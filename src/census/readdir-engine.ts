// The engine that is always there: public node:fs, one directory after the other, names as latin1 so that one
// character is one byte. Best on warm trees below 20 000 entries, where loading anything faster costs more than it saves.

import { type Dir, Dirent, opendirSync, readdirSync, statSync } from 'node:fs';
import { errnoOf } from '../kernel/errno.ts';
import { openable } from './latin1-path.ts';
import { DT_DIRECTORY, DT_OTHER, DT_REGULAR, DT_SYMLINK } from './tally.ts';
import { isTypeTrouble, readUntypedDirectory } from './untyped-directory.ts';
import type { Walk } from './walk.ts';

/**
 * st_size from which a directory is streamed: readdirSync holds every entry at once, 175 MiB for 500 000 (Node 20.20).
 * 1 MiB is about 20 000 entries on ext4; tmpfs counts 20 bytes an entry, btrfs twice the name.
 */
export const LARGE_DIRECTORY_BYTES = 1_048_576;
/**
 * Memory available to this process (its cgroup's or the machine's) from which only the root is asked for its size: a
 * stat of every directory costs 1.2 to 1.8 us, a fifth of the walk, and a spike of 130 MiB harms nobody here.
 */
const PLENTY_BYTES = 1_073_741_824;
/**
 * Entries of the directory before this one from which it is streamed too: its neighbours are mostly alike, and libuv sorts
 * what readdirSync lists. 1 000 entries a directory take 84 ns each less streamed, 128 take 10 us a directory more, level
 * between 256 and 512 (Node 20.20).
 */
const STREAM_AFTER_ENTRIES = 400;
/** Entries per read of a stream: libuv allocates them all for each handle. 32 to 256 measured the same, 1024 a tenth more. */
const STREAM_ENTRIES = 128;

/** Reads until the walk pauses. */
export function advanceByReaddir(walk: Walk): void {
  while (!walk.isPaused) {
    const { row, path } = walk.take();
    readDirectory(walk, row, path);
  }
}

/** Reads one directory, however large, in bounded memory. */
export function readDirectory(walk: Walk, row: number, path: string): void {
  const target = openable(path);
  try {
    if (isStreamed(walk, row, target)) streamDirectory(walk, row, path);
    else countListed(walk, row, readdirSync(target, { withFileTypes: true, encoding: 'latin1' }));
  } catch (error) {
    readFailed(walk, row, { path, error });
  }
}

/** Not where types are not told: there a stream loses its rest to one entry that cannot be looked at. */
function isStreamed(walk: Walk, row: number, target: string | Buffer): boolean {
  if (walk.entriesBefore >= STREAM_AFTER_ENTRIES && walk.tally.statted === 0) return true;
  return asksForSize(row) && sizeOf(target) > LARGE_DIRECTORY_BYTES;
}

/** Whether a directory's size decides how it is listed. */
export const asksForSize = (row: number): boolean => row === 0 || isMemoryScarce();

let isScarce: boolean | undefined;

function isMemoryScarce(): boolean {
  isScarce ??= process.availableMemory() < PLENTY_BYTES;
  return isScarce;
}

const sizeOf = (target: string | Buffer): number => statSync(target, { throwIfNoEntry: false })?.size ?? 0;

/** A listing that failed for want of entry types is done again by stat, one too deep for a path is put off. */
export function readFailed(walk: Walk, row: number, failed: { path: string; error: unknown }): void {
  const errno = errnoOf(failed.error);
  if (isTypeTrouble(failed.error)) readUntypedDirectory(walk, row, failed.path);
  else if (errno === 'ENAMETOOLONG') walk.tooDeep.push(row);
  else walk.tally.failed(failed.path, errno);
}

export function countListed(walk: Walk, row: number, entries: readonly Dirent[]): void {
  const firstChild = walk.begin(row);
  for (const entry of entries) {
    countEntry(walk, entry);
    if (!walk.goesOn()) break;
  }
  walk.end(firstChild);
}

function streamDirectory(walk: Walk, row: number, path: string): void {
  const directory = opendirSync(openable(path), { encoding: 'latin1', bufferSize: STREAM_ENTRIES });
  const firstChild = walk.begin(row);
  try {
    countStreamed(walk, directory);
  } catch (error) {
    // What was counted stays; the rest of the listing is lost, whatever became of the one entry that could not be typed.
    walk.tally.failed(path, isTypeTrouble(error) ? 'EIO' : errnoOf(error));
  } finally {
    directory.closeSync();
    walk.end(firstChild);
  }
}

function countStreamed(walk: Walk, directory: Dir): void {
  let entry = directory.readSync();
  while (entry !== null) {
    countEntry(walk, entry);
    entry = walk.goesOn() ? directory.readSync() : null;
  }
}

function countEntry(walk: Walk, entry: Dirent): void {
  // Node stats an entry whose type the filesystem does not tell, and shows it only by a subclass.
  if (entry.constructor !== Dirent) walk.tally.statted++;
  const type = typeOf(entry);
  if (type === DT_DIRECTORY) walk.meetDirectory(entry.name);
  else walk.meetLeaf(type, entry.name);
}

function typeOf(entry: Dirent): number {
  if (entry.isFile()) return DT_REGULAR;
  if (entry.isDirectory()) return DT_DIRECTORY;
  return entry.isSymbolicLink() ? DT_SYMLINK : DT_OTHER;
}
