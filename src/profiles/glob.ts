// Finds configuration and programs by pattern; never counts a tree (fast-glob drops names that are not UTF-8).

import glob from 'fast-glob';

/**
 * Files matching absolute patterns, each pattern's matches in byte order, patterns in the order given.
 * What cannot be read is as if it were not there.
 */
export function findFiles(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => glob.sync(pattern, OPTIONS).sort());
}

/** A directory's own name inside a pattern, whatever signs it contains. */
export const literalPattern = (path: string): string => glob.escapePath(path);

// unique costs a set per match and one pattern cannot match twice; symbolic links to files are still found.
const OPTIONS = {
  absolute: true,
  dot: true,
  onlyFiles: false,
  followSymbolicLinks: false,
  suppressErrors: true,
  unique: false,
  caseSensitiveMatch: true,
} as const;
