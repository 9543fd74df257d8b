// Plants a library as Calibre lays one out: author, title, and three empty files in each; the same on every run.

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';

const BOOKS_PER_AUTHOR = 4;
const FILES = ['metadata.opf', 'cover.jpg'] as const;

/** Folders that `authors` authors make: their own and one for each book. */
export const foldersOf = (authors: number): number => authors * (1 + BOOKS_PER_AUTHOR);
export const filesOf = (authors: number): number => authors * BOOKS_PER_AUTHOR * (FILES.length + 1);
/** The fewest authors whose folders are at least `folders`. */
export const authorsFor = (folders: number): number => Math.ceil(folders / (1 + BOOKS_PER_AUTHOR));

export interface Planting {
  readonly tree: string;
  /** Number of the first author: what was planted before is not planted again. */
  readonly from: number;
  readonly authors: number;
  /** null: as fast as the disk takes them. */
  readonly authorsPerSecond: number | null;
  readonly signal: AbortSignal;
}

/** Rejects when the signal aborts; what was planted until then stays. */
export async function plantLibrary({ signal, ...planting }: Planting): Promise<void> {
  const startedAt = performance.now();
  for (let n = 0; n < planting.authors; n += 1) {
    signal.throwIfAborted();
    plantAuthor(planting.tree, planting.from + n);
    const dueMs = planting.authorsPerSecond === null ? 0 : ((n + 1) / planting.authorsPerSecond) * 1000;
    const earlyMs = startedAt + dueMs - performance.now();
    await (earlyMs >= 1 ? setTimeout(earlyMs, undefined, { signal }) : setImmediate());
  }
}

/** Names below 36 bytes: a longer one is charged beyond its entry on the kernel of the story. */
function plantAuthor(tree: string, author: number): void {
  const shelf = join(tree, `Author ${author}`);
  mkdirSync(shelf);
  for (let book = 0; book < BOOKS_PER_AUTHOR; book += 1) {
    const number = author * BOOKS_PER_AUTHOR + book;
    const folder = join(shelf, `Title ${number} (${number})`);
    mkdirSync(folder);
    for (const file of [`Title ${number}.epub`, ...FILES]) closeSync(openSync(join(folder, file), 'wx'));
  }
}
