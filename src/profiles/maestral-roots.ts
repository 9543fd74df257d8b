// Maestral's folders: one INI file an account.

import { join, resolve } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { flagValue } from './argv.ts';
import { expandHome } from './command.ts';
import { listConfigs, readConfigText, unreadableConfig } from './config-text.ts';
import { parseIni } from './ini-text.ts';
import {
  NAME_THE_TREE,
  plainRoot,
  type Root,
  type RootsFound,
  type RootsRequest,
  type RootsTrouble,
} from './root.ts';

const SUFFIX = '.ini';

/** The account of `--config-name`, else every account there is. */
export function readMaestralRoots(request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const { home, env, argv, sysroot } = request;
  const directory = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'maestral');
  const given = flagValue(argv, ['config-name', 'c']);
  const names = given === undefined ? listConfigs(directory, SUFFIX, sysroot) : [`${given}${SUFFIX}`];
  const roots: Root[] = [];
  for (const name of names) {
    const path = join(directory, name);
    const read = readConfigText(path, sysroot);
    if (read.kind === 'unreadable') return failure(unreadableConfig(path, read.reason));
    const folder = read.kind === 'text' ? parseIni(read.text).get('sync')?.get('path') : undefined;
    if (folder) roots.push(plainRoot(resolve(home, expandHome(folder, home)), name.slice(0, -4), null));
  }
  const place = names.length === 0 ? directory : names.map((name) => join(directory, name)).join(' or ');
  if (roots.length > 0) return success({ roots, evidence: place, sides: 1 });
  const reason = `no folder of a linked Maestral account in ${place}`;
  return failure({ path: place, reason, hint: `link it first, or ${NAME_THE_TREE}` });
}
