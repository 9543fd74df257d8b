// A filesystem of our own on a loop device, so that a tree can be made cold by mounting it again: nobody else's caches suffer.
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type ScratchKind = 'ext4' | 'xfs' | 'btrfs' | 'tmpfs' | 'overlay';

/** lazy initialisation would write inode tables in the background while a reading is taken. */
const MAKE: Readonly<Record<'ext4' | 'xfs' | 'btrfs', (image: string, inodes: number) => string[]>> = {
  ext4: (image, inodes) => [
    'mkfs.ext4',
    '-qF',
    '-N',
    String(inodes),
    '-E',
    'lazy_itable_init=0,lazy_journal_init=0',
    image,
  ],
  xfs: (image) => ['mkfs.xfs', '-qf', image],
  btrfs: (image) => ['mkfs.btrfs', '-qf', image],
};

const run = ([command = '', ...parameters]: readonly string[]): void => {
  execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
};

/** A minute: others' namespaces live as long as their tests. */
const MOST_ROUNDS = 600;
const ROUND_MS = 100;

/** Of the loop devices in use. */
const backingFiles = (): string[] =>
  readdirSync('/sys/block').flatMap((name) => {
    try {
      return [readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').trim()];
    } catch {
      return [];
    }
  });

export class ScratchMount {
  readonly kind: ScratchKind;
  /** Where trees are planted, and where they are read: two places on an overlay. */
  readonly plantPath: string;
  readonly treePath: string;
  readonly #base: string;
  #mounted: string[] = [];

  constructor(kind: ScratchKind, entries: number) {
    this.kind = kind;
    this.#base = mkdtempSync(join(tmpdir(), `syncguard-${kind}-`));
    const disk = join(this.#base, 'disk');
    mkdirSync(disk);
    mkdirSync(join(this.#base, 'merged'));
    if (kind !== 'tmpfs') this.#makeImage(kind === 'overlay' ? 'ext4' : kind, entries);
    this.plantPath = kind === 'overlay' ? join(disk, 'lower') : disk;
    this.treePath = kind === 'overlay' ? join(this.#base, 'merged') : disk;
    this.#mountDisk();
    if (kind === 'overlay') for (const layer of ['lower', 'upper', 'work']) mkdirSync(join(disk, layer));
    this.#mountOverlay();
  }

  /** Everything of this filesystem leaves the kernel's caches. */
  makeCold(): void {
    if (this.kind === 'tmpfs') return;
    this.#unmountAll();
    this.#awaitRelease();
    this.#mountDisk();
    this.#mountOverlay();
  }

  /**
   * Somebody who made a mount namespace meanwhile (unshare -m) has our mount in it, and with that its caches stay: mounted
   * again, the tree would be as warm as before.
   */
  #awaitRelease(): void {
    const image = join(this.#base, 'image');
    for (let round = 0; backingFiles().includes(image); round++) {
      if (round === MOST_ROUNDS) throw new Error(`${image} stays mounted in another mount namespace`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ROUND_MS);
    }
  }

  [Symbol.dispose](): void {
    this.#unmountAll();
    rmSync(this.#base, { recursive: true, force: true });
  }

  #makeImage(kind: 'ext4' | 'xfs' | 'btrfs', entries: number): void {
    const image = join(this.#base, 'image');
    writeFileSync(image, '');
    // Empty files: an inode and its directory entry are all they take; xfs refuses less than 300 MB. Sparse anyway.
    truncateSync(image, 512 * 1024 * 1024 + entries * 4096);
    run(MAKE[kind](image, entries + 10_000));
  }

  #mountDisk(): void {
    const disk = join(this.#base, 'disk');
    if (this.kind === 'tmpfs') run(['mount', '-t', 'tmpfs', '-o', 'nr_inodes=0', 'syncguard-test', disk]);
    else run(['mount', '-o', 'loop,noatime', join(this.#base, 'image'), disk]);
    this.#mounted.push(disk);
  }

  #mountOverlay(): void {
    if (this.kind !== 'overlay') return;
    const [disk, merged] = [join(this.#base, 'disk'), join(this.#base, 'merged')];
    const layers = `lowerdir=${disk}/lower,upperdir=${disk}/upper,workdir=${disk}/work`;
    run(['mount', '-t', 'overlay', 'syncguard-test', '-o', layers, merged]);
    this.#mounted.push(merged);
  }

  #unmountAll(): void {
    for (const path of this.#mounted.toReversed()) run(['umount', path]);
    this.#mounted = [];
  }
}
