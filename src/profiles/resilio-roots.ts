// Resilio Sync's folders, where they are written in its configuration and not added in its web interface.

import { resolve } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { flagValue } from './argv.ts';
import { expandHome } from './command.ts';
import { readFirstConfig } from './config-text.ts';
import { isRecord, parseRecord } from './json-record.ts';
import { NAME_THE_TREE, plainRoot, type RootsFound, type RootsRequest, type RootsTrouble } from './root.ts';

/** Where its package and its documentation put it. */
const USUAL_CONFIGS = ['~/.config/resilio-sync/config.json', '/etc/resilio-sync/config.json'];
const CAVEAT = 'what .sync/IgnoreList leaves out is counted';

export function readResilioRoots({
  home,
  env,
  argv,
  sysroot,
}: RootsRequest): Result<RootsFound, RootsTrouble> {
  const given = flagValue(argv, ['config']);
  const directory = env['PWD'] ?? home;
  const paths = (given === undefined ? USUAL_CONFIGS : [given]).map((path) =>
    resolve(directory, expandHome(path, home)),
  );
  const read = readFirstConfig(paths, sysroot);
  if (!read.ok) return read;
  const trouble = (reason: string) => failure({ path: paths[0] ?? '', reason, hint: NAME_THE_TREE });
  if (read.value === null) return trouble(`no Resilio Sync configuration at ${paths.join(' or ')}`);
  const { path, text } = read.value;
  const config = configOf(text);
  if (config === null) return trouble(`${path} is not whole JSON`);
  if (config.folders.length === 0)
    return trouble(
      `${path} names no shared_folders: those added in the web interface are kept in ${config.storage ?? 'its storage_path'}`,
    );
  const roots = config.folders.map((folder) => plainRoot(resolve(expandHome(folder, home)), folder, CAVEAT));
  return success({ roots, evidence: path, sides: 1 });
}

/** Its sample has comments in it, and commas before a closing bracket: both go, outside texts. */
const plainJson = (text: string): string =>
  [COMMENT, LAST_COMMA].reduce((left, sign) => left.replace(sign, (_, quoted) => quoted ?? ''), text);

const COMMENT = /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const LAST_COMMA = /("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g;

/** null: not a JSON object. */
function configOf(text: string): { folders: string[]; storage: string | null } | null {
  const config = parseRecord(plainJson(text));
  if (config === null) return null;
  const { shared_folders: shared, storage_path: storage } = config;
  const folders = Array.isArray(shared) ? shared.flatMap(directoryOf) : [];
  return { folders, storage: typeof storage === 'string' ? storage : null };
}

const directoryOf = (folder: unknown): string[] => {
  const directory = isRecord(folder) ? folder['dir'] : undefined;
  return typeof directory === 'string' && /^[/~]/.test(directory) ? [directory] : [];
};
