// From measurements of one daemon to what the configuration may say of it: a number only where one was told.

import type { LearnedPoint, MeasuredDaemon } from './measured-daemon.ts';
import type { Profile } from './profile.ts';
import { CONFIGURED_ERROR_PERCENT } from './profile-override.ts';
import type { Range } from './units.ts';

/** A figure of the configuration with its range; null: it could not be told, and the profile's own stands. */
export interface LearnedProfile {
  readonly kind: Profile['kind'] | null;
  readonly watch: Pick<Profile['watch'], 'api' | 'per' | 'instances'> | null;
  /** `names-only` is never learned: names that were cached before look the same. */
  readonly scanAtStart: 'stat-all' | null;
  readonly rssBaseBytes: Range | null;
  readonly rssPerFileBytes: Range | null;
  readonly tasks: Range;
  readonly openFiles: Range | null;
  /** How far the memory at any of the sizes is from what these figures give, and no less than two readings of one daemon differ. */
  readonly errorPercent: number;
  /** What could not be told and why, each a sentence. */
  readonly untold: readonly string[];
}

/** By size, the smallest first. */
export function learnProfile(points: readonly LearnedPoint[], profile: Profile): LearnedProfile {
  const bySize = [...points].sort((one, other) => one.files - other.files);
  const memory = memoryOf(bySize, profile);
  const watch = watchOf(bySize);
  const scan = scanOf(bySize);
  return {
    kind: kindOf(bySize, profile),
    watch: watch.value,
    scanAtStart: scan.value,
    rssBaseBytes: memory.base,
    rssPerFileBytes: memory.perFile,
    tasks: spread(bySize.map(({ measured }) => measured.peak.tasks)),
    openFiles: spreadOrNull(bySize.map(({ measured }) => measured.peak.openFiles)),
    errorPercent: memory.errorPercent,
    untold: [...memory.untold, ...watch.untold, ...scan.untold],
  };
}

/** The most counts; the range is what the sizes differ by. */
const spread = (values: readonly number[]): Range => ({
  low: Math.min(...values),
  expected: Math.max(...values),
  high: Math.max(...values),
});

function spreadOrNull(values: readonly (number | null)[]): Range | null {
  const told = values.filter((value) => value !== null);
  return told.length === values.length ? spread(told) : null;
}

/** A known profile's kind is believed. */
function kindOf(points: readonly LearnedPoint[], profile: Profile): LearnedProfile['kind'] {
  if (profile.id !== 'generic') return null;
  return (points.at(-1)?.measured.peak.watches ?? 0) > 0 ? 'watcher' : 'scheduled';
}

interface Memory {
  readonly base: Range | null;
  readonly perFile: Range | null;
  readonly errorPercent: number;
  readonly untold: readonly string[];
}

/** Line through the smallest and the largest size; those between say how far it is off. */
function memoryOf(points: readonly LearnedPoint[], profile: Profile): Memory {
  const [small, large] = [points[0], points.at(-1)];
  if (small === undefined || large === undefined)
    return { base: null, perFile: null, errorPercent: CONFIGURED_ERROR_PERCENT, untold: [] };
  if (small.files === large.files) return memoryOfOneSize(large, profile);
  const files = large.files - small.files;
  const peak = lineThrough(small, large, files, ({ peak }) => peak.anonymousBytes);
  const idle = lineThrough(small, large, files, ({ last }) => last.anonymousBytes);
  const isFlat = peak.perFile === 0;
  return {
    base: around(peak.base, idle.base),
    perFile: around(peak.perFile, idle.perFile),
    errorPercent: errorOf(points, peak),
    untold: isFlat
      ? ['Its memory did not grow with the files: what a file adds is less than two readings differ by.']
      : [],
  };
}

interface Line {
  readonly base: number;
  readonly perFile: number;
}

/** Never falling, and never below nothing. */
function lineThrough(
  small: LearnedPoint,
  large: LearnedPoint,
  files: number,
  of: (measured: MeasuredDaemon) => number,
): Line {
  const [low, high] = [of(small.measured), of(large.measured)];
  const perFile = Math.max(0, (high - low) / files);
  const base = perFile === 0 ? Math.max(low, high) : low - perFile * small.files;
  // A daemon that grows faster the larger it is would be given a base below nothing.
  return base >= 0 ? { base, perFile } : { base: 0, perFile: high / large.files };
}

/** From the idle reading to the peak, and above it what two readings of one daemon on one tree differ by. */
const around = (peak: number, idle: number): Range => ({
  low: Math.round(Math.min(peak, idle)),
  expected: Math.round(peak),
  high: Math.round(Math.max(peak, idle) * (1 + CONFIGURED_ERROR_PERCENT / 100)),
});

function errorOf(points: readonly LearnedPoint[], { base, perFile }: Line): number {
  const errors = points.map(({ files, measured: { peak } }) => {
    const expected = base + perFile * files;
    return expected === 0 ? 0 : (Math.abs(peak.anonymousBytes - expected) / expected) * 100;
  });
  return Math.min(100, Math.ceil(Math.max(CONFIGURED_ERROR_PERCENT, ...errors)));
}

/** One size tells a sum. Where the base was measured elsewhere, the files have the rest; else all of it is called base. */
function memoryOfOneSize({ files, measured }: LearnedPoint, { id, cost }: Profile): Memory {
  const { peak, last } = measured;
  const whole = around(peak.anonymousBytes, last.anonymousBytes);
  const errorPercent = CONFIGURED_ERROR_PERCENT;
  if (files === 0)
    return {
      base: whole,
      perFile: null,
      errorPercent,
      untold: ['What a file adds to its memory could not be told from a tree without files.'],
    };
  const base = cost.rssBaseBytes.value;
  const isBaseKnown = cost.rssBaseBytes.evidence === 'measured' && base < peak.anonymousBytes;
  if (!isBaseKnown)
    return {
      base: whole,
      perFile: null,
      errorPercent,
      untold: [
        'Memory without files and for each file could not be told apart from one size: all of it is written as rss_base, and rss_per_file stays what it was, which is too much rather than too little. A second --tree of another size tells them apart.',
      ],
    };
  return {
    base: null,
    perFile: {
      low: Math.round(Math.max(0, last.anonymousBytes - base) / files),
      expected: Math.round((peak.anonymousBytes - base) / files),
      high: Math.round(peak.anonymousBytes / files),
    },
    errorPercent,
    untold: [
      `Memory without files and for each file could not be told apart from one size: rss_base stays that of the profile ${id}, and the files have the rest. A second --tree of another size tells them apart.`,
    ],
  };
}

interface Told<T> {
  readonly value: T | null;
  readonly untold: readonly string[];
}

/** More than this away from one a directory is another way of watching; below it, watches of its own configuration. */
const STRAY_WATCHES = 2;

/** By the largest tree: in a tree of one folder all ways of watching look alike. */
function watchOf(points: readonly LearnedPoint[]): Told<NonNullable<LearnedProfile['watch']>> {
  const large = points.at(-1);
  const { watches = null, watchInstances = null } = large?.measured.peak ?? {};
  if (large === undefined || watches === null || watchInstances === null)
    return {
      value: null,
      untold: ['Its watches could not be read: its descriptors belong to another user.'],
    };
  if (watches === 0) return { value: { api: 'none', per: 'none', instances: 0 }, untold: [] };
  const { directories, leaves, trees } = large;
  const ways = [
    ['directory', directories],
    ['entry', directories + leaves],
    ['root', trees.length],
  ] as const;
  const [per, count = 0] = ways.find(([, count]) => Math.abs(watches - count) <= STRAY_WATCHES) ?? [];
  if (per === undefined)
    return {
      value: null,
      untold: [
        `It watches ${watches}, which is neither each of the ${directories} folders nor each of the ${directories + leaves} entries: watch_per stays what it was.`,
      ],
    };
  const strays = watches - count;
  return {
    value: { api: 'inotify', per, instances: watchInstances },
    untold: strays === 0 ? [] : [`It watches ${watches} where one ${per} each were ${count}.`],
  };
}

/** Of less than this the processes' own memory is most. */
const LEAST_TELLING_BYTES = 2_000_000;
/** Kernel memory of the entries agrees with the model within 5 % and more, the tables of the processes less well. */
const SAME_SHARE = 0.9;

/** What was charged is what was looked at, unless it was cached before: then somebody else has paid. */
function scanOf(points: readonly LearnedPoint[]): Told<'stat-all'> {
  const large = points.at(-1);
  const peakBytes = large?.measured.kernelPeakBytes ?? null;
  if (large === undefined || peakBytes === null)
    return {
      value: null,
      untold: [
        'What it looks at could not be told without a memory cgroup of its own: scan_at_start stays what it was.',
      ],
    };
  const { kernelLookedBytes, kernelListedBytes } = large.projected;
  if (kernelLookedBytes - kernelListedBytes < LEAST_TELLING_BYTES)
    return { value: null, untold: ['The tree is too small to tell by its kernel memory what it looks at.'] };
  if (peakBytes >= kernelLookedBytes * SAME_SHARE) return { value: 'stat-all', untold: [] };
  const percent = Math.round((peakBytes / kernelLookedBytes) * 100);
  return {
    value: null,
    untold: [
      `It was charged ${percent} % of what looking at every entry costs: either it lists names alone, or the names were cached before, and somebody else has paid. scan_at_start stays what it was; a tree that was just mounted tells.`,
    ],
  };
}
