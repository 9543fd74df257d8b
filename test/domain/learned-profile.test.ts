import { describe, expect, it } from 'vitest';
import { learnProfile } from '../../src/domain/learned-profile.ts';
import type { LearnedPoint, MeasuredDaemon } from '../../src/domain/measured-daemon.ts';
import { GENERIC } from '../../src/profiles/generic.ts';
import { SYNCTHING } from '../../src/profiles/syncthing.ts';

interface Seen {
  readonly files: number;
  readonly anonymousBytes: number;
  readonly idleBytes?: number;
  readonly watches?: number | null;
  readonly kernelPeakBytes?: number | null;
  readonly readCalls?: number | null;
}

const MB = 1_000_000;

/** Ten files a folder; listed at 1 KB a folder, looked at for 1 KB an entry. */
function point({ files, anonymousBytes, idleBytes = anonymousBytes, ...seen }: Seen): LearnedPoint {
  const directories = 1 + files / 10;
  const watches = seen.watches === undefined ? directories : seen.watches;
  const held = { processes: 1, tasks: 4, openFiles: 9, watchInstances: watches === null ? null : 1, watches };
  const measured: MeasuredDaemon = {
    peak: { ...held, anonymousBytes },
    last: { ...held, anonymousBytes: idleBytes },
    groups: 1,
    readCalls: seen.readCalls === undefined ? 0 : seen.readCalls,
    kernelPeakBytes: seen.kernelPeakBytes === undefined ? (files + directories) * 1000 : seen.kernelPeakBytes,
    kernelLeftBytes: null,
    over: 'settled',
    tookMs: 5000,
    hasForkedAway: false,
    end: { by: 'TERM', status: 0, signal: null, tookMs: 10, orphans: 0 },
    gaps: [],
  };
  return {
    trees: ['/tree'],
    filesystem: 'ext4',
    files,
    leaves: files,
    directories,
    measured,
    projected: {
      watches: directories,
      tasks: 4,
      anonymousBytes: 0,
      kernelPeakBytes: 0,
      kernelListedBytes: directories * 1000,
      kernelLookedBytes: (files + directories) * 1000,
      kernelIndexBytes: files * 600,
      kernelLeftBytes: 0,
    },
  };
}

const small = point({ files: 1000, anonymousBytes: 12 * MB, idleBytes: 11 * MB });
const large = point({ files: 10_000, anonymousBytes: 30 * MB, idleBytes: 20 * MB });

describe('what is learned of memory', () => {
  it('is a line through the smallest and the largest size, whichever ran first', () => {
    for (const points of [
      [small, large],
      [large, small],
    ]) {
      const { rssBaseBytes, rssPerFileBytes } = learnProfile(points, GENERIC);
      expect(rssBaseBytes?.expected).toBe(10 * MB);
      expect(rssPerFileBytes?.expected).toBe(2000);
    }
  });

  it('ranges from the idle reading to the peak and what two readings differ by', () => {
    const { rssPerFileBytes } = learnProfile([small, large], GENERIC);
    expect(rssPerFileBytes).toEqual({ low: 1000, expected: 2000, high: 2300 });
  });

  it('is as far off as a size between them shows, and never less than two readings of one daemon differ', () => {
    expect(learnProfile([small, large], GENERIC).errorPercent).toBe(15);
    const between = point({ files: 5000, anonymousBytes: 30 * MB });
    expect(learnProfile([small, between, large], GENERIC).errorPercent).toBe(50);
  });

  it('never falls with more files: what does not grow is all base, and said', () => {
    const shrunk = point({ files: 10_000, anonymousBytes: 11 * MB });
    const { rssBaseBytes, rssPerFileBytes, untold } = learnProfile([small, shrunk], GENERIC);
    expect(rssBaseBytes?.expected).toBe(12 * MB);
    expect(rssPerFileBytes?.expected).toBe(0);
    expect(untold).toContainEqual(expect.stringContaining('did not grow'));
  });

  it('has no base below nothing where it grows faster than the files', () => {
    const steep = point({ files: 10_000, anonymousBytes: 300 * MB });
    const { rssBaseBytes, rssPerFileBytes } = learnProfile([small, steep], GENERIC);
    expect(rssBaseBytes?.expected).toBe(0);
    expect(rssPerFileBytes?.expected).toBe(30_000);
  });

  it('of one size leaves a base that was measured elsewhere, and gives the files the rest', () => {
    const { rssBaseBytes, rssPerFileBytes, untold } = learnProfile(
      [point({ files: 10_000, anonymousBytes: 52 * MB })],
      SYNCTHING,
    );
    expect(rssBaseBytes).toBe(null);
    expect(rssPerFileBytes?.expected).toBe((52 * MB - SYNCTHING.cost.rssBaseBytes.value) / 10_000);
    expect(untold).toContainEqual(expect.stringContaining('A second --tree'));
  });

  it('of one size and a base nobody measured is all base: too much rather than too little', () => {
    const { rssBaseBytes, rssPerFileBytes, untold } = learnProfile([large], GENERIC);
    expect(rssBaseBytes?.expected).toBe(30 * MB);
    expect(rssPerFileBytes).toBe(null);
    expect(untold).toContainEqual(expect.stringContaining('A second --tree'));
  });
});

describe('what is learned of watches', () => {
  const watchOf = (watches: number | null) =>
    learnProfile([point({ files: 10_000, anonymousBytes: MB, watches })], GENERIC);

  it('is one a folder, one an entry, one a tree, or none, as they are counted', () => {
    expect(watchOf(1001).watch?.per).toBe('directory');
    expect(watchOf(11_001).watch?.per).toBe('entry');
    expect(watchOf(1).watch?.per).toBe('root');
    expect(watchOf(0).watch).toEqual({ api: 'none', per: 'none', instances: 0 });
  });

  it('is not told by a number that is none of these, or that could not be read', () => {
    expect(watchOf(700)).toMatchObject({
      watch: null,
      untold: expect.arrayContaining([expect.stringContaining('700')]),
    });
    expect(watchOf(null).watch).toBe(null);
  });
});

describe('what is learned of the scan', () => {
  const scanOf = (share: number) =>
    learnProfile(
      [point({ files: 10_000, anonymousBytes: MB, kernelPeakBytes: 11_001_000 * share })],
      GENERIC,
    );

  it('is a look at every entry where that much was charged', () => {
    expect(scanOf(0.95).scanAtStart).toBe('stat-all');
  });

  it('is never a list of names: those that were cached before look the same', () => {
    for (const share of [0, 0.1, 0.5, 0.8]) {
      const { scanAtStart, untold } = scanOf(share);
      expect(scanAtStart).toBe(null);
      expect(untold).toContainEqual(expect.stringContaining('cached before'));
    }
  });

  it('is not told without the kernel memory, or by a tree that costs less than the processes', () => {
    const denied = point({ files: 10_000, anonymousBytes: MB, kernelPeakBytes: null });
    const tiny = point({ files: 100, anonymousBytes: MB });
    for (const one of [denied, tiny]) expect(learnProfile([one], GENERIC).scanAtStart).toBe(null);
  });

  it('is one that reads no file where it hardly read, and was charged for no index of what it read', () => {
    const bodiesOf = (seen: Partial<Seen>) =>
      learnProfile([point({ files: 10_000, anonymousBytes: MB, ...seen })], GENERIC).readsBodies;
    expect(bodiesOf({ readCalls: 100 })).toBe(false);
    expect(bodiesOf({ readCalls: 10_000 })).toBe(null);
    expect(bodiesOf({ readCalls: 100, kernelPeakBytes: 15 * MB })).toBe(null);
    expect(bodiesOf({ readCalls: null })).toBe(null);
  });
});
