import { dirname, resolve } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { readConfigText, readFirstConfig, readRulesText } from './config-text.ts';
import { compileLsyncdRules, parseExcludeLines, parseFilterLines } from './lsyncd-rules.ts';
import { readLsyncdStatus } from './lsyncd-status.ts';
import { type LuaValue, parseSyncBlocks, type SyncBlock } from './lua-sync.ts';
import { NAME_THE_TREE, type Root, type RootsFound, type RootsRequest, type RootsTrouble } from './root.ts';

/** Where services keep it: Debian, then Red Hat and Alpine. */
const USUAL_CONFIGS = ['/etc/lsyncd/lsyncd.conf.lua', '/etc/lsyncd.conf'];

/** Options of lsyncd(1) with how many words follow them; the three last name source and target themselves. */
const WORDS_AFTER: Readonly<Record<string, number>> = {
  delay: 1,
  log: 1,
  logfile: 1,
  pidfile: 1,
  runner: 1,
  statusfile: 1,
  insist: 0,
  nodaemon: 0,
  version: 0,
  help: 0,
  direct: 2,
  rsync: 2,
  rsyncssh: 3,
};

interface CommandLine {
  readonly configs: readonly string[];
  readonly pairs: readonly { readonly source: string; readonly isLocal: boolean }[];
}

function commandLine(argv: readonly string[]): CommandLine {
  const words = argv.slice(1);
  const configs: string[] = [];
  const pairs: { source: string; isLocal: boolean }[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) {
      configs.push(word);
      continue;
    }
    const name = word.replace(/^--?/, '');
    const [source, target] = words.slice(index + 1, index + 3);
    const isPair = name === 'direct' || name === 'rsync' || name === 'rsyncssh';
    if (isPair && source !== undefined)
      pairs.push({ source, isLocal: name !== 'rsyncssh' && isLocalTarget(target ?? '') });
    index += WORDS_AFTER[name] ?? 0;
  }
  return { configs, pairs };
}

/** rsync's own rule: a colon before any slash is a host. */
const isLocalTarget = (target: string): boolean => !/^[^/]*:/.test(target);

/** Sources of the command line or of the configuration it names; computed ones are not guessed. */
export function readLsyncdRoots(request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const { configs, pairs } = commandLine(request.argv);
  const directory = request.env['PWD'] ?? request.home;
  if (pairs.length > 0) {
    const roots = pairs.map(({ source }) => rootOf(resolve(directory, source), source, null));
    return success({
      roots,
      evidence: 'the command line',
      sides: pairs.some(({ isLocal }) => isLocal) ? 2 : 1,
    });
  }
  const paths = configs.length > 0 ? configs.map((path) => resolve(directory, path)) : USUAL_CONFIGS;
  const read = readFirstConfig(paths, request.sysroot);
  if (!read.ok) return read;
  if (read.value !== null) return sourcesOf(read.value.path, read.value.text, request);
  const reason = `no lsyncd configuration at ${paths.join(' or ')}`;
  return failure({ path: paths[0] ?? '', reason, hint: NAME_THE_TREE });
}

const rootOf = (path: string, label: string, rules: Rules | null): Root => ({
  path,
  label,
  paused: false,
  watched: true,
  ignore: compileLsyncdRules(rules?.filters ?? [], rules?.excludes ?? []),
  caveat: rules?.caveat ?? null,
});

function sourcesOf(path: string, text: string, request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const trouble = (reason: string) => failure({ path, reason, hint: NAME_THE_TREE });
  const parsed = parseSyncBlocks(text);
  if (!parsed.ok) return trouble(`${path}, line ${parsed.error.line}: ${parsed.error.reason}`);
  if (parsed.value.length === 0) return trouble(`${path} has no sync{...} block`);
  const sides = parsed.value.some(isLocalBlock) ? 2 : 1;
  const computed = parsed.value.find(({ fields }) => fields.get('source')?.kind !== 'string');
  if (computed === undefined)
    return success({
      roots: parsed.value.flatMap((block) => blockRoots(block, path, request)),
      evidence: path,
      sides,
    });
  const status = readLsyncdStatus(text, request);
  if (status !== null)
    return success({
      roots: status.sources.map((source) => rootOf(source, source, { ...NO_RULES, caveat: STATUS_CAVEAT })),
      evidence: status.path,
      sides,
    });
  const how = computed.fields.has('source') ? 'computed by Lua, and it has no status file' : 'not named';
  return trouble(`${path}, line ${computed.line}: its source is ${how}`);
}

/** A status file tells sources, not what is left out of them. */
const STATUS_CAVEAT = 'its sources are those of its last run; what it leaves out of them is counted';

function blockRoots(block: SyncBlock, path: string, request: RootsRequest): Root[] {
  const source = block.fields.get('source');
  if (source?.kind !== 'string') return [];
  const root = resolve(dirname(path), source.text);
  return [rootOf(root, labelOf(block, root), rulesOf(block, request))];
}

/** The one file that the sync block of this root names with excludeFrom; the error says why there is none to write to. */
export function readExcludeFromFile(root: string, request: RootsRequest): Result<string, string> {
  const found = readLsyncdRoots(request);
  if (!found.ok) return failure(found.error.reason);
  const config = found.value.evidence;
  const read = readConfigText(config, request.sysroot);
  const blocks = parseSyncBlocks(read.kind === 'text' ? read.text : '');
  const own = (blocks.ok ? blocks.value : []).find(({ fields }) => {
    const source = fields.get('source');
    return source?.kind === 'string' && resolve(dirname(config), source.text) === root;
  });
  if (own === undefined) return failure(`${config} has no sync block for ${root}`);
  const named = own.fields.get('excludeFrom');
  return named?.kind === 'string'
    ? success(resolve(request.home, named.text))
    : failure(
        `the sync block of line ${own.line} in ${config} names no file with excludeFrom, and Lua is not edited`,
      );
}

function labelOf({ fields }: SyncBlock, otherwise: string): string {
  const name = fields.get('name');
  return name?.kind === 'string' && name.text !== '' ? name.text : otherwise;
}

function isLocalBlock({ fields, layers }: SyncBlock): boolean {
  const target = fields.get('target');
  const isRemote = fields.has('host') || layers.includes('default.rsyncssh');
  return !isRemote && target?.kind === 'string' && isLocalTarget(target.text);
}

interface Rules {
  readonly filters: readonly string[];
  readonly excludes: readonly string[];
  readonly caveat: string | null;
}

const NO_RULES: Rules = { filters: [], excludes: [], caveat: null };

const textsOf = (value: LuaValue | undefined): readonly string[] => {
  if (value === undefined || value.kind === 'computed') return [];
  return value.kind === 'list' ? value.texts : [value.text];
};

function rulesOf({ fields, line }: SyncBlock, request: RootsRequest): Rules {
  const computed = ['exclude', 'excludeFrom', 'filter', 'filterFrom'].filter(
    (name) => fields.get(name)?.kind === 'computed',
  );
  const unread: string[] = [];
  const linesOf = (name: string, parse: (text: string) => string[]): string[] =>
    textsOf(fields.get(name)).flatMap((path) => {
      const read = readRulesText(resolve(request.home, path), request.sysroot);
      if (read.kind === 'text') return parse(read.text);
      unread.push(path);
      return [];
    });
  const excludes = [...textsOf(fields.get('exclude')), ...linesOf('excludeFrom', parseExcludeLines)];
  const readBefore = unread.length;
  const filters = [...textsOf(fields.get('filter')), ...linesOf('filterFrom', parseFilterLines)];
  // A filter that is not known may keep what an exclude drops.
  const isWhole = unread.length === readBefore && !computed.some((name) => name.startsWith('filter'));
  const missing = [
    ...computed.map((name) => `${name} computed by Lua`),
    ...unread.map((path) => `${path} unreadable`),
  ];
  const caveat = `sync{} of line ${line}: ${missing.join(', ')}; what it leaves out is counted`;
  const rules = isWhole ? { filters, excludes } : { filters: [], excludes: [] };
  return { ...rules, caveat: missing.length > 0 ? caveat : null };
}
