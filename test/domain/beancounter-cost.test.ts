import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  beancounterCost,
  beancounterLinearCost,
  beancounterNameCharges,
} from '../../src/domain/beancounter-cost.ts';
import type { Platform } from '../../src/domain/platform.ts';
import { censusOfNames, type NameCounts } from '../support/name-census.ts';
import { pattern } from '../support/patterns.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/openvz-trace');
const rows = (file: string): string[][] =>
  readFileSync(join(FIXTURES, file), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));

const on = (
  id: Platform['id'],
  kernelRelease: string,
  architecture: Platform['architecture'] = 'x86_64',
) => ({
  id,
  kernelRelease,
  architecture,
});
const RECORDED = on('openvz-042', '2.6.32-042stab061.9');

// ORIGIN.md has the shape; 36 bytes with a one-digit number, 39 with four.
const BOOK_NAMES: NameCounts = [
  [36, 10],
  [37, 90],
  [38, 900],
  [39, 5000],
];
const FILE_NAMES: NameCounts = [
  [56, 6000],
  [10, 12000],
];
const recordedTree = censusOfNames(FILE_NAMES, [[20, 1500], ...BOOK_NAMES]);

function projected(access: string): { readonly touched: number; readonly pinned: number } {
  const per = { 'watch-directories': 'directory', 'watch-files': 'entry' }[access] ?? 'none';
  const openFiles = access === 'open-and-hold' ? 18_000 : 0;
  const cost = beancounterCost({
    platform: RECORDED,
    census: recordedTree,
    profile: pattern(per as 'directory', openFiles),
    ancestorCount: 0,
  });
  return { touched: cost?.touched.expected ?? Number.NaN, pinned: cost?.pinned.expected ?? Number.NaN };
}

describe('the projection against the recorded 042stab061.9 container', () => {
  const recorded = new Map(
    rows('cost-per-access.tsv').map(([access, , , before, after, pinned]) => [
      access ?? '',
      { grown: Number(after) - Number(before), pinned: Number(pinned) - Number(before) },
    ]),
  );

  it('is exact to the byte for a stat of every entry', () => {
    expect(projected('stat').touched).toBe(recorded.get('stat')?.grown);
  });

  it('is exact to the byte for a watch on every directory and on every entry', () => {
    expect(projected('watch-directories').pinned).toBe(recorded.get('watch-directories')?.pinned);
    expect(projected('watch-files').pinned).toBe(recorded.get('watch-files')?.pinned);
  });

  it('pins nothing for a walk, as was recorded', () => {
    expect(recorded.get('stat')?.pinned).toBe(0);
    expect(projected('stat').pinned).toBe(0);
  });

  const refusals = rows('refusals.tsv').map(([run, before, limit, files, directories]) => ({
    run: run ?? '',
    before: Number(before),
    limit: Number(limit),
    files: Number(files),
    directories: Number(directories),
  }));

  it.each(refusals.filter(({ files }) => files === 0))(
    'names the directory at which $run was refused, within 1 %',
    ({ before, limit, directories }) => {
      const predicted = refusedAt(limit - before);
      expect(Math.abs(predicted / directories - 1)).toBeLessThan(0.01);
    },
  );

  it('puts the refusal of a watch on every entry at the limit, within 1 %', () => {
    const run = refusals.find(({ files }) => files > 0);
    const { before, limit, files, directories } = run ?? { before: 0, limit: 0, files: 0, directories: 0 };
    const books = Math.floor(files / 3);
    const census = censusOfNames(
      [
        [56, books],
        [10, files - books],
      ],
      [
        [20, directories - 1 - books],
        [39, books],
      ],
    );
    const cost = beancounterCost({ platform: RECORDED, census, profile: pattern('entry'), ancestorCount: 0 });
    expect(Math.abs((before + (cost?.pinned.expected ?? Number.NaN)) / limit - 1)).toBeLessThan(0.01);
  });

  it('names the refusal of the recorded growth from its idle held, within 1 %', () => {
    const trace = rows('watch-stop-kill-restart.tsv').map((row) => row.map(Number));
    const [, idle = Number.NaN, , , limit = Number.NaN] = trace[0] ?? [];
    const atWall = trace.find((row) => (row[5] ?? 0) > 0)?.[1] ?? Number.NaN;
    // The trace has no count of directories: the bytes grown until the first refusal are its witness.
    const directories = refusedAt(limit - idle);
    expect(directories).toBeGreaterThanOrEqual(3629);
    expect(directories).toBeLessThanOrEqual(3645 * 1.01);
    expect(Math.abs(pinnedBy(directories) / (atWall - idle) - 1)).toBeLessThan(0.01);
  });

  it('refuses a whole library at a third of the way: its pins are twice the limit', () => {
    expect(pinnedBy(7501)).toBeGreaterThan(2 * 3_460_300);
  });
});

/** Authors come with their books: the walk meets one short name for every four long ones. */
function pinnedBy(directories: number): number {
  const share = (directories - 1) / 7500;
  const names: NameCounts = [[20, 1500], ...BOOK_NAMES];
  const part = names.map(([length, count]) => [length, Math.round(count * share)] as const);
  const census = censusOfNames([], part);
  return (
    beancounterCost({ platform: RECORDED, census, profile: pattern('directory'), ancestorCount: 0 })?.pinned
      .expected ?? Number.NaN
  );
}

/** The most directories whose pins still fit. */
function refusedAt(headroomBytes: number): number {
  let directories = 1;
  while (pinnedBy(directories + 1) <= headroomBytes) directories += 1;
  return directories;
}

describe('generations', () => {
  const tree = censusOfNames([[10, 100]], [[10, 99]]);
  const pinnedOn = (platform: ReturnType<typeof on>, profile = pattern('directory')) =>
    beancounterCost({ platform, census: tree, profile, ancestorCount: 0 })?.pinned.expected;

  it.each([
    ['028stab x86_64', on('openvz-028', '2.6.18-028stab101.1'), 939],
    ['028stab i386', on('openvz-028', '2.6.18-028stab101.1', 'i686'), 562],
    ['028stab on an unknown machine', on('openvz-028', 'unknown', 'other'), 924],
    ['042stab061.9', RECORDED, 911],
    ['042stab088.4', on('openvz-042', '2.6.32-042stab088.4'), 924],
    ['042stab of an unknown number', on('openvz-042', 'unknown'), 924],
  ])('%s charges its own unit per watched directory', (_, platform, unitBytes) => {
    expect(pinnedOn(platform)).toBe(100 * unitBytes);
  });

  it('a watch keeps nothing after 042stab090.5', () => {
    expect(pinnedOn(on('openvz-042', '2.6.32-042stab090.5'))).toBe(100 * 924);
    expect(pinnedOn(on('openvz-042', '2.6.32-042stab092.1'))).toBe(0);
    expect(pinnedOn(on('openvz-042', '2.6.32-042stab092.1'), pattern('directory', 3))).toBe(3 * 924);
  });

  it('beancounters charge nothing on openvz-7 and on memory cgroups', () => {
    for (const id of ['openvz-7', 'cgroup2', 'cgroup1', 'host'] as const)
      expect(pinnedOn(on(id, '3.10.0'))).toBeUndefined();
  });

  it('028stab counts only what is in use, sockets too; 042stab only files', () => {
    const old = on('openvz-028', '2.6.18-028stab101.1');
    const cost = beancounterCost({ platform: old, census: tree, profile: pattern('none'), ancestorCount: 0 });
    expect(cost?.touched.expected).toBe(0);
    expect(pinnedOn(old, pattern('none', 500))).toBe(500 * 939);
    expect(pinnedOn(RECORDED, pattern('none', 500))).toBe(100 * 911);
  });

  it('028stab charges long names by their slab: 70, 137 or 274 bytes', () => {
    const old = on('openvz-028', '2.6.18-028stab101.1');
    const charges = beancounterNameCharges(old, pattern('directory'))?.directory;
    expect([35, 36, 63, 64, 127, 128, 255].map((length) => charges?.[length])).toEqual([
      0, 70, 70, 137, 137, 274, 274,
    ]);
  });

  it('042stab charges the length of a name beyond 32 bytes', () => {
    const charges = beancounterNameCharges(RECORDED, pattern('directory'));
    expect([32, 33, 255].map((length) => charges?.directory[length])).toEqual([0, 33, 255]);
    expect(charges?.leaf[200]).toBe(0);
    expect(beancounterNameCharges(RECORDED, pattern('entry'))?.leaf[200]).toBe(200);
  });

  it('the directories above the tree are kept by its watches, once', () => {
    const above = (ancestorCount: number, per: 'directory' | 'none' = 'directory') =>
      beancounterCost({ platform: RECORDED, census: tree, profile: pattern(per), ancestorCount })?.pinned
        .expected ?? Number.NaN;
    expect(above(4) - above(0)).toBe(4 * 911);
    expect(above(4, 'none')).toBe(0);
  });

  it('folders weigh in sum what the tree weighs', () => {
    const linear = beancounterLinearCost(RECORDED, pattern('directory'));
    expect(99 * (linear?.perDirectoryBytes ?? 0) + 100 * (linear?.perLeafBytes ?? 0)).toBe(99 * 911);
    expect(beancounterLinearCost(on('cgroup2', '6.1'), pattern('directory'))).toBeNull();
  });
});
