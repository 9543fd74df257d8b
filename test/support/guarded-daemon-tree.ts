// The tree a plain memory limit kills at: few directories of many files, so that a walk frees nothing between two of them.
import { closeSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlantedPlace } from './real-daemon-tree.ts';
import { ScratchMount } from './scratch-mount.ts';

const FILES_A_DIRECTORY = 1000;

/** Empty files on an ext4 of their own. */
export function plantWide(files: number): PlantedPlace {
  const mount = new ScratchMount('ext4', files);
  const tree = join(mount.plantPath, 'wide');
  for (let n = 0; n < files; n += 1) {
    const directory = join(tree, String(Math.floor(n / FILES_A_DIRECTORY)));
    if (n % FILES_A_DIRECTORY === 0) mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `file-${n}`), '');
  }
  return { mount, tree, [Symbol.dispose]: () => mount[Symbol.dispose]() };
}

const PIECE_BYTES = 4 * 1024 * 1024;

/** Names and inodes leave the kernel's caches, and the blocks they stand in are there: a walk then waits for no disk. */
export function makeColdWithWarmBlocks({ mount }: PlantedPlace): void {
  mount.makeCold();
  const line = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .find((one) => one.split(' ')[1] === mount.treePath);
  const device = openSync(line?.split(' ')[0] ?? '', 'r');
  const piece = Buffer.alloc(PIECE_BYTES);
  while (readSync(device, piece) > 0);
  closeSync(device);
}
