// The folder of onedrive (abraunegg): sync_dir of its configuration, by default ~/OneDrive; an account each directory.

import { dirname, join, relative, resolve } from 'node:path';
import { exclusionsBelow, NO_EXCLUSIONS } from '../domain/exclusions.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { flagValue } from './argv.ts';
import { expandHome } from './command.ts';
import {
  type ConfigText,
  listConfigs,
  readConfigText,
  readRulesText,
  unreadableConfig,
} from './config-text.ts';
import { compileOnedriveRules } from './onedrive-rules.ts';
import { type OnedriveSettings, parseOnedriveSettings, withOnedriveFlags } from './onedrive-settings.ts';
import { bytesOfText } from './path-text.ts';
import {
  NAME_THE_TREE,
  plainRoot,
  type Root,
  type RootsFound,
  type RootsRequest,
  type RootsTrouble,
  type TreeRules,
} from './root.ts';

const DEFAULT_FOLDER = '~/OneDrive';

/** The directory of `--confdir`, else the usual one and those beside it whose names begin like it. */
export function readOnedriveRoots(request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const { home, env, argv } = request;
  const given = flagValue(argv, ['confdir']);
  const usual = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'onedrive');
  const directories =
    given === undefined ? accountsBeside(usual, request) : [fromCommandLine(given, request)];
  const roots: Root[] = [];
  for (const directory of directories) {
    const root = rootOf(directory, request);
    if (!root.ok) return root;
    if (root.value !== null) roots.push(root.value);
  }
  if (roots.length > 0) return success({ roots, evidence: directories.join(', '), sides: 1 });
  const reason = `no onedrive configuration or login in ${directories.join(' or ')}`;
  return failure({ path: usual, reason, hint: `log in first, or ${NAME_THE_TREE}` });
}

function accountsBeside(usual: string, { sysroot }: RootsRequest): string[] {
  const parent = dirname(usual);
  const others = listConfigs(parent, '', sysroot).filter((name) => /^onedrive./.test(name));
  return [usual, ...others.map((name) => join(parent, name))];
}

/** null: nobody has set it up there. A login without a configuration syncs the default folder. */
function rootOf(directory: string, request: RootsRequest): Result<Root | null, RootsTrouble> {
  const { home, argv, sysroot } = request;
  const path = join(directory, 'config');
  const read = readConfigText(path, sysroot);
  if (read.kind === 'unreadable') return failure(unreadableConfig(path, read.reason));
  const isLoggedIn = readConfigText(join(directory, 'refresh_token'), sysroot).kind !== 'absent';
  const said = flagValue(argv, ['syncdir']);
  if (read.kind === 'absent' && !isLoggedIn && said === undefined) return success(null);
  const settings = read.kind === 'text' ? parseOnedriveSettings(read.text) : parseOnedriveSettings('');
  if (!settings.ok)
    return failure({
      path,
      reason: `${path}, line ${settings.error} is not key = "value"`,
      hint: NAME_THE_TREE,
    });
  const told = withOnedriveFlags(settings.value, argv);
  const folder = expandHome(told.get('sync_dir') ?? DEFAULT_FOLDER, home);
  const root = said === undefined ? resolve(home, folder) : fromCommandLine(folder, request);
  const below = relative(root, resolve(root, flagValue(argv, ['single-directory']) ?? ''));
  const plain = plainRoot(join(root, below), directory, null);
  return success({ ...plain, ...rulesOf({ directory, settings: told, below, sysroot }) });
}

/** A path that is not absolute is of the directory it is started in. */
const fromCommandLine = (path: string, { home, env }: RootsRequest): string =>
  resolve(env['PWD'] ?? home, expandHome(path, home));

interface RulesPlace {
  readonly directory: string;
  readonly settings: OnedriveSettings;
  /** The one directory of the folder that is synced; '' is the whole. */
  readonly below: string;
  readonly sysroot: string | undefined;
}

/** Rules count from the folder, also where one directory of it is synced alone; sync_list is then not relied on. */
function rulesOf({ directory, settings, below, sysroot }: RulesPlace): TreeRules {
  const list = readRulesText(join(directory, 'sync_list'), sysroot);
  const syncList = list.kind === 'text' && below === '' ? list.text : null;
  const compiled = compileOnedriveRules({ settings, syncList });
  if (!compiled.ok) return { ignore: NO_EXCLUSIONS, caveat: `${compiled.error}: nothing is left out` };
  return {
    ignore: exclusionsBelow(compiled.value, bytesOfText(below)),
    caveat: listCaveat(list.kind, below),
  };
}

function listCaveat(kind: ConfigText['kind'], below: string): string | null {
  if (kind === 'absent') return null;
  if (kind === 'unreadable') return 'sync_list cannot be read: what it leaves out is counted';
  return below === ''
    ? 'what only some versions read as left out by sync_list is counted'
    : 'what sync_list leaves out of a single directory is counted';
}
