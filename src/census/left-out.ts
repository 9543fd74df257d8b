// What of the directory begun is left out, and what a directory itself leaves out once its names are seen.

import type { Exclusions } from '../domain/exclusions.ts';
import type { Tally } from './tally.ts';

const latin1Of = (name: string): string => Buffer.from(name).toString('latin1');

export class LeftOut {
  readonly #exclusions: Exclusions | null;
  readonly #tally: Tally;
  /** null: no name of a leaf leaves out its directory. */
  readonly #markers: ReadonlySet<string> | null;
  /** Rows that are watched and not scanned. */
  readonly #onlyWatched = new Set<number>();
  /** Bytes as latin1; null: no leaf carries rules. */
  readonly #rulesName: string | null;
  // Of the directory begun; leaves are kept, kind and name length by turns, where one of them may take all back.
  #isOnlyWatched = false;
  #isMarked = false;
  #hasNewRules = false;
  #met: number[] = [];

  constructor(exclusions: Exclusions | null, tally: Tally) {
    this.#exclusions = exclusions;
    this.#tally = tally;
    const { markers = [], rulesWithin } = exclusions ?? {};
    this.#markers = markers.length > 0 ? new Set(markers.map(latin1Of)) : null;
    this.#rulesName = rulesWithin === undefined ? null : latin1Of(rulesWithin.leafName);
  }

  begin(row: number): void {
    this.#isOnlyWatched = this.#onlyWatched.size > 0 && this.#onlyWatched.has(row);
    this.#isMarked = this.#hasNewRules = false;
    if (this.#met.length > 0) this.#met = [];
  }

  /**
   * Takes back what was counted of a directory that holds a marker or new rules, and what was kept about its subdirectories'
   * rows. Returns whether it is to be listed again, by those rules.
   */
  end(firstChild: number): boolean {
    if (!this.#isMarked && !this.#hasNewRules) return false;
    const { columns } = this.#tally;
    for (let row = firstChild; row < columns.count; row++)
      if (this.#onlyWatched.delete(row)) this.#tally.onlyWatchedDirectories--;
    this.#tally.takeBack(this.#met, firstChild);
    if (this.#hasNewRules) return true;
    this.#tally.excludedDirectories++;
    return false;
  }

  get looksAtDirectories(): boolean {
    return this.#exclusions !== null;
  }

  /** Whether leaves of the directory begun must be met by their names. */
  get looksAtLeaves(): boolean {
    const skips = this.#exclusions?.skipsLeaf ?? null;
    return skips !== null || this.#markers !== null || this.#rulesName !== null || this.#isOnlyWatched;
  }

  /** Whether a subdirectory is neither visited nor counted. */
  prunes(path: string, name: string): boolean {
    return !this.#isOnlyWatched && this.#exclusions?.prunesDirectory(path, name) === true;
  }

  /** Told the row of a subdirectory that is visited. */
  visits(row: number, path: string, name: string): void {
    const isOnlyWatched =
      this.#isOnlyWatched || this.#exclusions?.onlyWatchesDirectory?.(path, name) === true;
    if (!isOnlyWatched) return;
    this.#onlyWatched.add(row);
    this.#tally.onlyWatchedDirectories++;
  }

  /** Counts a leaf, or counts it out; below a directory that is only watched nothing is said of it. */
  leaf(type: number, path: () => string, name: string): void {
    if (this.#isOnlyWatched) return;
    if (this.#markers?.has(name)) this.#isMarked = true;
    if (name === this.#rulesName) this.#readRules(path(), name);
    const skips = this.#exclusions?.skipsLeaf ?? null;
    if (skips?.(path(), name)) {
      this.#tally.excludedLeaves++;
      return;
    }
    this.#tally.leaf(type, name.length);
    if (this.#markers !== null || this.#rulesName !== null) this.#met.push(type, name.length);
  }

  #readRules(path: string, name: string): void {
    const directory = path.slice(0, -name.length).replace(/\/$/, '');
    if (this.#exclusions?.rulesWithin?.read(directory)) this.#hasNewRules = true;
  }

  /** The attribute that may leave out what is in this row; null: none is asked for. */
  attributeOf(row: number): string | null {
    return row === 0 ? null : (this.#exclusions?.attribute ?? null);
  }
}
