// A library of small files on a filesystem of its own: 20 files a folder, 25 folders a shelf.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScratchMount } from './scratch-mount.ts';

const FILES_A_FOLDER = 20;
const FILES_A_SHELF = 25 * FILES_A_FOLDER;
const BLOCK_BYTES = 4096;

export interface TreeSize {
  readonly files: number;
  readonly fileBytes: number;
}

export interface PlantedPlace extends Disposable {
  readonly mount: ScratchMount;
  readonly tree: string;
}

/** The library on a fresh ext4, with room for `sides` of it. */
export function planted({ files, fileBytes }: TreeSize, sides: number): PlantedPlace {
  const blocksOfFile = Math.ceil(fileBytes / BLOCK_BYTES);
  const mount = new ScratchMount('ext4', files * (1 + blocksOfFile) * sides);
  const tree = join(mount.plantPath, 'library');
  try {
    plantLibrary(tree, files, fileBytes);
  } catch (error) {
    mount[Symbol.dispose]();
    throw error;
  }
  return { mount, tree, [Symbol.dispose]: () => mount[Symbol.dispose]() };
}

/**
 * No two bodies are alike: Syncthing looks for a new file among all that have the same blocks, so 50 000 alike take it a
 * hundred files a second and ever fewer.
 */
function plantLibrary(root: string, files: number, fileBytes: number): void {
  mkdirSync(root);
  const body = Buffer.alloc(fileBytes, 'x');
  for (let n = 0; n < files; n++) {
    const shelf = `${root}/Author ${Math.floor(n / FILES_A_SHELF)}`;
    const folder = `${shelf}/Book ${Math.floor(n / FILES_A_FOLDER)}`;
    if (n % FILES_A_FOLDER === 0) mkdirSync(folder, { recursive: true });
    body.write(`${n}\n`);
    writeFileSync(`${folder}/file-${n}.txt`, body);
  }
}

/** Where a daemon keeps its configuration, index and log. */
export function temporaryHome(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'syncguard-daemon-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
