// What a root was at its last start, and what its being different now means.
// An emptied folder is not a small one: a mirroring daemon would fill it again, or mirror the emptiness.

import { type Census, entriesOf, type NameHistogram } from './census.ts';
import { expectedCensus } from './expected-census.ts';

/** Written after every complete count that led to a start. */
export interface RootMemory {
  readonly path: string;
  /** st_dev of the root. */
  readonly device: number;
  readonly files: number;
  readonly directories: number;
  /** Leaves that are not files. */
  readonly others: number;
  /** [length in bytes, how many], only lengths that occur. */
  readonly leafNames: readonly (readonly [number, number])[];
  readonly directoryNames: readonly (readonly [number, number])[];
  /** The exclusions in force; with others the counts do not compare. */
  readonly rules: string;
  /** Folders those left out: more of them now is the user's doing, not a loss. */
  readonly excludedDirectories: number;
}

/** A root as it was just counted. */
export interface CountedRoot {
  readonly path: string;
  readonly device: number;
  readonly rules: string;
  readonly census: Census;
}

export type RootChange =
  | { readonly kind: 'first' | 'same' | 'grown' }
  /** Fewer entries than before: the daemon may well fetch the rest again. */
  | { readonly kind: 'will-grow'; readonly missingEntries: number }
  | { readonly kind: 'root-vanished'; readonly detail: string };

/** Fewer entries by more than this share is a loss, not housekeeping. */
const SHRUNK_SHARE = 0.1;

export function compareRoot(before: RootMemory | null, now: Omit<CountedRoot, 'path'>): RootChange {
  if (before === null) return { kind: 'first' };
  const beforeEntries = before.files + before.others + before.directories;
  const held = `held ${beforeEntries - 1} ${beforeEntries === 2 ? 'entry' : 'entries'} at the last start`;
  if (now.device === 0)
    return beforeEntries > 1
      ? { kind: 'root-vanished', detail: `it is not there, and ${held}` }
      : { kind: 'same' };
  if (before.device !== now.device) {
    return {
      kind: 'root-vanished',
      detail: `it lies on another device than at the last start (${now.device}, was ${before.device})`,
    };
  }
  const nowEntries = entriesOf(now.census);
  if (nowEntries <= 1 && beforeEntries > 1) {
    return { kind: 'root-vanished', detail: `it is empty, and ${held}` };
  }
  const isLeftOut = now.census.excludedDirectories > before.excludedDirectories;
  if (before.rules !== now.rules || isLeftOut) return { kind: 'same' };
  if (nowEntries < beforeEntries * (1 - SHRUNK_SHARE))
    return { kind: 'will-grow', missingEntries: beforeEntries - nowEntries };
  return { kind: nowEntries > beforeEntries ? 'grown' : 'same' };
}

type Pairs = readonly (readonly [number, number])[];

/** The memory of a complete count. */
export function rememberRoot({ path, device, rules, census }: CountedRoot): RootMemory {
  return {
    path,
    device,
    rules,
    excludedDirectories: census.excludedDirectories,
    files: census.files,
    directories: census.directories,
    others: census.symlinks + census.other,
    leafNames: pairsOf(census.leafNames),
    directoryNames: pairsOf(census.directoryNames),
  };
}

/** The remembered root as a census, so that the larger of then and now is projected by the same code. */
export const rememberedCensus = (memory: RootMemory): Census =>
  expectedCensus({
    files: memory.files + memory.others,
    directories: memory.directories,
    leafNames: histogramOf(memory.leafNames),
    directoryNames: histogramOf(memory.directoryNames),
  });

const pairsOf = (histogram: NameHistogram): Pairs =>
  [...histogram.entries()].filter(([, count]) => count > 0).map(([length, count]) => [length, count]);

function histogramOf(pairs: Pairs): NameHistogram {
  const histogram = new Uint32Array(256);
  for (const [length, count] of pairs) histogram[length] = count;
  return histogram;
}
