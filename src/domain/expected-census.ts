// A census nobody walked: `--expect files=N,directories=N`, and a root remembered from its last complete count.

import type { Census, DirectoryTable, NameHistogram } from './census.ts';

export interface ExpectedCounts {
  readonly files: number;
  readonly directories: number;
  /** Absent: every name has ASSUMED_NAME_BYTES. */
  readonly leafNames?: NameHistogram;
  readonly directoryNames?: NameHistogram;
}

/** Mean of an e-book library's names, 20 to 24 bytes: short enough to lie inside the dentry on every kernel. */
const ASSUMED_NAME_BYTES = 20;

/** A table with the root alone: an expectation has no folders to name. */
const ROOT_ONLY: DirectoryTable = {
  count: 1,
  parent: new Uint32Array(1),
  leaves: new Uint32Array(1),
  subdirectories: new Uint32Array(1),
  nameBytes: new Uint32Array(1),
  longLeafBytes: new Uint32Array(1),
  longDirectoryBytes: new Uint32Array(1),
  name: () => '',
};

export function expectedCensus(counts: ExpectedCounts): Census {
  const leafNames = counts.leafNames ?? allOfOneLength(counts.files);
  const directoryNames = counts.directoryNames ?? allOfOneLength(counts.directories);
  return {
    files: counts.files,
    directories: counts.directories,
    symlinks: 0,
    other: 0,
    leafNames,
    directoryNames,
    nameBytes: totalBytes(leafNames) + totalBytes(directoryNames),
    unreadable: { count: 0, examples: [] },
    vanished: 0,
    statted: 0,
    excludedDirectories: 0,
    excludedLeaves: 0,
    onlyWatchedDirectories: 0,
    isAttributeUnread: false,
    mountPoints: [],
    visitedDirectories: 0,
    complete: true,
    stop: null,
    table: ROOT_ONLY,
    engine: 'expected',
    elapsedMs: 0,
  };
}

function allOfOneLength(count: number): NameHistogram {
  const histogram = new Uint32Array(256);
  histogram[ASSUMED_NAME_BYTES] = count;
  return histogram;
}

const totalBytes = (histogram: NameHistogram): number =>
  histogram.reduce((sum, count, length) => sum + count * length, 0);
