import { join, resolve } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { flagValue } from './argv.ts';
import { expandHome } from './command.ts';
import { readFirstConfig } from './config-text.ts';
import { NAME_THE_TREE, type Root, type RootsFound, type RootsRequest, type RootsTrouble } from './root.ts';
import { readStignore } from './stignore-file.ts';
import { parseSyncthingConfig, type SyncthingFolder } from './syncthing-config.ts';

/** Directories that may hold config.xml, in Syncthing's own order (lib/locations): a home it is given is the only one. */
function configHomes({ home, env, argv }: RootsRequest): string[] {
  const given = flagValue(argv, ['home', 'config', 'conf']) ?? env['STHOMEDIR'] ?? env['STCONFDIR'];
  if (given) return [resolve(home, expandHome(given, home))];
  return [
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'syncthing'),
    join(env['XDG_STATE_HOME'] || join(home, '.local/state'), 'syncthing'),
  ];
}

/** 1.19.2 writes 36 into its configuration, the last 1.x 37; 2.x, with another index, counts on from there. */
const LAST_VERSION_OF_1 = 37;

/** Every folder of the first config.xml found, with its .stignore. */
export function readSyncthingRoots(request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const paths = configHomes(request).map((home) => join(home, 'config.xml'));
  const read = readFirstConfig(paths, request.sysroot);
  if (!read.ok) return read;
  if (read.value !== null) return foldersOf(read.value.path, read.value.text, request);
  return failure({
    path: paths[0] ?? '',
    reason: `no Syncthing configuration at ${paths.join(' or ')}`,
    hint: `start syncthing once as its owner, give its --home, or ${NAME_THE_TREE}`,
  });
}

function foldersOf(path: string, text: string, request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const parsed = parseSyncthingConfig(text);
  if (!parsed.ok) {
    const { reason, line } = parsed.error;
    return failure({ path, reason: `${path}, line ${line}: ${reason}`, hint: NAME_THE_TREE });
  }
  const { folders, version } = parsed.value;
  const isNewer = version !== null && version > LAST_VERSION_OF_1;
  return success({
    roots: folders.map((folder) => rootOf(folder, request)),
    evidence: path,
    sides: 1,
    ...(isNewer ? { otherGeneration: `${path} has version ${version}: a Syncthing after 1.x` } : {}),
  });
}

function rootOf(folder: SyncthingFolder, { home, sysroot }: RootsRequest): Root {
  const path = resolve(home, expandHome(folder.path, home));
  const { ignore, caveat } = readStignore(path, { sysroot, isWatched: folder.isWatched });
  return {
    path,
    label: folder.label,
    paused: folder.paused,
    watched: folder.isWatched,
    ignore,
    caveat,
  };
}
