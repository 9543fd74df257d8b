import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeCensus } from '../../src/census/index.ts';
import { censusInChild } from '../support/census-process.ts';
import { census, ENGINES } from '../support/engines.ts';
import { rootTest } from '../support/root-only.ts';
import { evenTree, plantTree, type TreeSpec, temporaryDirectory } from '../support/trees.ts';

/** setpriv (util-linux) as nobody: no capability passes over a mode of 000. */
const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

describe.each(ENGINES)('trouble met by %s', (engine) => {
  rootTest(
    `an unreadable directory is counted and named, and the census is not complete (${engine})`,
    async () => {
      using place = temporaryDirectory();
      chmodSync(place.path, 0o755);
      const closed = Object.fromEntries(
        Array.from({ length: 10 }, (_, n) => [`closed-${n}`, { x: 'file' as const }]),
      );
      plantTree(place.path, { ...closed, open: { x: 'file' } });
      for (const name of Object.keys(closed)) chmodSync(`${place.path}/${name}`, 0o000);
      const counted = await censusInChild({ root: place.path, engine }, { prefix: AS_NOBODY });
      expect(counted).toMatchObject({ files: 1, directories: 12, visitedDirectories: 2, complete: false });
      expect(counted.unreadable.count).toBe(10);
      expect(counted.unreadable.examples).toHaveLength(8);
      expect(counted.unreadable.examples[0]).toEqual({
        path: expect.stringContaining(`${place.path}/closed-`),
        errno: 'EACCES',
      });
    },
  );

  rootTest(`a root that may not be read is denied, not empty (${engine})`, async () => {
    using place = temporaryDirectory();
    chmodSync(place.path, 0o711);
    const answer = await censusInChild({ root: place.path, engine }, { prefix: AS_NOBODY });
    expect(answer).toMatchObject({ kind: 'denied', path: place.path, errno: 'EACCES' });
  });

  it('a directory gone between listing and opening is counted as vanished, and nothing fails', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, { one: { x: 'file' }, two: { y: 'file' } });
    // The rule is asked after the root was listed and before what it holds is opened.
    const vanish = {
      prunesDirectory: (_: string, name: string): boolean => {
        if (name === 'two') rmSync(`${place.path}/two`, { recursive: true, force: true });
        return false;
      },
      skipsLeaf: null,
    };
    const counted = await census({ root: place.path, engine, exclusions: vanish });
    expect(counted).toMatchObject({ files: 1, vanished: 1, unreadable: { count: 0 }, complete: true });
  });

  it('a directory replaced by a symlink is not followed out of the tree', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, { tree: { swapped: {} }, outside: { secret: 'file', more: 'file' } });
    const swap = {
      prunesDirectory: (path: string): boolean => {
        rmSync(`${place.path}/tree/${path}`, { recursive: true });
        writeFileSync(`${place.path}/tree/${path}`, 'no directory any more');
        return false;
      },
      skipsLeaf: null,
    };
    const counted = await census({ root: `${place.path}/tree`, engine, exclusions: swap });
    expect(counted).toMatchObject({ files: 0, vanished: 1 });
  });

  it('sockets and fifos are other, and none is opened', async () => {
    using place = temporaryDirectory();
    plantTree(place.path, { pipe: 'fifo', sub: { pipe: 'fifo' } });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(`${place.path}/socket`, resolve));
    const counted = await census({ root: place.path, engine });
    await new Promise((resolve) => server.close(resolve));
    expect(counted).toMatchObject({ files: 0, other: 3, directories: 2, complete: true });
  });

  it('with hardly a descriptor left the count is still exact', async () => {
    using place = temporaryDirectory();
    const branch = { a: { b: { c: { d: { x: 'file' as const }, d2: {} }, c2: {} }, b2: {} }, a2: {} };
    const truth = plantTree(
      place.path,
      Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`${n}`, branch])),
    );
    const counted = await censusInChild(
      { root: place.path, engine },
      { prefix: ['prlimit', '--nofile=32:32'] },
    );
    expect(counted).toMatchObject({ ...truth, unreadable: { count: 0 } });
  });

  it('a tree that changes under the walk is counted without failing, and what stays is never lost', async () => {
    using place = temporaryDirectory();
    const truth = plantTree(place.path, evenTree(200, 20));
    mkdirSync(`${place.path}/churn`);
    const churn = `i=0; while :; do i=$((i+1)); mkdir -p "$0/d$((i%50))/e"; : > "$0/d$((i%50))/f"; rm -rf "$0/d$(((i+25)%50))"; done`;
    const child = spawn('sh', ['-c', churn, `${place.path}/churn`], { stdio: 'ignore' });
    try {
      for (let round = 0; round < 10; round++) {
        const counted = await census({ root: place.path, engine });
        expect(counted.directories).toBeGreaterThanOrEqual(truth.directories + 1);
        expect(counted.files).toBeGreaterThanOrEqual(truth.files);
        expect(counted.unreadable).toEqual({ count: 0, examples: [] });
      }
    } finally {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
  });
});

describe('a chain 4 000 levels deep, its path far over PATH_MAX', () => {
  const LEVELS = 4000;
  const place = temporaryDirectory();
  const plant = `for (let i = 0; i < ${LEVELS}; i++) {
    fs.mkdirSync('level-' + i); process.chdir('level-' + i); fs.writeFileSync('leaf', '');
  }`;

  beforeAll(() => {
    execFileSync(process.execPath, ['-e', plant], { cwd: place.path });
  });
  afterAll(() => {
    // rm descends by descriptor; rmSync cannot name what lies this deep.
    execFileSync('rm', ['-rf', place.path]);
  });

  it.each(['getdents64', 'auto'] as const)('is counted to its end by %s', async (engine) => {
    const counted = await census({ root: place.path, engine });
    expect(counted).toMatchObject({ directories: LEVELS + 1, files: LEVELS, complete: true });
  });

  it.each(['readdir', 'async-readdir'] as const)(
    'ends by %s in one unreadable directory, named',
    async (engine) => {
      const counted = await census({ root: place.path, engine });
      expect(counted.unreadable).toMatchObject({ count: 1, examples: [{ errno: 'ENAMETOOLONG' }] });
      expect(counted.complete).toBe(false);
      expect(counted.files).toBeGreaterThan(300);
    },
  );
});

describe('descriptors', () => {
  it.each(ENGINES)('are all closed after a census by %s, stopped or not', async (engine) => {
    using place = temporaryDirectory();
    plantTree(place.path, { a: { b: { c: { d: {}, e: {} }, f: {} }, g: {} }, h: evenTree(600, 1) });
    await takeCensus({ root: place.path, engine });
    const next = lowestDescriptor();
    await takeCensus({ root: place.path, engine });
    await takeCensus({
      root: place.path,
      engine,
      stopWhen: ({ entries }) => (entries > 100 ? 'over-wall' : null),
    });
    expect(lowestDescriptor()).toBe(next);
  });
});

describe('a comb: a deep chain with side branches at every level', () => {
  const LEVELS = 400;
  const SIDES = 3;
  /** getdents64 holds 64 levels open and one more while it reads. */
  const MOST_OPEN = 64 + 8;

  it.each(ENGINES)(
    'is counted exactly by %s, and never holds a descriptor for each level',
    async (engine) => {
      using place = temporaryDirectory();
      let comb: TreeSpec = {};
      for (let level = 0; level < LEVELS; level++) comb = { n: comb, a: {}, b: { x: 'file' }, c: {} };
      const truth = plantTree(place.path, comb);
      expect(truth.directories).toBe(LEVELS * (SIDES + 1) + 1);
      const openBefore = readdirSync('/proc/self/fd').length;
      let mostOpen = 0;
      const onProgress = (): void => {
        mostOpen = Math.max(mostOpen, readdirSync('/proc/self/fd').length - openBefore);
      };
      expect(await census({ root: place.path, engine, onProgress })).toMatchObject({
        ...truth,
        complete: true,
      });
      expect(mostOpen).toBeLessThanOrEqual(MOST_OPEN);
    },
  );
});

/** The kernel gives the lowest number that is free. */
function lowestDescriptor(): number {
  const descriptor = openSync('/', 'r');
  closeSync(descriptor);
  return descriptor;
}
