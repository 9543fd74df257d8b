// Syncthing's .stignore: the first line that matches decides (lib/ignore/ignore.go, v1.19).

import type { Exclusions } from '../domain/exclusions.ts';
import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import { linesAsGo, lowerAsGo, trimAsGo } from './go-text.ts';
import { isAscii, textOfBytes } from './path-text.ts';
import { compileStignoreGlob } from './stignore-glob.ts';

export interface StignorePattern {
  /** As compiled: without prefixes, lower case where case is folded. */
  readonly glob: string;
  readonly isIgnoring: boolean;
  readonly isFolded: boolean;
  readonly expression: RegExp;
}

/** Patterns of a file named in an #include, already compiled; the error is one clause. */
export type IncludeReader = (path: string, seen: Set<string>) => Result<readonly StignorePattern[], string>;

/** All patterns of a text in order. `seen` holds the lines met so far, since a repeated one is dropped, includes included. */
export function parseStignore(
  text: string,
  include: IncludeReader,
  seen: Set<string> = new Set(),
): Result<readonly StignorePattern[], Malformed> {
  const lines = linesAsGo(text);
  if (!lines.ok) return failure({ reason: 'a line of 64 KiB or more', line: lines.error });
  const patterns: StignorePattern[] = [];
  for (const [index, raw] of lines.value.entries()) {
    const line = trimAsGo(raw);
    if (line === '' || line.startsWith('//') || seen.has(line)) continue;
    seen.add(line);
    const parsed = line.startsWith('#include') ? included(line, include, seen) : lineOf(line);
    if (!parsed.ok) return failure({ reason: parsed.error, line: index + 1 });
    patterns.push(...parsed.value);
  }
  return success(patterns);
}

function included(line: string, include: IncludeReader, seen: Set<string>): ReturnType<IncludeReader> {
  const path = /^#include\s+(.+)$/.exec(line)?.[1];
  return path === undefined ? failure('#include names no file') : include(path, seen);
}

/** A plain line also covers everything below what it names. */
function lineOf(line: string): Result<readonly StignorePattern[], string> {
  if (line.endsWith('/**')) return patternsOf(line);
  if (line.endsWith('/')) return patternsOf(`${line}**`);
  const own = patternsOf(line);
  const below = patternsOf(`${line}/**`);
  if (!own.ok) return own;
  return below.ok ? success([...own.value, ...below.value]) : below;
}

interface Prefixed {
  readonly line: string;
  readonly isIgnoring: boolean;
  readonly isFolded: boolean;
}

/** Each prefix once, in any order; (?d) only matters when a directory is deleted. */
function prefixesOf(line: string): Prefixed {
  const left = new Set(['!', '(?i)', '(?d)']);
  let rest = line;
  for (;;) {
    const prefix = [...left].find((each) => rest.startsWith(each));
    if (prefix === undefined) break;
    left.delete(prefix);
    rest = rest.slice(prefix.length);
  }
  const isFolded = !left.has('(?i)');
  return { line: isFolded ? lowerAsGo(rest) : rest, isIgnoring: left.has('!'), isFolded };
}

function patternsOf(written: string): Result<readonly StignorePattern[], string> {
  const { line, isIgnoring, isFolded } = prefixesOf(written);
  if (line === '') return failure('a line has prefixes and no pattern');
  const globs = line.startsWith('/')
    ? [line]
    : line.startsWith('**/')
      ? [line, line.slice('**/'.length)]
      : [line, `**/${line}`];
  const patterns: StignorePattern[] = [];
  for (const glob of globs) {
    const compiled = compileStignoreGlob(glob.replace(/^\//, ''));
    if (!compiled.ok) return failure(`${compiled.error} in ${written}`);
    patterns.push({ glob, isIgnoring, isFolded, expression: compiled.value });
  }
  return success(patterns);
}

/**
 * false: some `!` line may match below an ignored directory, so Syncthing walks and watches ignored ones too.
 * Harmless is only a `!` rooted in the top directory, whose only `**` is at its end.
 */
export function skipsIgnoredDirectories(patterns: readonly StignorePattern[]): boolean {
  let previous = '';
  for (const { glob, isIgnoring } of patterns) {
    const isAutomatic = glob === `${previous}/**`;
    if (!isAutomatic && !isIgnoring && !isShallow(glob)) return false;
    if (!isAutomatic) previous = glob;
  }
  return true;
}

const isShallow = (glob: string): boolean =>
  glob.startsWith('/') && !glob.slice(1).includes('/') && !glob.replace(/\*\*$/, '').includes('**');

/**
 * Where a `?` or a class stands beside others of fixed length, the daemon's glob library takes one byte for one sign, misses
 * `éf` for `[!a]f` and finds `éb` for `?[!b]`. Which names those are is not imitated: they are counted. A class of one
 * ASCII sign, as a space at the end of a line has to be written, is that sign, but it misses `é ` for `é[ ]`.
 */
export const hasDoubtfulSigns = ({ glob }: StignorePattern): boolean =>
  /[?[]/.test(glob.replace(PLAIN_SIGNS, ''));

/** An escaped sign; a class of one sign at the end of a part, with no sign beyond ASCII before it. */
const PLAIN_SIGNS = /\\.|(?<=^|[\0-\x7f])\[[ "-Z^-~]\](?=$|\/?\*)/gsu;

/** true, false, or null where only the daemon knows. */
function matchOf(pattern: StignorePattern, path: string, isPlain: boolean): boolean | null {
  const isMatch = pattern.expression.test(path);
  if (isPlain || !hasDoubtfulSigns(pattern)) return isMatch;
  return isMatch || pattern.glob.includes('[!') ? null : false;
}

/** Does the first pattern that matches this path (text, no leading slash) ignore it? In doubt it does not. */
export function isIgnoredBy(patterns: readonly StignorePattern[], path: string): boolean {
  const folded = lowerAsGo(path);
  const isPlain = isAscii(path);
  for (const pattern of patterns) {
    const isMatch = matchOf(pattern, pattern.isFolded ? folded : path, isPlain);
    if (isMatch === true) return pattern.isIgnoring;
    if (isMatch === null && !pattern.isIgnoring) return false;
  }
  return false;
}

/** Syncthing's own files at a root, and what a transfer leaves behind (lib/fs: IsInternal, IsTemporary). */
const INTERNAL = /^\.st(?:folder|ignore|versions)(?:\/|$)/;
const TEMPORARY = /^(?:\.syncthing\.|~syncthing~)/;

/**
 * What Syncthing does not index and, for directories, does not enter. Where a `!` line keeps it from skipping what is
 * ignored, its watcher filters nothing at all, not even .stversions with all old versions (1.19.2: fdinfo).
 */
export function compileStignore(patterns: readonly StignorePattern[], isWatched: boolean): Exclusions {
  const canSkip = skipsIgnoredDirectories(patterns);
  const skipsOwn = canSkip || !isWatched;
  const isOwn = (path: string, name: string): boolean => INTERNAL.test(path) || TEMPORARY.test(name);
  const isIgnored = (path: string): boolean => isIgnoredBy(patterns, textOfBytes(path));
  return {
    prunesDirectory: (path, name) => (skipsOwn && isOwn(path, name)) || (canSkip && isIgnored(path)),
    skipsLeaf: (path, name) => isOwn(path, name) || isIgnored(path),
  };
}
