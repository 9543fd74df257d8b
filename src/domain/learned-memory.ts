// What a daemon's memory is without files and for each of them, from what it held at one size or several.

import type { LearnedPoint, MeasuredDaemon } from './measured-daemon.ts';
import type { Profile } from './profile.ts';
import { CONFIGURED_ERROR_PERCENT } from './profile-override.ts';
import type { Range } from './units.ts';

export interface LearnedMemory {
  readonly base: Range | null;
  readonly perFile: Range | null;
  readonly errorPercent: number;
  readonly untold: readonly string[];
}

/** Line through the smallest and the largest size; those between say how far it is off. */
export function memoryOf(points: readonly LearnedPoint[], profile: Profile): LearnedMemory {
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
function memoryOfOneSize({ files, measured }: LearnedPoint, { id, cost }: Profile): LearnedMemory {
  const { peak, last } = measured;
  const whole = around(peak.anonymousBytes, last.anonymousBytes);
  const errorPercent = CONFIGURED_ERROR_PERCENT;
  const allBase = (untold: string): LearnedMemory => ({
    base: whole,
    perFile: null,
    errorPercent,
    untold: [untold],
  });
  if (files === 0)
    return allBase('What a file adds to its memory could not be told from a tree without files.');
  const base = cost.rssBaseBytes.value;
  const isBaseKnown = cost.rssBaseBytes.evidence === 'measured' && base < peak.anonymousBytes;
  if (!isBaseKnown)
    return allBase(
      'Memory without files and for each file could not be told apart from one size: all of it is written as rss_base, and rss_per_file stays what it was, which is too much rather than too little. A second --tree of another size tells them apart.',
    );
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
