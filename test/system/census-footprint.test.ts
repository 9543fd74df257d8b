import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { censusCommand, censusInChild } from '../support/census-process.ts';
import { ENGINES } from '../support/engines.ts';
import { cacheDrops, hasKernelMemoryCounter, kernelBytesOf } from '../support/kernel-memory.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { ScratchMount } from '../support/scratch-mount.ts';
import { evenTree, plantTree } from '../support/trees.ts';

const DIRECTORIES = 6000;
const LEAVES_EACH = 4;
/** A leaf that was looked up costs a dentry (192) and an ext4 inode (1128) at least, 6.18 x86_64. */
const LOOKED_UP_LEAF_BYTES = 1320;
const FLAT_ENTRIES = 500_000;
/** Streaming and getdents64 grow by what their own code takes; one readdirSync of that directory by 130 MiB. */
const MOST_GROWTH_BYTES = 32 * 1024 * 1024;

const WALKER_SOURCE = join(import.meta.dirname, '../bench/walker.c');

// `auto` is these three by turns; on an empty directory it would not load what it loads on a large tree.
const ONE_ENGINE = ENGINES.filter((engine) => engine !== 'auto');

describe('what a census leaves in the kernel', () => {
  it.each(ONE_ENGINE)('is what the bare walk leaves: directories only, by %s', async (engine) => {
    const canMeasure = hasKernelMemoryCounter() && hasProgram('cc') && existsSync('/dev/loop-control');
    if (!isMet(canMeasure, 'kernel memory by cgroup needs root, cgroup v1, loop devices and cc')) return;
    using place = new ScratchMount('ext4', DIRECTORIES * (LEAVES_EACH + 1));
    const walker = join(mkdtempSync(join(tmpdir(), 'syncguard-walker-')), 'walker');
    execFileSync('cc', ['-O2', '-o', walker, WALKER_SOURCE]);
    mkdirSync(`${place.plantPath}/empty`);
    mkdirSync(`${place.plantPath}/tree`);
    plantTree(`${place.plantPath}/tree`, evenTree(DIRECTORIES, LEAVES_EACH));

    const cold = (command: readonly string[]): number => {
      place.makeCold();
      return kernelBytesOf(command);
    };
    const ours = async (tree: string): Promise<number> =>
      cold(await censusCommand({ root: `${place.treePath}/${tree}`, engine }));
    const bare = (tree: string): number => cold([walker, `${place.treePath}/${tree}`]);
    const drops = cacheDrops();
    const bareBytes = bare('tree') - bare('empty');
    const idleBytes = await ours('empty');
    const ourBytes = await ours('tree');
    rmSync(join(walker, '..'), { recursive: true });
    if (!isMet(cacheDrops() === drops, 'somebody dropped the caches of this machine meanwhile')) return;

    expect(bareBytes).toBeGreaterThan(DIRECTORIES * LOOKED_UP_LEAF_BYTES);
    expect(bareBytes).toBeLessThan(DIRECTORIES * LOOKED_UP_LEAF_BYTES * 2);
    expect(ourBytes).toBeGreaterThan(bareBytes * 0.95);
    expect(ourBytes).toBeLessThan(bareBytes * 1.05 + idleBytes);
  });
});

describe('a census left to choose', () => {
  it('asks for many directories at once on a cold tree, and for none on a warm one', async () => {
    const canMount = process.getuid?.() === 0 && existsSync('/dev/loop-control');
    if (!isMet(canMount, 'a cold tree needs root and loop devices')) return;
    using place = new ScratchMount('ext4', DIRECTORIES * (LEAVES_EACH + 1));
    plantTree(place.plantPath, evenTree(DIRECTORIES, LEAVES_EACH));
    place.makeCold();
    const cold = await censusInChild({ root: place.treePath });
    const warm = await censusInChild({ root: place.treePath });
    expect(cold.engine).toBe('async-readdir');
    expect(warm.engine).toBe('getdents64');
    expect({ ...warm, ...UNLIKE }).toEqual({ ...cold, ...UNLIKE });
  });
});

/** What two censuses of one tree may differ in. */
const UNLIKE = { engine: null, elapsedMs: null, growthBytes: null, peakBytes: null };

describe('the memory of a census', () => {
  const flat = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'syncguard-flat-'));
  beforeAll(() => {
    for (let n = 0; n < FLAT_ENTRIES; n++) writeFileSync(`${flat}/message-${n}.eml`, '');
  });
  afterAll(() => rmSync(flat, { recursive: true }));

  it.each(ENGINES)('does not grow with a flat directory of 500 000 entries, by %s', async (engine) => {
    const counted = await censusInChild({ root: flat, engine });
    expect(counted).toMatchObject({ files: FLAT_ENTRIES, complete: true });
    expect(counted.growthBytes).toBeLessThan(MOST_GROWTH_BYTES);
  });
});
