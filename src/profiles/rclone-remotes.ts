// Remotes of rclone.conf that end up on this machine: `local` itself, an alias of a folder, a wrapper around one, a union of some.

import { join, resolve } from 'node:path';
import { readConfigText } from './config-text.ts';
import { parseIni } from './ini-text.ts';
import { localPath, type RcloneCommand } from './rclone-command.ts';
import type { RootsRequest } from './root.ts';

export interface LocalEnd {
  readonly path: string;
  /** true: names there are not those that rclone's filters are asked about. */
  readonly isEncrypted: boolean;
}

type Remote = ReadonlyMap<string, string>;
export type Remotes = (name: string) => Remote | undefined;

/** Names stay as they are; what is below a name of the remote is below its folder. */
const WRAPPERS: ReadonlySet<string> = new Set(['alias', 'chunker', 'compress', 'hasher', 'cache']);
const GATHERERS: ReadonlySet<string> = new Set(['union', 'combine']);
/** A remote may be named in its own upstreams. */
const DEEPEST = 8;

/** Sections of rclone.conf, variables (`RCLONE_CONFIG_NAS_TYPE`) over them; an encrypted file tells nothing. */
export function readRemotes({ flags }: RcloneCommand, { home, env, sysroot }: RootsRequest): Remotes {
  const given = flags.get('config')?.at(-1) ?? env['RCLONE_CONFIG'];
  const usual = [
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'rclone/rclone.conf'),
    join(home, '.rclone.conf'),
  ];
  const paths = given === undefined ? usual : [resolve(env['PWD'] ?? home, given)];
  const texts = paths.map((path) => readConfigText(path, sysroot));
  const sections = parseIni(texts.find((each) => each.kind === 'text')?.text ?? '');
  return (name) => {
    const prefix = `RCLONE_CONFIG_${name.toUpperCase()}_`;
    const said = Object.entries(env).flatMap(([key, value]): [string, string][] =>
      key.startsWith(prefix) && value !== undefined ? [[key.slice(prefix.length).toLowerCase(), value]] : [],
    );
    const section = sections.get(name);
    return section === undefined && said.length === 0 ? undefined : new Map([...(section ?? []), ...said]);
  };
}

/** Where an end of the command line is on this machine: none, or several folders of a union. */
export function localEnds(end: string, remotes: Remotes, depth = 0): readonly LocalEnd[] {
  const path = localPath(end);
  if (path !== null) return [{ path, isEncrypted: false }];
  const [, name = '', below = ''] = /^([^/:,]+)(?:,[^:]*)?:(.*)$/s.exec(end) ?? [];
  const remote = remotes(name);
  if (remote === undefined || depth >= DEEPEST) return [];
  return endsOf(remote, below, (inner) => localEnds(inner, remotes, depth + 1));
}

function endsOf(
  remote: Remote,
  below: string,
  ends: (inner: string) => readonly LocalEnd[],
): readonly LocalEnd[] {
  const type = remote.get('type') ?? '';
  if (type === 'local') return [{ path: below, isEncrypted: false }];
  if (GATHERERS.has(type)) return upstreamsOf(remote).flatMap(ends);
  const inner = remote.get('remote');
  if (inner === undefined) return [];
  if (WRAPPERS.has(type)) return ends(within(inner, below));
  return type === 'crypt' ? ends(inner).map(encrypted) : [];
}

const within = (remote: string, below: string): string =>
  below === '' || /[:/]$/.test(remote) ? remote + below : `${remote}/${below}`;

const encrypted = (end: LocalEnd): LocalEnd => ({ ...end, isEncrypted: true });

/** As a union (`/a nas:b:ro`) or a combination (`name=/a`) has them; what is asked of below them is not looked at. */
const upstreamsOf = (remote: Remote): string[] =>
  (remote.get('upstreams') ?? '')
    .split(/\s+/)
    .filter((each) => each !== '')
    .map((each) => each.replace(/^[^=/:]+=/, '').replace(/:(?:ro|nc|writeback)$/, ''));
