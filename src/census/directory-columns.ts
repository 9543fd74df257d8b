// The directory table while it grows: columns of numbers and one arena of name bytes, no object per directory.

import type { DirectoryTable } from '../domain/census.ts';

/**
 * Rows of a first allocation, 28 bytes each: with the arena 6 MiB of addresses, of which the kernel backs what was written
 * (all of it where transparent huge pages are `always`, so not more). Growing from 4096 rows cost 10 ms of copies and new
 * pages at 75 000 directories, and twice their memory. Doubles when full.
 */
const FIRST_ROWS = 98_304;
/** Bytes of a first arena: 32 per directory name and its NUL, backed like the rows. */
const FIRST_ARENA_BYTES: number = FIRST_ROWS * 32;

const grown = (column: Uint32Array): Uint32Array => {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
};

/** Appends directories below their parent; `finished` gives the columns cut to their length, without a copy. */
export class DirectoryColumns {
  count = 0;
  parent: Uint32Array = new Uint32Array(FIRST_ROWS);
  leaves: Uint32Array = new Uint32Array(FIRST_ROWS);
  subdirectories: Uint32Array = new Uint32Array(FIRST_ROWS);
  nameBytes: Uint32Array = new Uint32Array(FIRST_ROWS);
  longLeafBytes: Uint32Array = new Uint32Array(FIRST_ROWS);
  longDirectoryBytes: Uint32Array = new Uint32Array(FIRST_ROWS);
  /** Where each name starts in the arena; names end in NUL, so that the kernel can be given their address. */
  nameStart: Uint32Array = new Uint32Array(FIRST_ROWS);
  /** Replaced when it grows: whoever keeps its address must compare `arena` first. */
  arena: Buffer = Buffer.allocUnsafeSlow(FIRST_ARENA_BYTES);
  #arenaEnd = 0;

  /** Adds a directory named by latin1 text; returns its row. */
  append(parent: number, name: string): number {
    const row = this.#reserve(parent, name.length);
    const start = this.#arenaEnd - name.length - 1;
    this.arena.write(name, start, 'latin1');
    return row;
  }

  /** Adds a directory named by `length` bytes of `source`; returns its row. */
  appendBytes(parent: number, source: Uint8Array, at: { start: number; length: number }): number {
    const row = this.#reserve(parent, at.length);
    const { arena } = this;
    const target = this.#arenaEnd - at.length - 1;
    for (let i = 0; i < at.length; i++) arena[target + i] = source[at.start + i] ?? 0;
    return row;
  }

  /** Forgets the rows from `count` on, none of which was begun. */
  cut(count: number): void {
    if (count < this.count) this.#arenaEnd = this.nameStart[count] ?? 0;
    this.count = count;
  }

  name(row: number): string {
    const start = this.nameStart[row] ?? 0;
    const next = row + 1 < this.count ? (this.nameStart[row + 1] ?? 0) : this.#arenaEnd;
    return this.arena.toString('latin1', start, next - 1);
  }

  finished(): DirectoryTable {
    const { count } = this;
    return {
      count,
      parent: this.parent.subarray(0, count),
      leaves: this.leaves.subarray(0, count),
      subdirectories: this.subdirectories.subarray(0, count),
      nameBytes: this.nameBytes.subarray(0, count),
      longLeafBytes: this.longLeafBytes.subarray(0, count),
      longDirectoryBytes: this.longDirectoryBytes.subarray(0, count),
      name: (row) => this.name(row),
    };
  }

  #reserve(parent: number, nameLength: number): number {
    if (this.count === this.parent.length) this.#growColumns();
    if (this.#arenaEnd + nameLength + 1 > this.arena.length) this.#growArena();
    const row = this.count++;
    this.parent[row] = parent;
    this.nameStart[row] = this.#arenaEnd;
    this.#arenaEnd += nameLength + 1;
    this.arena[this.#arenaEnd - 1] = 0;
    return row;
  }

  #growColumns(): void {
    this.parent = grown(this.parent);
    this.leaves = grown(this.leaves);
    this.subdirectories = grown(this.subdirectories);
    this.nameBytes = grown(this.nameBytes);
    this.longLeafBytes = grown(this.longLeafBytes);
    this.longDirectoryBytes = grown(this.longDirectoryBytes);
    this.nameStart = grown(this.nameStart);
  }

  #growArena(): void {
    const larger = Buffer.allocUnsafeSlow(this.arena.length * 2);
    this.arena.copy(larger, 0, 0, this.#arenaEnd);
    this.arena = larger;
  }
}
