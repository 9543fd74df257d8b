// rclone's filter rules: two ordered lists, one asked of files and one of directories; the first match decides
// (fs/filter/filter.go and rules.go).

import type { Exclusions } from '../domain/exclusions.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { textOfBytes } from './path-text.ts';
import { compileRcloneGlob, directoryGlobs } from './rclone-glob.ts';

export interface RcloneFilter {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** `+ glob`, `- glob` or `!`. */
  readonly filter: readonly string[];
  /** --files-from: only these, everything else is left out; null: not given. */
  readonly files: readonly string[] | null;
  /** --exclude-if-present: a directory that holds one of these is left out. */
  readonly markers: readonly string[];
  readonly ignoreCase: boolean;
  /** --max-depth; null: no bound. */
  readonly maxDepth: number | null;
}

export const NO_FILTER: RcloneFilter = {
  include: [],
  exclude: [],
  filter: [],
  files: null,
  markers: [],
  ignoreCase: false,
  maxDepth: null,
};

/** Is there a file of that name in that directory below the root (bytes as latin1; the root is '')? */
export type MarkerProbe = (directory: string, name: string) => boolean;

/** A marker in the root leaves nothing of the tree. */
const EVERYTHING: Exclusions = { prunesDirectory: () => true, skipsLeaf: () => true };

interface Rule {
  readonly isIncluding: boolean;
  readonly expression: RegExp;
}

interface RuleLists {
  readonly files: Rule[];
  readonly directories: Rule[];
}

const includes = (rules: readonly Rule[], path: string): boolean =>
  rules.find(({ expression }) => expression.test(path))?.isIncluding ?? true;

/** The rules in rclone's order: include, exclude, filter, and with any include everything else is left out. */
function* lines({ include, exclude, filter }: RcloneFilter): Generator<string> {
  for (const glob of include) yield `+ ${glob}`;
  for (const glob of exclude) yield `- ${glob}`;
  yield* filter;
  if (include.length > 0) yield '- /**';
}

interface SourceRule {
  readonly list: keyof RuleLists;
  readonly isIncluding: boolean;
  readonly glob: string;
}

/** What one rule says of files and of directories. An include also asks for the directories its files are in. */
function sourceRules(isIncluding: boolean, written: string): SourceRule[] {
  const isDirectory = written.endsWith('/');
  const glob = isDirectory && !isIncluding ? `${written}**` : written;
  const isBoth = glob.includes('**');
  const needsParents = isIncluding || glob === '*';
  const rule = (list: keyof RuleLists, text: string): SourceRule => ({ list, isIncluding, glob: text });
  const parents = needsParents ? directoryGlobs(glob).filter((parent) => parent !== '/') : [];
  const forFiles = [rule('files', glob), ...parents.map((parent) => rule('directories', parent))];
  return [
    ...(isBoth || !isDirectory ? forFiles : []),
    ...(isBoth || isDirectory ? [rule('directories', glob)] : []),
  ];
}

function listsOf(filter: RcloneFilter): Result<RuleLists, string> {
  const lists: RuleLists = { files: [], directories: [] };
  for (const line of lines(filter)) {
    if (line === '!') {
      lists.files.length = 0;
      lists.directories.length = 0;
      continue;
    }
    if (!/^[+-] /.test(line)) return failure(`the rule ${line} starts with neither "+ " nor "- "`);
    for (const { list, isIncluding, glob } of sourceRules(line.startsWith('+'), line.slice(2))) {
      const compiled = compileRcloneGlob(glob, filter.ignoreCase);
      if (!compiled.ok) return compiled;
      lists[list].push({ isIncluding, expression: compiled.value });
    }
  }
  return success(lists);
}

/** What this rclone neither copies nor, for directories, lists; the error is what it would refuse to start with. */
export function compileRcloneFilter(
  filter: RcloneFilter,
  hasMarker: MarkerProbe,
): Result<Exclusions, string> {
  const lists = listsOf(filter);
  if (!lists.ok) return lists;
  const { markers, maxDepth } = filter;
  const isTooDeep = (path: string): boolean => maxDepth !== null && path.split('/').length >= maxDepth;
  const isMarked = (path: string): boolean => markers.some((name) => hasMarker(path, name));
  const named = filter.files === null ? null : namedPaths(filter.files);
  const { files, directories } = lists.value;
  const keepsDirectory = (path: string): boolean =>
    named?.directories.has(path) ?? includes(directories, `${path}/`);
  const keepsFile = (path: string): boolean => named?.files.has(path) ?? includes(files, path);
  // In the root, unlike below it, a marker that is itself filtered away goes unseen (walk lists, then looks).
  if (markers.some((name) => keepsFile(name) && hasMarker('', name))) return success(EVERYTHING);
  return success({
    prunesDirectory: (path) => isTooDeep(path) || !keepsDirectory(textOfBytes(path)) || isMarked(path),
    skipsLeaf: named === null && files.length === 0 ? null : (path) => !keepsFile(textOfBytes(path)),
  });
}

interface NamedPaths {
  readonly files: ReadonlySet<string>;
  readonly directories: ReadonlySet<string>;
}

function namedPaths(paths: readonly string[]): NamedPaths {
  const files = new Set(paths.map((path) => path.replace(/^\/+|\/+$/g, '')));
  const directories = new Set<string>();
  for (const file of files)
    for (let at = file.indexOf('/'); at >= 0; at = file.indexOf('/', at + 1))
      directories.add(file.slice(0, at));
  return { files, directories };
}
