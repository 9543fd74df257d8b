// What leaves things out of a tree besides what a daemon's configuration tells of it.

import { resolve } from 'node:path';
import { NO_EXCLUSIONS } from '../domain/exclusions.ts';
import type { Profile } from '../domain/profile.ts';
import { flagValue } from './argv.ts';
import { DROPBOX_ATTRIBUTE } from './dropbox-roots.ts';
import { readMignore } from './mignore.ts';
import type { Root, RootsRequest, TreeRules } from './root.ts';
import { readSeafileIgnore } from './seafile-ignore.ts';
import { readStignore } from './stignore-file.ts';
import { readSyncExclude, type SyncExcludePlace } from './sync-exclude-file.ts';

const NO_RULES: TreeRules = { ignore: NO_EXCLUSIONS, caveat: null };

/** Rules that lie in a tree, or are the same for every tree, of one named by hand too; others belong to a root. */
export function readTreeRules(
  profile: Profile,
  path: string,
  { home = '', env = {}, argv = [], sysroot }: Partial<RootsRequest>,
): TreeRules {
  switch (profile.ignore) {
    case 'stignore':
      return readStignore(path, { sysroot });
    case 'mignore':
      return readMignore(path, sysroot);
    case 'seafile-ignore':
      return readSeafileIgnore(path, sysroot);
    case 'sync-exclude':
      return readSyncExclude(syncExcludePlace(profile, path, { argv, env, home }), { home, env, sysroot });
    case 'dropbox-attribute':
      return { ignore: { ...NO_EXCLUSIONS, attribute: DROPBOX_ATTRIBUTE }, caveat: null };
    default:
      return NO_RULES;
  }
}

/** The command leaves out what is hidden, unless told otherwise; the desktop client does not. */
function syncExcludePlace(
  { roots }: Profile,
  root: string,
  { argv, env, home }: RootsRequest,
): SyncExcludePlace {
  const isOwncloud = roots === 'owncloud-ini' || argv.some((word) => /(?:^|\/)owncloudcmd$/.test(word));
  const isCommand = roots === 'nextcloudcmd-argv';
  const given = isCommand ? flagValue(argv, ['exclude']) : undefined;
  return {
    root,
    client: isOwncloud ? 'ownCloud' : 'Nextcloud',
    ignoresHidden: isCommand && !argv.includes('-h'),
    given: given === undefined ? null : resolve(env['PWD'] ?? home, given),
  };
}

/** A root with these rules besides its own. */
export function withTreeRules(profile: Profile, root: Root, request: RootsRequest): Root {
  // Its reader knows whether the folder is watched, on which what may be skipped depends.
  if (profile.ignore === 'stignore') return root;
  const { ignore, caveat } = readTreeRules(profile, root.path, request);
  const caveats = [root.caveat, caveat].filter((each) => each !== null);
  return {
    ...root,
    ignore: ignore === NO_EXCLUSIONS ? root.ignore : ignore,
    caveat: caveats.length > 0 ? caveats.join('; ') : null,
  };
}
