// The fast engine: getdents64 into one buffer, records parsed in place, children opened by the address of their name
// below a parent held open. No string and no object per entry; memory does not grow with the tree but by its table.

import type { DirectoryCalls } from '../kernel/directory-calls.ts';
import { DescriptorShelf } from './descriptor-shelf.ts';
import { DT_DIRECTORY, DT_UNKNOWN } from './tally.ts';
import type { Frame, Walk } from './walk.ts';

/** 32 KiB to 1 MiB measured the same (6.18, ext4, warm); glibc's readdir takes 32 KiB. */
const BUFFER_BYTES = 65_536;
/** Where struct linux_dirent64 (include/linux/dirent.h) has d_reclen, d_type and d_name. */
const LENGTH_AT = 16;
const TYPE_AT = 18;
const NAME_AT = 19;
/** Records are padded to 8 bytes and the padding is not cleared, so the name's end lies in the last 8 or nowhere. */
const RECORD_ALIGNMENT = 8;
/** Before any name: 19 bytes, one of name and its NUL, to 8 bytes. A smaller length is no record, but must not stand still. */
const SMALLEST_RECORD_BYTES = 24;
const DOT = 46;

/** Where one record keeps its name. */
interface NamePlace {
  start: number;
  length: number;
}

export class GetdentsEngine {
  readonly #calls: DirectoryCalls;
  readonly #walk: Walk;
  readonly #shelf: DescriptorShelf;
  readonly #bytes: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  readonly #lengths: Uint16Array = new Uint16Array(this.#bytes.buffer);
  readonly #address: number;
  readonly #name: NamePlace = { start: 0, length: 0 };
  #arena: Buffer;
  #arenaAddress: number;

  /** Whether it can read attributes of directories. */
  get readsAttributes(): boolean {
    return this.#calls.carriesOne !== null;
  }

  constructor(calls: DirectoryCalls, walk: Walk) {
    this.#calls = calls;
    this.#walk = walk;
    this.#shelf = new DescriptorShelf(calls);
    this.#address = calls.addressOf(this.#bytes);
    // Not left to the first use: an address does not fit V8's small integers, and a field that changes its kind throws away
    // all code compiled for this class.
    this.#arena = walk.tally.columns.arena;
    this.#arenaAddress = calls.addressOf(this.#arena);
  }

  /** Reads until the walk pauses. */
  advance(): void {
    const walk = this.#walk;
    while (!walk.isPaused) {
      const frame = walk.frames[walk.frames.length - 1];
      if (frame !== undefined) this.#visit(frame, walk.frames);
    }
  }

  /** Closes what is held open, so that another engine may go on, or the walk end. */
  release(): void {
    this.#shelf.clear();
  }

  #visit(frame: Frame, frames: Frame[]): void {
    const row = frame.next++;
    const descriptor = this.#open(frame, row);
    const errno = descriptor < 0 ? this.#calls.errno() : '';
    if (frame.next === frame.end) {
      frames.pop();
      this.#shelf.finish(frame);
    }
    if (descriptor < 0) {
      this.#walk.tally.failed(this.#walk.absolutePathOf(row), errno);
      return;
    }
    const children = this.#isPassedOver(row, descriptor) ? null : this.#read(row, descriptor);
    if (children === null) this.#calls.close(descriptor);
    else this.#shelf.hold(children, descriptor);
  }

  /** Asked of the descriptor that is open to be listed: no look-up, no inode that was not here already. */
  #isPassedOver(row: number, descriptor: number): boolean {
    const attribute = this.#walk.leftOut.attributeOf(row);
    if (attribute === null || !this.#calls.carriesOne?.(descriptor, attribute)) return false;
    this.#walk.passOver(row);
    return true;
  }

  /** Tries again what a signal interrupted, and once more with nothing held when descriptors ran out. */
  #open(frame: Frame, row: number): number {
    let descriptor = this.#openOnce(frame, row);
    while (descriptor < 0 && this.#mayOpenAgain(this.#calls.errno())) descriptor = this.#openOnce(frame, row);
    return descriptor;
  }

  #mayOpenAgain(errno: string): boolean {
    if (errno === 'EINTR') return true;
    return errno === 'EMFILE' && this.#shelf.clear() > 1;
  }

  #openOnce(frame: Frame, row: number): number {
    if (row === 0) return this.#shelf.openPath(this.#walk.root);
    if (frame.descriptor < 0) this.#shelf.reopen(frame, this.#walk.absolutePathOf(this.#parentOf(row)));
    if (frame.descriptor < 0) return -1;
    return this.#calls.open(frame.descriptor, this.#addressOfName(row));
  }

  #addressOfName(row: number): number {
    const { columns } = this.#walk.tally;
    if (columns.arena !== this.#arena) {
      this.#arena = columns.arena;
      this.#arenaAddress = this.#calls.addressOf(columns.arena);
    }
    return this.#arenaAddress + (columns.nameStart[row] ?? 0);
  }

  #parentOf(row: number): number {
    return this.#walk.tally.columns.parent[row] ?? 0;
  }

  #read(row: number, descriptor: number): Frame | null {
    const walk = this.#walk;
    const firstChild = walk.begin(row);
    let written = this.#list(row, descriptor);
    while (written > 0) {
      this.#count(written, descriptor);
      written = this.#listOn(row, descriptor, written);
    }
    return walk.end(firstChild);
  }

  #list(row: number, descriptor: number): number {
    const written = this.#calls.list(descriptor, this.#address, BUFFER_BYTES);
    if (written < 0) this.#walk.tally.failed(this.#walk.absolutePathOf(row), this.#calls.errno());
    return written;
  }

  /**
   * A directory has ended only when the kernel says 0. A buffer far from full proves nothing, though it would save 6 %:
   * a pending signal, or a freeze, cuts a listing short (filldir64 in fs/readdir.c) and the rest would be lost unseen.
   */
  #listOn(row: number, descriptor: number, written: number): number {
    if (written > BUFFER_BYTES / 2) this.#walk.check();
    return this.#walk.stop === null ? this.#list(row, descriptor) : 0;
  }

  /** Runs for every entry: a leaf no rule looks at is counted right here, from its length alone. */
  #count(written: number, descriptor: number): void {
    const { tally, looksAtLeaves } = this.#walk;
    const bytes = this.#bytes;
    for (let at = 0; at < written; ) {
      const start = at + NAME_AT;
      const next = at + Math.max(SMALLEST_RECORD_BYTES, this.#lengths[(at + LENGTH_AT) >> 1] ?? 0);
      let end = Math.max(start, next - RECORD_ALIGNMENT);
      while (end < next && bytes[end] !== 0) end++;
      const type = bytes[at + TYPE_AT] ?? DT_UNKNOWN;
      if (type !== DT_DIRECTORY && type !== DT_UNKNOWN && !looksAtLeaves) tally.leaf(type, end - start);
      else if (!isDots(bytes, start, end)) this.#meet(type, this.#nameAt(start, end), descriptor);
      at = next;
    }
  }

  #nameAt(start: number, end: number): NamePlace {
    this.#name.start = start;
    this.#name.length = end - start;
    return this.#name;
  }

  /** Counts an entry that is a directory, may be one, or is of interest to a rule. */
  #meet(told: number, name: NamePlace, descriptor: number): void {
    const walk = this.#walk;
    const type = told === DT_UNKNOWN ? this.#statted(descriptor) : told;
    if (type === DT_DIRECTORY) {
      if (walk.isFenced) walk.meetDirectory(this.#nameText());
      else walk.tally.directoryBytes(this.#bytes, name);
    } else if (type >= 0) {
      if (walk.looksAtLeaves) walk.meetLeaf(type, this.#nameText());
      else walk.tally.leaf(type, name.length);
    }
  }

  /** The type by a stat, where the filesystem does not tell it; negative when that failed. */
  #statted(descriptor: number): number {
    this.#walk.tally.statted++;
    const type = this.#calls.typeOf(descriptor, this.#address + this.#name.start);
    if (type < 0) this.#walk.failedEntry(this.#nameText(), this.#calls.errno());
    return type;
  }

  #nameText(): string {
    return this.#bytes.toString('latin1', this.#name.start, this.#name.start + this.#name.length);
  }
}

/** `.` and `..`: on a tree of small directories a third of all entries. */
function isDots(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== DOT || end > start + 2) return false;
  return end === start + 1 || bytes[start + 1] === DOT;
}
