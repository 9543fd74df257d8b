import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Exclusions, NO_EXCLUSIONS } from '../domain/exclusions.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { readRulesText } from './config-text.ts';
import { localPath, parseRcloneCommand, type RcloneCommand } from './rclone-command.ts';
import { compileRcloneFilter, type RcloneFilter } from './rclone-filter.ts';
import { NAME_THE_TREE, type RootsFound, type RootsRequest, type RootsTrouble } from './root.ts';

/** The local ends of the command line; where both are local, the source is counted and pays twice. */
export function readRcloneRoots(request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const trouble = (reason: string) => failure({ path: '', reason, hint: NAME_THE_TREE });
  if (request.argv.length === 0)
    return trouble('rclone names its tree on its command line only, and none was given');
  const command = parseRcloneCommand(request.argv);
  if (command.ends.length !== 2)
    return trouble(
      `rclone ${command.subcommand} has ${command.ends.length} ends here, not 2 (write flags as --flag=value)`,
    );
  const locals = command.ends.flatMap((end) => localPath(end) ?? []);
  const [tree] = locals;
  if (tree === undefined)
    return success({ roots: [], evidence: 'the command line: both ends are remote', sides: 1 });
  const directory = request.env['PWD'] ?? request.home;
  const path = resolve(directory, tree);
  const { exclusions, caveat } = readRules(command, path, { ...request, home: directory });
  const root = { path, label: tree, paused: false, watched: true, ignore: exclusions, caveat };
  return success({ roots: [root], evidence: 'the command line', sides: locals.length });
}

/** Filters by size and age look at what a stat tells; rclone itself stats every entry before it asks them. */
const UNREAD_FILTERS = ['min-size', 'max-size', 'min-age', 'max-age', 'metadata-filter', 'hash-filter'];

function readRules(
  command: RcloneCommand,
  root: string,
  request: RootsRequest,
): { exclusions: Exclusions; caveat: string | null } {
  const unread: string[] = UNREAD_FILTERS.filter((name) => command.flags.has(name)).map(
    (name) => `--${name}`,
  );
  const filter = filterOf(command, request, unread);
  const compiled = compileRcloneFilter(filter, (directory, name) =>
    hasFile(root, directory, name, request.sysroot),
  );
  if (!compiled.ok)
    return { exclusions: NO_EXCLUSIONS, caveat: `rclone's filters are not applied: ${compiled.error}` };
  const caveat = unread.length > 0 ? `${unread.join(', ')} not applied: what it leaves out is counted` : null;
  return { exclusions: compiled.value, caveat };
}

function filterOf({ flags }: RcloneCommand, request: RootsRequest, unread: string[]): RcloneFilter {
  const values = (name: string): readonly string[] => flags.get(name) ?? [];
  const lines = (name: string, isRaw = false): string[] =>
    values(name).flatMap((path) => {
      const read = readRulesText(resolve(request.home, path), request.sysroot);
      if (read.kind === 'text') return linesOf(read.text, isRaw);
      unread.push(`--${name} ${path}`);
      return [];
    });
  const rules = (name: string): string[] => [...values(name), ...lines(`${name}-from`)];
  const isListed = [...flags.keys()].some((name) => /^files-from(-raw)?$/.test(name));
  const depth = Number.parseInt(values('max-depth').at(-1) ?? '', 10);
  return {
    include: rules('include'),
    exclude: rules('exclude'),
    filter: [...rules('filter'), ...lines('filters-file')],
    files: isListed ? [...rules('files'), ...lines('files-from-raw', true)] : null,
    markers: values('exclude-if-present'),
    ignoreCase: flags.has('ignore-case'),
    maxDepth: depth > 0 ? depth : null,
  };
}

/** Comments and blank lines dropped, unless every line is a name. */
function linesOf(text: string, isRaw: boolean): string[] {
  const lines = text.split('\n');
  if (isRaw) return lines.filter((line) => line !== '');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !/^[#;]/.test(line));
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
