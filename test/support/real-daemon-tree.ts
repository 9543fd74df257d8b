// A library of small files on a filesystem of its own, as large as asked: 20 files a folder, 25 folders a shelf.
import { mkdirSync, writeFileSync } from 'node:fs';

const FILES_A_FOLDER = 20;
const FOLDERS_A_SHELF = 25;

export interface Planted {
  readonly files: number;
  /** Root included. */
  readonly directories: number;
}

export function plantLibrary(root: string, files: number, fileBytes: number): Planted {
  const body = Buffer.alloc(fileBytes, 'x');
  mkdirSync(root);
  let [folder, directories] = [root, 1];
  for (let n = 0; n < files; n++) {
    if (n % (FILES_A_FOLDER * FOLDERS_A_SHELF) === 0) {
      mkdirSync(shelfOf(root, n));
      directories++;
    }
    if (n % FILES_A_FOLDER === 0) {
      folder = `${shelfOf(root, n)}/Book ${n / FILES_A_FOLDER}`;
      mkdirSync(folder);
      directories++;
    }
    writeFileSync(`${folder}/file-${n}.txt`, body);
  }
  return { files, directories };
}

const shelfOf = (root: string, n: number): string =>
  `${root}/Author ${Math.floor(n / (FILES_A_FOLDER * FOLDERS_A_SHELF))}`;
