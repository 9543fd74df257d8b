// A small library to estimate, and a scratch directory beside it.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ROOT } from './binary.ts';

/** The table of the container that a Dropbox with a Calibre library brought down in 2012. */
export const ORIGIN: string = join(ROOT, 'fixtures/beancounters/028stab-x86_64-origin-1and1-2012-05.txt');

export interface Library {
  readonly scratch: string;
  readonly tree: string;
}

/** 100 authors with 40 books each, three notes and a link; removed when the file's tests have ended. */
export function plantLibrary(): Library {
  const scratch = mkdtempSync(join(tmpdir(), 'syncguard-library-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  chmodSync(scratch, 0o755);
  const tree = join(scratch, 'Dropbox');
  for (let author = 0; author < 100; author += 1) {
    for (let book = 0; book < 40; book += 1)
      mkdirSync(join(tree, 'Calibre', `Author ${author}`, `Book ${book}`), { recursive: true });
  }
  mkdirSync(join(tree, 'notes'));
  for (const name of ['a', 'b', 'c']) writeFileSync(join(tree, 'notes', name), '');
  symlinkSync('/', join(tree, 'notes', 'everything'));
  return { scratch, tree };
}
