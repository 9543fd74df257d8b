// Seafile's libraries: which folder each is kept in, from the daemon's own database.

import { basename, join, resolve } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { flagValue } from './argv.ts';
import { expandHome } from './command.ts';
import { readConfigBytes, readFirstConfig } from './config-text.ts';
import {
  BY_HAND,
  plainRoot,
  type Root,
  type RootsFound,
  type RootsRequest,
  type RootsTrouble,
} from './root.ts';
import { readSqliteTable, type SqliteRow } from './sqlite-table.ts';

const HINT = `seaf-cli list shows its libraries; name each folder: ${BY_HAND}`;

/** Every library that has a folder here and was not removed. */
export function readSeafileRoots(request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const directory = dataDirectory(request);
  if (!directory.ok) return directory;
  const path = join(directory.value, 'repo.db');
  const trouble = (reason: string) => failure({ path, reason, hint: HINT });
  const read = readConfigBytes(path, request.sysroot);
  if (read.kind === 'absent') return trouble(`no Seafile library yet: there is no ${path}`);
  if (read.kind === 'unreadable') return trouble(`${path} cannot be read: ${read.reason}`);
  const [libraries, removed, properties] = ['Repo', 'DeletedRepo', 'RepoProperty'].map((table) =>
    readSqliteTable(read.bytes, table),
  );
  if (!libraries?.ok || !removed?.ok || !properties?.ok) {
    const first = [libraries, removed, properties].find((table) => table?.ok === false);
    return trouble(`${path}: ${first?.ok === false ? first.error : 'no table'}`);
  }
  const gone = new Set(removed.value.map(([id]) => id));
  const kept = libraries.value.flatMap(([id]) => (gone.has(id ?? null) ? [] : [String(id)]));
  const roots = kept.flatMap((id) => rootOf(id, properties.value));
  return roots.length > 0
    ? success({ roots, evidence: path, sides: 1 })
    : trouble(`${path} names no library with a folder here`);
}

/** `-d` of seaf-daemon; else what seafile.ini below `-c` or ~/.ccnet says. */
function dataDirectory({ home, argv, sysroot }: RootsRequest): Result<string, RootsTrouble> {
  const given = flagValue(argv, ['d']);
  if (given !== undefined) return success(resolve(home, expandHome(given, home)));
  const directory = resolve(home, expandHome(flagValue(argv, ['c']) ?? '~/.ccnet', home));
  const path = join(directory, 'seafile.ini');
  const read = readFirstConfig([path], sysroot);
  if (!read.ok) return read;
  const said = read.value?.text.trim() ?? '';
  if (said.startsWith('/')) return success(said);
  const reason = read.value === null ? `no Seafile configuration at ${path}` : `${path} names no directory`;
  return failure({ path, reason, hint: HINT });
}

function rootOf(id: string, properties: readonly SqliteRow[]): Root[] {
  const said = (key: string): string | undefined => {
    const value = properties.findLast(([repo, name]) => repo === id && name === key)?.[2];
    return typeof value === 'string' ? value : undefined;
  };
  const folder = said('worktree');
  if (folder === undefined || !folder.startsWith('/')) return [];
  return [
    { ...plainRoot(resolve(folder), basename(folder) || id, null), paused: said('auto-sync') === 'false' },
  ];
}
