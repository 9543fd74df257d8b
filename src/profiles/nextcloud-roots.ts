// The folders of the Nextcloud and ownCloud desktop clients, several accounts with several folders each.

import { join, resolve } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { flagValue } from './argv.ts';
import { expandHome } from './command.ts';
import { readFirstConfig } from './config-text.ts';
import { decodeQtValue, parseIni } from './ini-text.ts';
import {
  NAME_THE_TREE,
  plainRoot,
  type Root,
  type RootsFound,
  type RootsRequest,
  type RootsTrouble,
} from './root.ts';

interface Client {
  readonly title: string;
  /** Of the directory below the user's configuration, and of the file in it. */
  readonly directory: string;
  readonly file: string;
  /** Its name as a Flatpak, whose configuration lies apart; null: it has none. */
  readonly flatpak: string | null;
}

const NEXTCLOUD: Client = {
  title: 'Nextcloud',
  directory: 'Nextcloud',
  file: 'nextcloud.cfg',
  flatpak: 'com.nextcloud.desktopclient.nextcloud',
};
const OWNCLOUD: Client = { title: 'ownCloud', directory: 'ownCloud', file: 'owncloud.cfg', flatpak: null };

const CAVEAT = 'what selective sync leaves out is counted where it is here';

export const readNextcloudRoots = (request: RootsRequest): Result<RootsFound, RootsTrouble> =>
  readClientRoots(NEXTCLOUD, request);
export const readOwncloudRoots = (request: RootsRequest): Result<RootsFound, RootsTrouble> =>
  readClientRoots(OWNCLOUD, request);

function configPaths({ directory, file, flatpak }: Client, { home, env, argv }: RootsRequest): string[] {
  const given = flagValue(argv, ['confdir']);
  if (given !== undefined) return [join(resolve(env['PWD'] ?? home, expandHome(given, home)), file)];
  const own = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), directory, file);
  return flatpak === null ? [own] : [own, join(home, '.var/app', flatpak, 'config', directory, file)];
}

function readClientRoots(client: Client, request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const paths = configPaths(client, request);
  const read = readFirstConfig(paths, request.sysroot);
  if (!read.ok) return read;
  const trouble = (reason: string) => failure({ path: paths[0] ?? '', reason, hint: NAME_THE_TREE });
  if (read.value === null) return trouble(`no ${client.title} configuration at ${paths.join(' or ')}`);
  const { path, text } = read.value;
  const roots = foldersOf(text);
  if (roots.length === 0) return trouble(`${path} names no account with a folder`);
  return success({ roots, evidence: path, sides: 1 });
}

// Folders is the first kind there was; the others keep older clients from reading what they do not know.
const FOLDER_KEY = /^(\d+)\\(?:Folders|Multifolders|FoldersWithPlaceholders)\\([^\\]+)\\(localPath|paused)$/;

interface Folder {
  readonly label: string;
  path: string;
  paused: boolean;
}

function foldersOf(text: string): Root[] {
  const accounts = parseIni(text).get('Accounts') ?? new Map<string, string>();
  const folders = new Map<string, Folder>();
  for (const [key, value] of accounts) {
    const [, account = '', id = '', name] = FOLDER_KEY.exec(key) ?? [];
    if (name === undefined) continue;
    const label = `account ${account}, folder ${id}`;
    const folder = folders.get(label) ?? { label, path: '', paused: false };
    if (name === 'localPath') folder.path = decodeQtValue(value);
    else folder.paused = value === 'true';
    folders.set(label, folder);
  }
  return [...folders.values()].flatMap(({ path, label, paused }) =>
    path.startsWith('/') ? [{ ...plainRoot(resolve(path), label, CAVEAT), paused }] : [],
  );
}

/** Options of nextcloudcmd --help 3.7.3 that take the next word. */
const VALUED =
  /^(--(httpproxy|exclude|unsyncedfolders|user|password|max-sync-retries|uplimit|downlimit|path)|-[up])$/;

/** `nextcloudcmd [OPTIONS] SOURCE URL`. */
export function readNextcloudcmdRoots({ argv, env, home }: RootsRequest): Result<RootsFound, RootsTrouble> {
  const words: string[] = [];
  for (let index = 1; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (VALUED.test(word)) index += 1;
    else if (!word.startsWith('-')) words.push(word);
  }
  const [source] = words;
  if (source === undefined) {
    const reason = 'nextcloudcmd names its folder on its command line only, and none was given';
    return failure({ path: '', reason, hint: NAME_THE_TREE });
  }
  const root = plainRoot(resolve(env['PWD'] ?? home, source), source, CAVEAT);
  return success({ roots: [root], evidence: 'the command line', sides: 1 });
}
