import { join } from 'node:path';
import { NO_EXCLUSIONS } from '../domain/exclusions.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { readConfigText } from './config-text.ts';
import { NAME_THE_TREE, type Root, type RootsFound, type RootsRequest, type RootsTrouble } from './root.ts';

// One getxattr per entry would touch what the census is careful not to touch.
const CAVEAT =
  'folders left out by the attribute user.com.dropbox.ignored are counted: reading it would touch every entry';

/** One root per linked account: personal, business or both. */
export function readDropboxRoots({ home, sysroot }: RootsRequest): Result<RootsFound, RootsTrouble> {
  const path = join(home, '.dropbox/info.json');
  const trouble = (reason: string, hint: string = NAME_THE_TREE) => failure({ path, reason, hint });
  const read = readConfigText(path, sysroot);
  if (read.kind === 'absent')
    return trouble(
      `no ${path}: this Dropbox is not linked to an account yet`,
      `link it first, or ${NAME_THE_TREE}`,
    );
  if (read.kind === 'unreadable') return trouble(`${path} cannot be read: ${read.reason}`);
  const accounts = accountsOf(read.text);
  if (accounts === null) return trouble(`${path} is not whole JSON: Dropbox may be writing it`);
  if (accounts.length === 0) return trouble(`${path} names no account with a folder`);
  return success({ roots: accounts, evidence: path, sides: 1 });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** null: not a JSON object. */
function accountsOf(text: string): Root[] | null {
  try {
    const info: unknown = JSON.parse(text);
    if (!isRecord(info)) return null;
    return Object.entries(info).flatMap(([label, account]) => {
      const path = isRecord(account) ? account['path'] : undefined;
      if (typeof path !== 'string' || !path.startsWith('/')) return [];
      return [{ path, label, paused: false, watched: true, ignore: NO_EXCLUSIONS, caveat: CAVEAT }];
    });
  } catch {
    return null;
  }
}
