// From measurements of one daemon to what the configuration may say of it: a number only where one was told.

import { memoryOf } from './learned-memory.ts';
import type { LearnedPoint } from './measured-daemon.ts';
import type { Profile } from './profile.ts';
import type { Range } from './units.ts';

/** A figure of the configuration with its range; null: it could not be told, and the profile's own stands. */
export interface LearnedProfile {
  readonly kind: Profile['kind'] | null;
  readonly watch: Pick<Profile['watch'], 'api' | 'per' | 'instances'> | null;
  /** `names-only` is never learned: names that were cached before look the same. */
  readonly scanAtStart: 'stat-all' | null;
  /** `true` is never learned: reading through a mapping is not counted, and a file of one page is not charged for. */
  readonly readsBodies: false | null;
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
    readsBodies: scan.value === null ? null : bodiesOf(bySize),
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

/** Of the page index of every file: less is none. */
const NO_INDEX_SHARE = 0.25;

/** Fewer reads than half the files, and no page index charged for them, are a daemon that reads names and attributes alone. */
function bodiesOf(points: readonly LearnedPoint[]): false | null {
  const large = points.at(-1);
  if (large === undefined) return null;
  const { readCalls, kernelPeakBytes } = large.measured;
  const { kernelLookedBytes, kernelIndexBytes } = large.projected;
  if (readCalls === null || kernelPeakBytes === null) return null;
  const hasIndex = kernelPeakBytes > kernelLookedBytes + kernelIndexBytes * NO_INDEX_SHARE;
  return readCalls < large.files / 2 && !hasIndex ? false : null;
}
