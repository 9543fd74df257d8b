import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Exclusions, NO_EXCLUSIONS } from '../domain/exclusions.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { readRulesText } from './config-text.ts';
import { linesAsGo, trimAsGo } from './go-text.ts';
import { parseRcloneCommand, type RcloneCommand } from './rclone-command.ts';
import { compileRcloneFilter, type RcloneFilter } from './rclone-filter.ts';
import { type LocalEnd, localEnds, readRemotes } from './rclone-remotes.ts';
import {
  NAME_THE_TREE,
  plainRoot,
  type Root,
  type RootsFound,
  type RootsRequest,
  type RootsTrouble,
} from './root.ts';

/** The ends of the command line that are here; where both are, the source is counted and pays twice. */
export function readRcloneRoots(request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const trouble = (reason: string) => failure({ path: '', reason, hint: NAME_THE_TREE });
  if (request.argv.length === 0)
    return trouble('rclone names its tree on its command line only, and none was given');
  const command = parseRcloneCommand(request.argv);
  if (command.ends.length !== 2)
    return trouble(
      `rclone ${command.subcommand} has ${command.ends.length} ends here, not 2 (write flags as --flag=value)`,
    );
  const remotes = readRemotes(command, request);
  const locals = command.ends.map((end) => localEnds(end, remotes)).filter((ends) => ends.length > 0);
  const [tree] = locals;
  if (tree === undefined)
    return success({ roots: [], evidence: 'the command line: both ends are remote', sides: 1 });
  const roots = tree.map((end) => rootOf(end, command, request));
  return success({ roots, evidence: 'the command line', sides: locals.length });
}

function rootOf({ path: said, isEncrypted }: LocalEnd, command: RcloneCommand, request: RootsRequest): Root {
  const directory = request.env['PWD'] ?? request.home;
  const path = resolve(directory, said);
  const rules = isEncrypted
    ? unapplied('names are encrypted there')
    : readRules(command, path, { ...request, home: directory });
  return { ...plainRoot(path, said, rules.caveat), ignore: rules.exclusions };
}

/** Filters by size and age look at what a stat tells; rclone itself stats every entry before it asks them. */
const UNREAD_FILTERS = ['min-size', 'max-size', 'min-age', 'max-age', 'metadata-filter', 'hash-filter'];

function readRules(
  command: RcloneCommand,
  root: string,
  request: RootsRequest,
): { exclusions: Exclusions; caveat: string | null } {
  const files = ruleFiles(command, request);
  if (files.untold.length > 0) return unapplied(`${files.untold.join(', ')} could not be read whole`);
  const filter = filterOf(command, files.lines);
  const compiled = compileRcloneFilter(filter, (directory, name) =>
    hasFile(root, directory, name, request.sysroot),
  );
  if (!compiled.ok) return unapplied(compiled.error);
  const unread = UNREAD_FILTERS.filter((name) => command.flags.has(name)).map((name) => `--${name}`);
  const caveat = unread.length > 0 ? `${unread.join(', ')} not applied: what it leaves out is counted` : null;
  return { exclusions: compiled.value, caveat };
}

/** One rule less may keep less: then all of them are left aside, and everything is counted. */
const unapplied = (reason: string) => ({
  exclusions: NO_EXCLUSIONS,
  caveat: `rclone's filters are not applied: ${reason}`,
});

const FILE_FLAGS: readonly string[] =
  `include-from exclude-from filter-from filters-file files-from files-from-raw`.split(' ');

interface RuleFiles {
  readonly lines: ReadonlyMap<string, readonly string[]>;
  /** Flags with their file, where it is absent, unreadable or has a line rclone would not read. */
  readonly untold: readonly string[];
}

function ruleFiles({ flags }: RcloneCommand, request: RootsRequest): RuleFiles {
  const files = FILE_FLAGS.flatMap((name) =>
    (flags.get(name) ?? []).map((path) => ({ name, path, lines: linesOfFile(name, path, request) })),
  );
  const linesOf = (name: string) =>
    files.flatMap((file) => (file.name === name && file.lines !== null ? file.lines : []));
  return {
    lines: new Map(FILE_FLAGS.map((name) => [name, linesOf(name)])),
    untold: files.flatMap(({ name, path, lines }) => (lines === null ? [`--${name} ${path}`] : [])),
  };
}

function linesOfFile(name: string, path: string, { home, sysroot }: RootsRequest): readonly string[] | null {
  const read = readRulesText(resolve(home, path), sysroot);
  return read.kind === 'text' ? linesOf(read.text, name === 'files-from-raw') : null;
}

function filterOf({ flags }: RcloneCommand, lines: RuleFiles['lines']): RcloneFilter {
  const values = (name: string): readonly string[] => flags.get(name) ?? [];
  const inFiles = (name: string): readonly string[] => lines.get(name) ?? [];
  const rules = (name: string): string[] => [...values(name), ...inFiles(`${name}-from`)];
  const isListed = [...flags.keys()].some((name) => /^files-from(?:-raw)?$/.test(name));
  const depth = Number.parseInt(values('max-depth').at(-1) ?? '', 10);
  return {
    include: rules('include'),
    exclude: rules('exclude'),
    filter: [...rules('filter'), ...inFiles('filters-file')],
    files: isListed ? [...rules('files'), ...inFiles('files-from-raw')] : null,
    markers: values('exclude-if-present'),
    ignoreCase: flags.has('ignore-case'),
    maxDepth: depth > 0 ? depth : null,
  };
}

/** Comments and blank lines dropped, unless every line is a name; null: a line is too long for rclone to start. */
function linesOf(text: string, isRaw: boolean): readonly string[] | null {
  const lines = linesAsGo(text);
  if (!lines.ok) return null;
  if (isRaw) return lines.value.filter((line) => line !== '');
  return lines.value.map(trimAsGo).filter((line) => line !== '' && !/^[#;]/.test(line));
}

/** The one question that costs a lookup per directory, and only when --exclude-if-present asks it, as rclone does. */
function hasFile(root: string, directory: string, name: string, sysroot = ''): boolean {
  const path = Buffer.concat([
    Buffer.from(`${join(sysroot, root)}/`),
    Buffer.from(`${directory}/`, 'latin1'),
    Buffer.from(name),
  ]);
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
