import { join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { readConfigText } from './config-text.ts';
import { isRecord, parseRecord } from './json-record.ts';
import {
  NAME_THE_TREE,
  plainRoot,
  type Root,
  type RootsFound,
  type RootsRequest,
  type RootsTrouble,
} from './root.ts';

/** On a folder: it stays here and is in step no longer. On single files it is not looked for. */
export const DROPBOX_ATTRIBUTE = 'user.com.dropbox.ignored';

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

/** null: not a JSON object. */
function accountsOf(text: string): Root[] | null {
  const info = parseRecord(text);
  if (info === null) return null;
  return Object.entries(info).flatMap(([label, account]) => {
    const path = isRecord(account) ? account['path'] : undefined;
    return typeof path === 'string' && path.startsWith('/') ? [plainRoot(path, label, null)] : [];
  });
}
