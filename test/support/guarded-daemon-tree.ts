// The tree a plain memory limit kills at: few directories of many files, so that a walk frees nothing between two of them.
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  writeFileSync,
} from 'node:fs';
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

/**
 * Names and inodes of the tree leave the kernel's caches. Throws where another mount namespace holds the filesystem (somebody's
 * `unshare` meanwhile): then nothing leaves, and what is looked at is charged to whoever planted it.
 */
export function makeCold({ mount }: PlantedPlace): void {
  if (isHeldElsewhere(mount.treePath))
    throw new Error('another mount namespace holds the tree: it stays warm');
  mount.makeCold();
}

/** Cold, but the blocks that names and inodes stand in are in the page cache: a walk then waits for no disk. */
export function makeColdWithWarmBlocks(place: PlantedPlace): void {
  const { mount } = place;
  makeCold(place);
  const line = linesOf('/proc/mounts').find((one) => one.split(' ')[1] === mount.treePath);
  const device = openSync(line?.split(' ')[0] ?? '', 'r');
  const piece = Buffer.alloc(PIECE_BYTES);
  while (readSync(device, piece) > 0);
  closeSync(device);
}

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n');

function isHeldElsewhere(mountPath: string): boolean {
  const own = readlinkSync('/proc/self/ns/mnt');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        if (readlinkSync(`/proc/${pid}/ns/mnt`) === own) return false;
        return linesOf(`/proc/${pid}/mounts`).some((line) => line.includes(` ${mountPath} `));
      } catch {
        // It has ended.
        return false;
      }
    });
}
