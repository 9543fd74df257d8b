// Where a daemon's trees are, by what kind of configuration it has.

import { resolve } from 'node:path';
import type { Profile } from '../domain/profile.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { readUserHome } from '../kernel/user-id.ts';
import { expandHome, placeOf, recognise } from './command.ts';
import { readDropboxRoots } from './dropbox-roots.ts';
import { readLsyncdRoots } from './lsyncd-roots.ts';
import { readMaestralRoots } from './maestral-roots.ts';
import { readNextcloudcmdRoots, readNextcloudRoots, readOwncloudRoots } from './nextcloud-roots.ts';
import { readOnedriveRoots } from './onedrive-roots.ts';
import { readRcloneRoots } from './rclone-roots.ts';
import { readResilioRoots } from './resilio-roots.ts';
import { BY_HAND, NAME_THE_TREE, type RootsFound, type RootsRequest, type RootsTrouble } from './root.ts';
import { readSeafileRoots } from './seafile-roots.ts';
import { readSyncthingRoots } from './syncthing-roots.ts';
import { withTreeRules } from './tree-rules.ts';
import { readUnisonRoots } from './unison-roots.ts';

type RootReader = (request: RootsRequest) => Result<RootsFound, RootsTrouble>;

const READER_OF: Readonly<Record<Exclude<Profile['roots'], 'none'>, RootReader>> = {
  'syncthing-xml': readSyncthingRoots,
  'lsyncd-lua': readLsyncdRoots,
  'rclone-argv': readRcloneRoots,
  'dropbox-info': readDropboxRoots,
  'nextcloud-ini': readNextcloudRoots,
  'owncloud-ini': readOwncloudRoots,
  'nextcloudcmd-argv': readNextcloudcmdRoots,
  'seafile-database': readSeafileRoots,
  'maestral-ini': readMaestralRoots,
  'onedrive-config': readOnedriveRoots,
  'unison-profile': readUnisonRoots,
  'resilio-json': readResilioRoots,
};

const NO_TREE: RootsFound = { roots: [], evidence: 'the profile: it keeps no local tree', sides: 1 };

/**
 * The trees the daemon's own configuration names, with what it leaves out of each; none for a mount or a plain command.
 * A command line that is not this daemon's own tells nothing and is not read.
 */
export function readRoots(profile: Profile, request: RootsRequest): Result<RootsFound, RootsTrouble> {
  if (profile.kind === 'mount' || profile.kind === 'process') return success(NO_TREE);
  if (profile.roots === 'none') {
    const reason = `nothing tells which tree ${profile.title} keeps in step`;
    const { listsRoots } = profile;
    const hint = listsRoots === undefined ? NAME_THE_TREE : `${listsRoots} shows them; name each: ${BY_HAND}`;
    return failure({ path: '', reason, hint });
  }
  const own = ownRequest(profile, request);
  const found = READER_OF[profile.roots](own);
  if (!found.ok) return found;
  return success({
    ...found.value,
    roots: found.value.roots.map((root) => withTreeRules(profile, root, own)),
  });
}

/** As the daemon itself will find it behind its prefixes: its own words, its variables, the home of whom it runs as. */
function ownRequest(profile: Profile, request: RootsRequest): RootsRequest {
  const own = recognise(request.argv, [profile], placeOf(request));
  if (own === null) return { ...request, argv: [] };
  const theirs = own.user === null ? null : readUserHome(own.user, request.sysroot ?? '');
  const isAnother = theirs !== null && theirs !== request.home;
  const outer = {
    ...(isAnother ? withoutPlaces(request.env) : request.env),
    HOME: theirs ?? request.home,
  };
  const set = Object.entries(own.variables).map(([name, value]) => [name, expanded(value, outer)]);
  const said: RootsRequest['env'] = { ...outer, ...Object.fromEntries(set) };
  const home = said['HOME'] ?? outer.HOME;
  const env = { ...said, PWD: directoryOf(said['PWD'], request.env['PWD'] ?? home) };
  // What a shell was given it expands; what stands on our own command line our shell has.
  const argv = own.argv.map((word) => (request.argv.includes(word) ? word : expanded(word, env)));
  return { ...request, argv, home, env };
}

/** One that only a shell would know is taken for ours. */
const directoryOf = (said: string | undefined, ours: string): string =>
  said === undefined || /[$`]/.test(said) ? ours : resolve(ours, said);

/** `~/`, `$NAME` and `${NAME}` as a shell would; a name that is not set stays as it is written. */
const expanded = (word: string, env: RootsRequest['env']): string =>
  expandHome(word, env['HOME'] ?? '').replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (sign, braced, plain) => env[braced ?? plain] ?? sign,
  );

/** Another user's login knows nothing of where ours keeps its configuration. */
function withoutPlaces(env: RootsRequest['env']): RootsRequest['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(XDG_|ST|UNISON)/.test(name)));
}
