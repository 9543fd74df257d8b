// What is left to read, what may be entered, and when to stop: the state every engine shares, so that one may hand
// over to another between two directories.

import type { CensusStop } from '../domain/census.ts';
import { relativePath } from '../domain/subtree-weight.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { LeftOut } from './left-out.ts';
import { type MountFence, mountFence } from './mount-fence.ts';
import type { CensusRequest } from './request.ts';
import { Tally } from './tally.ts';

/** Directories, or entries, between two looks at budget, progress and clock: under 3 ms warm. */
const CHECK_DIRECTORIES = 256;
const CHECK_ENTRIES = 16_384;
/** Directories between two looks at the clock: a cold disk needs 10 ms for each. */
const CLOCK_DIRECTORIES = 16;
/** Longest stay away from the event loop (signals, progress timers) but for one directory that takes longer. */
const SLICE_MS = 20;

/** The children of one directory that are still to be read: rows `next` to `end`, side by side in the table. */
export interface Frame {
  next: number;
  readonly end: number;
  /** What stands before each child's name in its absolute path; null until an engine needs it. */
  prefix: string | null;
  /** The parent, held open so that children open by name alone; -1 when it is not. */
  descriptor: number;
}

export type WalkOptions = Omit<CensusRequest, 'root' | 'engine'>;

export class Walk {
  readonly root: string;
  readonly tally: Tally;
  readonly frames: Frame[];
  /** Rows whose path is longer than a system call takes. */
  readonly tooDeep: number[] = [];
  stop: CensusStop | null = null;
  /** Of the directory that was read last. */
  entriesBefore = 0;
  readonly #options: WalkOptions;
  readonly #fences = new Map<number, MountFence>();
  readonly leftOut: LeftOut;
  #row = 0;
  #fence: MountFence | undefined;
  #relative: string | null = null;
  #sliceEndsAt = 0;
  #isSliceOver = false;
  #directoriesToCheck = CHECK_DIRECTORIES;
  #entriesToCheck = CHECK_ENTRIES;

  /** `root` is resolved, absolute, bytes as latin1. */
  constructor(root: string, options: WalkOptions) {
    this.root = root;
    this.#options = options;
    this.tally = new Tally(options.nameCharges);
    this.leftOut = new LeftOut(options.exclusions ?? null, this.tally);
    this.frames = [{ next: 0, end: 1, prefix: root, descriptor: -1 }];
    const fence = mountFence(root, options.mountPoints ?? []);
    if (fence !== null) this.#fences.set(0, fence);
  }

  get isDone(): boolean {
    return this.stop !== null || this.frames.length === 0;
  }

  /** An engine returns as soon as this is true. */
  get isPaused(): boolean {
    return this.#isSliceOver || this.isDone;
  }

  beginSlice(): void {
    this.#isSliceOver = false;
    this.#sliceEndsAt = monotonicMs() + SLICE_MS;
  }

  /** The next row to read with its path, for engines that open by path; only while not paused. */
  take(): { readonly row: number; readonly path: string } {
    const frame = this.frames.at(-1);
    if (frame === undefined) return { row: 0, path: this.root };
    const row = frame.next++;
    if (frame.next === frame.end) this.frames.pop();
    frame.prefix ??= this.prefixBelow(this.tally.columns.parent[row] ?? 0);
    return { row, path: frame.prefix + this.tally.columns.name(row) };
  }

  /** Gives back a row that was taken and could not be read yet. */
  putBack(row: number): void {
    this.frames.push({ next: row, end: row + 1, prefix: null, descriptor: -1 });
  }

  /** Absolute path of a row and a slash. */
  prefixBelow(row: number): string {
    const path = this.absolutePathOf(row);
    return path === '/' ? path : `${path}/`;
  }

  absolutePathOf(row: number): string {
    if (row === 0) return this.root;
    return `${this.root === '/' ? '' : this.root}/${relativePath(this.tally.columns, row)}`;
  }

  /** Begins a directory that could be opened; returns the row its first subdirectory will get. */
  begin(row: number): number {
    this.#row = row;
    this.#relative = null;
    this.#fence = this.#fences.size === 0 ? undefined : this.#fences.get(row);
    this.leftOut.begin(row);
    this.tally.begin(row);
    return this.tally.columns.count;
  }

  /** Ends the directory begun and queues its subdirectories, whose first row is `firstChild`, or itself where new rules are in it. */
  end(firstChild: number): Frame | null {
    const isReadAgain = this.leftOut.end(firstChild);
    this.entriesBefore = this.tally.end();
    this.#entriesToCheck -= this.entriesBefore;
    this.#directoriesToCheck--;
    if (this.#directoriesToCheck <= 0 || this.#entriesToCheck <= 0) this.check();
    else if (this.#directoriesToCheck % CLOCK_DIRECTORIES === 0) this.#lookAtClock();
    if (isReadAgain) this.#readAgain();
    const end = this.tally.columns.count;
    if (firstChild === end) return null;
    const frame: Frame = { next: firstChild, end, prefix: null, descriptor: -1 };
    this.frames.push(frame);
    return frame;
  }

  #readAgain(): void {
    this.tally.visitedDirectories--;
    this.putBack(this.#row);
  }

  /** Whether any rule looks at the names of directories directly inside the one begun. */
  get isFenced(): boolean {
    return this.#fence !== undefined || this.leftOut.looksAtDirectories;
  }

  /** Counts a subdirectory, or counts it out. */
  meetDirectory(name: string): void {
    const fence = this.#fence?.below.get(name);
    if (fence?.isMountPoint) {
      this.tally.mountPoints.push(this.prefixBelow(this.#row) + name);
      this.tally.excludedDirectories++;
      return;
    }
    const path = this.#relativePathOf(name);
    if (this.leftOut.prunes(path, name)) {
      this.tally.excludedDirectories++;
      return;
    }
    const row = this.tally.directory(name);
    if (fence !== undefined) this.#fences.set(row, fence);
    // A row that was taken back may be given once more.
    else if (this.#fences.size > 0) this.#fences.delete(row);
    this.leftOut.visits(row, path, name);
  }

  /** An entry of the directory begun whose type could not be learnt. */
  failedEntry(name: string, errno: string): void {
    this.tally.failed(this.prefixBelow(this.#row) + name, errno);
  }

  /** Whether leaves of the directory begun must be met by their names. */
  get looksAtLeaves(): boolean {
    return this.leftOut.looksAtLeaves;
  }

  /** Counts a leaf, or counts it out. */
  meetLeaf(type: number, name: string): void {
    if (this.looksAtLeaves) this.leftOut.leaf(type, () => this.#relativePathOf(name), name);
    else this.tally.leaf(type, name.length);
  }

  /** A directory that leaves out all that is in it stays as an empty one. */
  passOver(row: number): void {
    this.end(this.begin(row));
    this.tally.excludedDirectories++;
  }

  /** Counts one more entry of a directory that may be huge; false when the walk was told to stop. */
  goesOn(): boolean {
    if (--this.#entriesToCheck > 0) return true;
    this.check();
    return this.stop === null;
  }

  /** Asks budget and early stop; called by `end`, and by engines every so many entries of one large directory. */
  check(): void {
    this.#directoriesToCheck = CHECK_DIRECTORIES;
    this.#entriesToCheck = CHECK_ENTRIES;
    this.#lookAtClock();
    const { stopWhen, budget, onProgress } = this.#options;
    if (!stopWhen && !budget && !onProgress) return;
    const progress = this.tally.progress();
    onProgress?.(progress);
    if (budget?.(progress) === 'stop') this.stop ??= 'budget';
    this.stop ??= stopWhen?.(progress) ?? null;
  }

  #lookAtClock(): void {
    if (monotonicMs() >= this.#sliceEndsAt) this.#isSliceOver = true;
  }

  #relativePathOf(name: string): string {
    this.#relative ??= this.#row === 0 ? '' : `${relativePath(this.tally.columns, this.#row)}/`;
    return this.#relative + name;
  }
}
