// Adds up what directories contain, one directory at a time. Knows names only by their length.

import type { Census, CensusStop, NameHistogram, Unreadable } from '../domain/census.ts';
import type { NameCharges } from '../domain/entry-cost.ts';
import { DirectoryColumns } from './directory-columns.ts';

/** d_type of getdents64 (include/linux/fs_types.h); every engine speaks it. */
export const DT_UNKNOWN = 0;
export const DT_DIRECTORY = 4;
export const DT_REGULAR = 8;
export const DT_SYMLINK = 10;
/** Stands for every leaf that is neither file nor symlink (fifo, device, socket, whiteout): one number is enough. */
export const DT_OTHER = 12;

/** How far the walk is; cheap to build, so it may be asked for often. */
export interface Progress {
  readonly entries: number;
  readonly directories: number;
  readonly leaves: number;
  readonly longBytes: number;
}

/** NAME_MAX 255 (include/uapi/linux/limits.h) and the empty name; vfat's longer ones are counted as 255. */
const NAME_LENGTHS = 256;
/** Unreadable directories named one by one; the rest are only counted. */
const UNREADABLE_EXAMPLES = 8;
/** The directory an entry was listed in lost it again before it could be opened, or it is no directory any more. */
const VANISHED: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

export class Tally {
  readonly columns: DirectoryColumns = new DirectoryColumns();
  visitedDirectories = 0;
  vanished = 0;
  statted = 0;
  excludedDirectories = 0;
  excludedLeaves = 0;
  onlyWatchedDirectories = 0;
  isAttributeUnread = false;
  readonly mountPoints: string[] = [];
  readonly #charges: NameCharges;
  readonly #kinds = new Uint32Array(16);
  readonly #leafNames: NameHistogram = new Uint32Array(NAME_LENGTHS);
  readonly #directoryNames: NameHistogram = new Uint32Array(NAME_LENGTHS);
  #unreadableCount = 0;
  readonly #unreadable: { path: string; errno: string }[] = [];
  // Of all directories ended, and of the one being read.
  #leaves = 0;
  #nameBytes = 0;
  #longBytes = 0;
  #row = 0;
  #rowLeaves = 0;
  #rowSubdirectories = 0;
  #rowNameBytes = 0;
  #rowLongLeafBytes = 0;
  #rowLongDirectoryBytes = 0;
  // Before the directory being read: what was left out.
  #excludedDirectoriesBefore = 0;
  #excludedLeavesBefore = 0;
  #mountPointsBefore = 0;

  constructor(charges: NameCharges | undefined) {
    const none = new Uint16Array(NAME_LENGTHS);
    this.#charges = charges ?? { leaf: none, directory: none };
    this.columns.append(0, '');
  }

  begin(row: number): void {
    this.#row = row;
    this.#rowLeaves = 0;
    this.#rowSubdirectories = 0;
    this.#rowNameBytes = 0;
    this.#rowLongLeafBytes = 0;
    this.#rowLongDirectoryBytes = 0;
    this.#excludedDirectoriesBefore = this.excludedDirectories;
    this.#excludedLeavesBefore = this.excludedLeaves;
    this.#mountPointsBefore = this.mountPoints.length;
    this.visitedDirectories++;
  }

  leaf(type: number, nameBytes: number): void {
    const nameLength = nameBytes < NAME_LENGTHS ? nameBytes : NAME_LENGTHS - 1;
    this.#kinds[type & 15] = (this.#kinds[type & 15] ?? 0) + 1;
    this.#leafNames[nameLength] = (this.#leafNames[nameLength] ?? 0) + 1;
    this.#rowLeaves++;
    this.#rowNameBytes += nameBytes;
    this.#rowLongLeafBytes += this.#charges.leaf[nameLength] ?? 0;
  }

  /** As if the directory begun were empty: `leaves` are kinds and name lengths by turns, subdirectories the rows from `firstChild`. */
  takeBack(leaves: readonly number[], firstChild: number): void {
    for (let at = 0; at < leaves.length; at += 2) {
      const [kind, nameLength] = [(leaves[at] ?? 0) & 15, Math.min(leaves[at + 1] ?? 0, NAME_LENGTHS - 1)];
      this.#kinds[kind] = (this.#kinds[kind] ?? 0) - 1;
      this.#leafNames[nameLength] = (this.#leafNames[nameLength] ?? 0) - 1;
    }
    for (let row = firstChild; row < this.columns.count; row++) {
      const nameLength = Math.min(this.columns.name(row).length, NAME_LENGTHS - 1);
      this.#directoryNames[nameLength] = (this.#directoryNames[nameLength] ?? 0) - 1;
    }
    this.columns.cut(firstChild);
    this.#rowLeaves = this.#rowSubdirectories = this.#rowNameBytes = 0;
    this.#rowLongLeafBytes = this.#rowLongDirectoryBytes = 0;
    this.excludedDirectories = this.#excludedDirectoriesBefore;
    this.excludedLeaves = this.#excludedLeavesBefore;
    this.mountPoints.length = this.#mountPointsBefore;
  }

  directory(name: string): number {
    this.#subdirectory(name.length);
    return this.columns.append(this.#row, name);
  }

  directoryBytes(source: Uint8Array, at: { start: number; length: number }): number {
    this.#subdirectory(at.length);
    return this.columns.appendBytes(this.#row, source, at);
  }

  /** Returns how many entries the directory had. */
  end(): number {
    const { columns } = this;
    const row = this.#row;
    columns.leaves[row] = this.#rowLeaves;
    columns.subdirectories[row] = this.#rowSubdirectories;
    columns.nameBytes[row] = this.#rowNameBytes;
    columns.longLeafBytes[row] = this.#rowLongLeafBytes;
    columns.longDirectoryBytes[row] = this.#rowLongDirectoryBytes;
    this.#leaves += this.#rowLeaves;
    this.#nameBytes += this.#rowNameBytes;
    this.#longBytes += this.#rowLongLeafBytes + this.#rowLongDirectoryBytes;
    const entries = this.#rowLeaves + this.#rowSubdirectories;
    this.#rowLeaves = this.#rowSubdirectories = this.#rowLongLeafBytes = this.#rowLongDirectoryBytes = 0;
    return entries;
  }

  /** A directory that could not be opened or read to its end, told apart from one that is gone. */
  failed(path: string, errno: string): void {
    if (VANISHED.has(errno)) {
      this.vanished++;
      return;
    }
    this.#unreadableCount++;
    if (this.#unreadable.length < UNREADABLE_EXAMPLES) this.#unreadable.push({ path, errno });
  }

  get unreadable(): Unreadable {
    return { count: this.#unreadableCount, examples: this.#unreadable };
  }

  /** Includes what the directory being read has shown so far. */
  progress(): Progress {
    const leaves = this.#leaves + this.#rowLeaves;
    const directories = this.columns.count;
    const longBytes = this.#longBytes + this.#rowLongLeafBytes + this.#rowLongDirectoryBytes;
    return { entries: leaves + directories, directories, leaves, longBytes };
  }

  census(outcome: {
    readonly stop: CensusStop | null;
    readonly engine: Census['engine'];
    readonly elapsedMs: number;
  }): Census {
    const files = this.#kinds[DT_REGULAR] ?? 0;
    const symlinks = this.#kinds[DT_SYMLINK] ?? 0;
    return {
      files,
      directories: this.columns.count,
      symlinks,
      other: this.#leaves - files - symlinks,
      leafNames: this.#leafNames,
      directoryNames: this.#directoryNames,
      nameBytes: this.#nameBytes,
      unreadable: this.unreadable,
      vanished: this.vanished,
      statted: this.statted,
      excludedDirectories: this.excludedDirectories,
      excludedLeaves: this.excludedLeaves,
      onlyWatchedDirectories: this.onlyWatchedDirectories,
      isAttributeUnread: this.isAttributeUnread,
      mountPoints: this.mountPoints,
      visitedDirectories: this.visitedDirectories,
      complete: outcome.stop === null && this.#unreadableCount === 0,
      table: this.columns.finished(),
      ...outcome,
    };
  }

  #subdirectory(nameBytes: number): void {
    const nameLength = nameBytes < NAME_LENGTHS ? nameBytes : NAME_LENGTHS - 1;
    this.#directoryNames[nameLength] = (this.#directoryNames[nameLength] ?? 0) + 1;
    this.#rowSubdirectories++;
    this.#rowNameBytes += nameBytes;
    this.#rowLongDirectoryBytes += this.#charges.directory[nameLength] ?? 0;
  }
}
