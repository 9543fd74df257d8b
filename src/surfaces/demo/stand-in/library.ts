// What the daemon knows of its folder: every entry looked at, every directory watched, breadth first.
// Knows: readdir, lstat, watch. May not know: what becomes of a file once it is found, what is told to whom.

import { type FSWatcher, lstatSync, readdirSync, type Stats, watch } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../../kernel/errno.ts';
import type { Arrange } from './order.ts';
import type { Pace } from './pace.ts';
import type { Counts } from './report.ts';

export interface LibraryRequest {
  readonly counts: Counts;
  readonly arrange: Arrange;
  readonly pauseAfterFile: Pace;
  readonly pauseAfterWatch: Pace;
  /** A file was found, or was found again after it had gone. */
  onFile(path: string): void;
  /** Something changed in a watched directory. */
  onChange(path: string): void;
  /** No watch is left for a directory (ENOSPC); called each time. */
  onShortage(): void;
}

interface Folder {
  readonly path: string;
  /** Names of what is no directory. */
  readonly leaves: Set<string>;
  /** Before it was listed: later means that something came while nobody watched. */
  changedAtMs: number;
  watcher: FSWatcher | null;
}

export class Library {
  readonly #request: LibraryRequest;
  readonly #folders = new Map<string, Folder>();
  readonly #ignored = new Set<string>();

  constructor(request: LibraryRequest) {
    this.#request = request;
  }

  get ignored(): readonly string[] {
    return [...this.#ignored];
  }

  /** Directories known, and the files in them, in the order in which they were found. */
  *entries(): Generator<string> {
    for (const { path, leaves } of this.#folders.values()) {
      yield path;
      for (const name of leaves) yield join(path, name);
    }
  }

  /** Looks at all that is new below `top`, breadth first; returns the directories that were not known. */
  async scan(top: string): Promise<readonly string[]> {
    const queue = [top];
    const fresh: string[] = [];
    for (const path of queue) {
      if (!this.#folders.has(path)) fresh.push(path);
      queue.push(...(await this.#look(path)));
    }
    return fresh;
  }

  /** One watch for each of these directories; one that changed since it was listed is told as a change. */
  async watchAll(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const folder = this.#folders.get(path);
      if (folder === undefined) continue;
      this.#watch(folder);
      if (this.#stat(path)?.mtimeMs !== folder.changedAtMs) this.#request.onChange(path);
      await this.#request.pauseAfterWatch();
    }
  }

  /** Forgets what lies at these paths, watches included, and never looks there again; returns the new ones. */
  ignore(paths: readonly string[]): readonly string[] {
    const added = paths.filter((path) => !this.#ignored.has(path));
    for (const path of added) {
      this.#ignored.add(path);
      this.#forget(path);
    }
    return added;
  }

  /** One directory: lstat of every entry that is new; returns the directories among them. */
  async #look(path: string): Promise<string[]> {
    const folder = this.#enter(path);
    const names = folder === null ? null : this.#list(path);
    if (folder === null || names === null) return [];
    this.#dropMissing(folder, new Set(names));
    const directories: string[] = [];
    for (const name of names) {
      const child = join(path, name);
      if (folder.leaves.has(name) || this.#folders.has(child) || this.#ignored.has(child)) continue;
      const stats = this.#stat(child);
      if (stats?.isDirectory()) directories.push(child);
      else if (stats !== null) this.#keep(folder, name);
      await this.#request.pauseAfterFile();
    }
    return directories;
  }

  #dropMissing(folder: Folder, present: ReadonlySet<string>): void {
    for (const name of folder.leaves) {
      if (present.has(name)) continue;
      folder.leaves.delete(name);
      this.#request.counts.files -= 1;
    }
  }

  #enter(path: string): Folder | null {
    const stats = this.#stat(path);
    const known = this.#folders.get(path);
    if (stats === null) {
      this.#forget(path);
      return null;
    }
    if (known === undefined) this.#request.counts.directories += 1;
    const folder = known ?? { path, leaves: new Set(), changedAtMs: 0, watcher: null };
    folder.changedAtMs = stats.mtimeMs;
    this.#folders.set(path, folder);
    return folder;
  }

  #keep(folder: Folder, name: string): void {
    folder.leaves.add(name);
    this.#request.counts.files += 1;
    this.#request.onFile(join(folder.path, name));
  }

  #list(path: string): string[] | null {
    try {
      return this.#request.arrange(readdirSync(path));
    } catch {
      this.#request.counts.errors += 1;
      return null;
    }
  }

  /** null: gone, or it could not be looked at, which is counted. */
  #stat(path: string): Stats | null {
    this.#request.counts.touched += 1;
    try {
      return lstatSync(path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') this.#request.counts.errors += 1;
      return null;
    }
  }

  #watch(folder: Folder): void {
    if (folder.watcher !== null) return;
    try {
      folder.watcher = watch(folder.path, () => this.#request.onChange(folder.path));
      folder.watcher.on('error', () => {});
      this.#request.counts.watches += 1;
    } catch (error) {
      if (errnoOf(error) === 'ENOSPC') this.#request.onShortage();
      else this.#request.counts.errors += 1;
    }
  }

  #forget(top: string): void {
    for (const [path, folder] of this.#folders) {
      if (path !== top && !path.startsWith(`${top}/`)) continue;
      this.#folders.delete(path);
      this.#request.counts.directories -= 1;
      this.#request.counts.files -= folder.leaves.size;
      if (folder.watcher === null) continue;
      folder.watcher.close();
      this.#request.counts.watches -= 1;
    }
  }
}
