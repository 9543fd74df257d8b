import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Census, leavesOf } from '../../src/domain/census.ts';
import { estimateCosts } from '../../src/domain/cost-model.ts';
import { charged } from '../../src/domain/entry-cost.ts';
import type { KernelConstants } from '../../src/domain/kernel-constants.ts';
import { externalNameTable } from '../../src/domain/name-buckets.ts';
import {
  type CountedShape,
  compare,
  isMet,
  plantAndCount,
  runningConstants,
  TOLERANCE_BYTES,
  undisturbed,
} from '../support/accuracy.ts';
import { pattern } from '../support/patterns.ts';
import { Probe, whyNoProbe } from '../support/probe.ts';
import { type ScratchKind, ScratchMount } from '../support/scratch-mount.ts';
import { SHAPES, type Shape } from '../support/shapes.ts';

/** Large enough that 2 % is more than the noise of a reading, small enough for every run. */
const ENTRIES = 10_000;
const SHARE = 0.02;
/** A walk leaves little behind, and ext4 reads ahead in its inode tables as it likes. */
const WALKED_SHARE = 0.05;

const reason = whyNoProbe();

describe('the cost model against the running kernel', () => {
  if (reason === null) return measured();
  it('is measured wherever tests must count', () => {
    console.log(`SKIPPED: ${reason}`);
    expect(process.env['CI'], 'CI must measure what the kernel charges').toBeFalsy();
  });
});

function measured(): void {
  let probe: Probe;
  let constants: KernelConstants;

  beforeAll(() => {
    probe = new Probe();
    constants = runningConstants();
  });
  afterAll(() => probe[Symbol.dispose]());

  describe.each<ScratchKind>(['ext4', 'xfs', 'btrfs', 'overlay'])('on %s', (kind) => {
    const trees = new Map<Shape, CountedShape>();
    let mount: ScratchMount;

    beforeAll(async () => {
      mount = new ScratchMount(kind, ENTRIES * SHAPES.length);
      for (const shape of SHAPES)
        trees.set(shape, await plantAndCount(mount, constants, { shape, entries: ENTRIES }));
    });
    afterAll(() => mount[Symbol.dispose]());

    it.each(SHAPES)('touching every entry of a %s tree costs what is predicted', (shape) => {
      expectMet('stat', shape, SHARE);
    });

    it.each<Shape>(['calibre', 'deep'])('listing a %s tree costs what is predicted', (shape) => {
      expectMet('walk', shape, WALKED_SHARE);
    });

    it('watching every directory pins what is predicted', () => {
      expectMet('watch-directories', 'calibre', SHARE);
    });

    it('watching every entry pins what is predicted', () => {
      expectMet('watch-entries', 'node_modules', SHARE);
    });

    it('holding files open pins what is predicted', () => {
      expectMet('hold', 'maildir', SHARE);
    });

    function expectMet(use: Parameters<typeof compare>[2], shape: Shape, share: number): void {
      const tree = trees.get(shape);
      if (tree === undefined) throw new Error(`${shape} was not planted`);
      for (const comparison of compare({ probe, mount, constants }, tree, use)) {
        const { what, predictedBytes, chargedBytes } = comparison;
        // Page cache depends on what the image's own device has cached: a bound, not an equality.
        const allowed = what === 'pageCache' ? 0.1 : share;
        const error = `${what}: predicted ${Math.round(predictedBytes)}, charged ${chargedBytes}`;
        expect(isMet(comparison, allowed), error).toBe(true);
      }
    }
  });

  describe('on tmpfs', () => {
    let source: ScratchMount;
    let target: ScratchMount;
    let tree: CountedShape;

    beforeAll(async () => {
      source = new ScratchMount('tmpfs', ENTRIES);
      target = new ScratchMount('tmpfs', ENTRIES);
      tree = await plantAndCount(source, constants, { shape: 'calibre', entries: ENTRIES });
    });
    afterAll(() => {
      source[Symbol.dispose]();
      target[Symbol.dispose]();
    });

    it('existence is what costs: a dentry and an inode per name, charged to whoever creates it', () => {
      const before = mirror('created');
      const name = charged(constants.dentryBytes, constants) + charged(constants.inodeBytes.tmpfs, constants);
      const predicted = (leavesOf(tree.census) + tree.census.directories - 1) * name + longNames(tree.census);
      expect(isMet({ what: 'touched', predictedBytes: predicted, chargedBytes: before }, SHARE)).toBe(true);
    });

    it('touching what exists costs nothing', () => {
      const costs = estimateCosts({ ...tree, constants, profile: pattern('none') });
      expect(costs.touched.expected).toBe(0);
      const grown = undisturbed(() => probe.read('stat', tree.path)).grownBytes;
      expect(Math.abs(grown)).toBeLessThan(TOLERANCE_BYTES);
    });

    it('a watch costs its mark alone', () => {
      const costs = estimateCosts({ ...tree, constants, profile: pattern('entry') });
      const grown = undisturbed(() => probe.read('watch-entries', tree.path)).grownBytes;
      const marks = { what: 'pinned' as const, predictedBytes: costs.pinned.expected, chargedBytes: grown };
      expect(isMet(marks, SHARE), JSON.stringify(marks)).toBe(true);
    });

    function mirror(name: string): number {
      const path = `${target.treePath}/${name}`;
      mkdirSync(path);
      return probe.read('mirror', path, tree.path).grownBytes;
    }

    function longNames(census: Census): number {
      const bytesOf = externalNameTable(constants);
      return [census.leafNames, census.directoryNames]
        .flatMap((names) => [...names].map((count, length) => count * (bytesOf[length] ?? 0)))
        .reduce((sum, bytes) => sum + bytes, 0);
    }
  });
}
