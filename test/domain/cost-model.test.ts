import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tabledConstants } from '../../src/domain/constants-table.ts';
import { type CostInputs, estimateCosts } from '../../src/domain/cost-model.ts';
import { nameCharges } from '../../src/domain/entry-cost.ts';
import type { Filesystem, FilesystemKind } from '../../src/domain/filesystem.ts';
import { linearCost } from '../../src/domain/linear-cost.ts';
import { weigh } from '../../src/domain/subtree-weight.ts';
import { directoryTable } from '../support/directory-table.ts';
import { censusOfNames, type NameCounts } from '../support/name-census.ts';
import { pattern } from '../support/patterns.ts';

const CONSTANTS = tabledConstants('6.18.0', 'x86_64');
const KINDS: readonly FilesystemKind[] = ['ext4', 'xfs', 'btrfs', 'tmpfs', 'overlay', 'fuse', 'other'];

const on = (kind: FilesystemKind, lower: FilesystemKind | null = null): Filesystem => ({
  kind,
  type: kind,
  lower,
  mountPoint: '/',
});

const costs = (inputs: Partial<CostInputs> & Pick<CostInputs, 'census'>) =>
  estimateCosts({ filesystem: on('xfs'), constants: CONSTANTS, profile: pattern('none'), ...inputs });

const FILES = 100_000;
const perFile = (filesystem: Filesystem, length = 10): number => {
  const empty = costs({ census: censusOfNames([], []), filesystem }).touched.expected;
  return (
    (costs({ census: censusOfNames([[length, FILES]], []), filesystem }).touched.expected - empty) / FILES
  );
};

describe('a touched entry', () => {
  // Measured on 6.18 x86_64 with cgroup v1 kernel memory accounting.
  it.each([
    ['ext4', on('ext4'), 1344],
    ['xfs', on('xfs'), 1232],
    ['btrfs', on('btrfs'), 1225],
    ['overlay on ext4', on('overlay', 'ext4'), 2256],
    ['overlay on xfs', on('overlay', 'xfs'), 2144],
    ['overlay on something hidden, taken for ext4', on('overlay'), 2256],
    ['fuse', on('fuse'), 1144],
    ['tmpfs, which paid when it was created', on('tmpfs'), 0],
    ['something unknown, the dearest disk inode', on('other'), 1336],
  ])('on %s costs what was measured', (_, filesystem, measured) => {
    expect(Math.abs(perFile(filesystem) - measured)).toBeLessThanOrEqual(1);
  });

  it('with a name of 40 bytes or more costs a kmalloc bucket besides, twice on overlay', () => {
    const extra = (length: number, filesystem = on('xfs')) =>
      perFile(filesystem, length) - perFile(filesystem);
    expect([39, 40, 71, 72, 103, 104, 168, 232].map((length) => Math.round(extra(length)))).toEqual([
      0, 104, 104, 136, 136, 200, 264, 520,
    ]);
    expect(Math.round(extra(40, on('overlay', 'ext4')))).toBe(208);
  });

  it('costs two thirds on a 32-bit kernel', () => {
    const inArm = costs({
      census: censusOfNames([[10, FILES]], []),
      constants: tabledConstants('6.1', 'armv7l'),
    });
    expect(Math.round(inArm.touched.expected / (FILES + 1))).toBe(912);
  });
});

describe('what a watch keeps', () => {
  const pinned = (per: 'directory' | 'entry' | 'root', filesystem: Filesystem) =>
    costs({ census: censusOfNames([[10, 1000]], [[10, 99]]), filesystem, profile: pattern(per) }).pinned
      .expected;

  // Measured on 6.18: bytes left per watch after reclaim.
  it.each([
    ['ext4', 1223],
    ['xfs', 1118],
    ['btrfs', 1107],
    ['tmpfs', 88],
    ['fuse', 1025],
  ] as const)('on %s is an inode and a mark, not the dentry', (kind, measured) => {
    expect(Math.abs(pinned('directory', on(kind)) / 100 / measured - 1)).toBeLessThan(0.01);
    expect(pinned('entry', on(kind))).toBeCloseTo(pinned('directory', on(kind)) * 11);
    expect(pinned('root', on(kind))).toBeCloseTo(pinned('directory', on(kind)) / 100);
  });

  it('on overlay is the lower dentry and inode too, long names among them', () => {
    const plain = pinned('directory', on('overlay', 'ext4'));
    expect(plain / 100).toBe(704 + 8 + 80 + 8 + 192 + 8 + 1128 + 8);
    const long = costs({
      census: censusOfNames([[60, 1000]], [[60, 99]]),
      filesystem: on('overlay', 'ext4'),
      profile: pattern('directory'),
    });
    expect(long.pinned.expected - plain).toBe(99 * 104);
  });

  it('is nothing without a watch', () => {
    const profile = pattern('directory', 0, 'none');
    expect(costs({ census: censusOfNames([], [[10, 99]]), profile }).pinned.expected).toBe(0);
  });
});

describe('open files', () => {
  it('keep themselves and their folders: together at best, scattered at worst', () => {
    const census = censusOfNames([[10, 1000]], [[10, 499]]);
    const { low, expected, high } = costs({ census, profile: pattern('none', 100) }).pinned;
    expect(expected).toBe(100 * (200 + 12 + 1232) + 50 * 1232);
    expect(low).toBe(expected);
    expect(high).toBe(100 * (200 + 12 + 1232) + 100 * 1232);
  });

  it('beyond those of the tree cost their descriptors alone', () => {
    const empty = costs({ census: censusOfNames([], []), profile: pattern('none', 30) });
    expect(empty.pinned.expected).toBe(30 * 212);
  });
});

describe('reading every file', () => {
  const census = censusOfNames([[10, FILES]], [[10, 100]]);
  const reads = (filesystem: Filesystem) => {
    const profile = pattern('directory');
    const plain = costs({ census, filesystem, profile });
    return {
      plain,
      read: costs({ census, filesystem, profile: { ...profile, scan: { readsBodies: true } } }),
    };
  };

  it('costs a node of page index a file besides, none at best, and a page of reclaimable cache', () => {
    const { plain, read } = reads(on('ext4'));
    expect(read.touched.low).toBe(plain.touched.low);
    expect(read.touched.expected - plain.touched.expected).toBeCloseTo(FILES * 592);
    expect(read.touched.high - plain.touched.high).toBeCloseTo(FILES * 592);
    expect(read.pageCache.expected - plain.pageCache.expected).toBeCloseTo(FILES * 4096);
  });

  it('leaves no index where the daemon has the kernel forget what it read; a copy that it writes has one', () => {
    const profile = pattern('directory');
    const where = { census, filesystem: on('ext4') };
    const read = costs({ ...where, profile: { ...profile, scan: { readsBodies: true } } });
    const dropped = costs({
      ...where,
      profile: { ...profile, scan: { readsBodies: true, dropsBodies: true } },
    });
    expect(read.touched.expected - dropped.touched.expected).toBeCloseTo(FILES * 592);
    expect(dropped.written.expected - read.written.expected).toBeCloseTo(FILES * 592);
  });

  it('and writing it costs a head for each of two pages on ext4, nothing on xfs or where no body is read', () => {
    expect(reads(on('ext4')).read.written).toEqual({
      low: 0,
      expected: FILES * 2 * 112,
      high: FILES * 2 * 112,
    });
    expect(reads(on('xfs')).read.written.high).toBe(0);
    expect(reads(on('ext4')).plain.written.high).toBe(0);
  });

  it('pins nothing, and is nothing on tmpfs, whose files are in memory already', () => {
    const { plain, read } = reads(on('ext4'));
    expect(read.pinned).toEqual(plain.pinned);
    const tmpfs = reads(on('tmpfs'));
    expect(tmpfs.read).toEqual(tmpfs.plain);
  });
});

describe('the page cache', () => {
  const of = (filesystem: Filesystem, release = '6.18') =>
    costs({
      census: censusOfNames([[10, 16_000]], [[10, 999]]),
      filesystem,
      constants: tabledConstants(release, 'x86_64'),
    }).pageCache.expected;

  it('is a block per directory and 256 bytes per inode on ext4, below an overlay too', () => {
    expect(of(on('ext4'))).toBe(1000 * 4096 + Math.ceil(17_000 / 16) * 4096);
    expect(of(on('overlay', 'ext4'))).toBe(of(on('ext4')));
  });

  it('is nothing on xfs, and on btrfs only before 6.18', () => {
    expect(of(on('xfs'))).toBe(0);
    expect(of(on('btrfs'))).toBe(0);
    expect(of(on('btrfs'), '6.12')).toBeGreaterThan(0);
  });
});

describe('the range', () => {
  const census = censusOfNames([[10, 100]], [[10, 9]]);
  const spread = (inputs: Partial<CostInputs>): number => {
    const { low, expected, high } = costs({ census, ...inputs }).touched;
    return ((high - low) / expected / 2) * 100;
  };

  it('is as wide as the constants are uncertain', () => {
    expect(spread({ constants: { ...CONSTANTS, source: 'btf', errorPercent: 2 } })).toBeCloseTo(2);
    expect(spread({})).toBeCloseTo(15);
  });

  it('is wider where this filesystem’s inode was not told, and widest where the filesystem is unknown', () => {
    const told = { ...CONSTANTS, errorPercent: 2, tabledInodes: ['ext4'] } as const;
    expect(spread({ constants: told, filesystem: on('xfs') })).toBeCloseTo(2);
    expect(spread({ constants: told, filesystem: on('ext4') })).toBeCloseTo(15);
    expect(spread({ constants: told, filesystem: on('overlay') })).toBeCloseTo(15);
    expect(spread({ constants: told, filesystem: on('other') })).toBeCloseTo(25);
  });
});

const names: fc.Arbitrary<NameCounts> = fc.array(fc.tuple(fc.integer({ min: 1, max: 255 }), fc.nat(5000)), {
  maxLength: 8,
});

describe('laws', () => {
  it('a larger tree never costs less, walked never more than touched, and low ≤ expected ≤ high', () => {
    const property = fc.property(
      fc.record({
        kind: fc.constantFrom(...KINDS),
        per: fc.constantFrom('directory', 'entry', 'root', 'none'),
        leaves: names,
        directories: names,
        more: names,
        openFiles: fc.nat(10_000),
      }),
      ({ kind, per, leaves, directories, more, openFiles }) => {
        const scene = { filesystem: on(kind), profile: pattern(per, openFiles) };
        const small = costs({ ...scene, census: censusOfNames(leaves, directories) });
        const large = costs({ ...scene, census: censusOfNames([...leaves, ...more], directories) });
        for (const key of ['walked', 'touched', 'pageCache'] as const)
          expect(large[key].expected).toBeGreaterThanOrEqual(small[key].expected);
        expect(large.walked.expected).toBeLessThanOrEqual(large.touched.expected);
        for (const range of Object.values(large)) {
          expect(range.low).toBeLessThanOrEqual(range.expected);
          expect(range.expected).toBeLessThanOrEqual(range.high);
        }
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

describe('the linear cost', () => {
  // Two folders with five and seven leaves; every name short.
  const tree = { first: { a: 5 }, second: { b: 7, third: { c: 1 } } };
  const table = directoryTable(tree);
  const census = censusOfNames([[5, 13]], [[5, 3]]);

  it.each([
    ['touched', 'none'],
    ['pinned', 'directory'],
    ['pinned', 'entry'],
  ] as const)('sums over all folders to the %s cost of the tree (watch per %s)', (which, per) => {
    const inputs = { filesystem: on('ext4'), constants: CONSTANTS, profile: pattern(per) };
    const linear = linearCost(inputs, which);
    const weights = weigh(table, {
      perLeaf: linear.perLeafBytes,
      perDirectory: linear.perDirectoryBytes,
      longNameFactor: linear.longNameFactor,
    });
    const whole = estimateCosts({ ...inputs, census })[which].expected;
    // Inode-table pages are whole in the tree's cost (buffer_head and index: 121 bytes) and a share in a folder's.
    expect(Math.abs((weights[0] ?? 0) - whole)).toBeLessThan(122);
  });

  it('weighs a long name by the bytes the census booked for it', () => {
    const inputs = { filesystem: on('overlay', 'xfs'), constants: CONSTANTS, profile: pattern('none') };
    expect(linearCost(inputs, 'touched').longNameFactor).toBe(1);
    expect(nameCharges(CONSTANTS, inputs.filesystem).leaf[50]).toBe(2 * 104);
    expect(nameCharges(CONSTANTS, on('tmpfs')).leaf[50]).toBe(0);
  });
});
