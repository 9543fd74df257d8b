import { join } from 'node:path';
import { NO_EXCLUSIONS } from '../domain/exclusions.ts';
import { readRulesText } from './config-text.ts';
import type { RootsRequest, TreeRules } from './root.ts';
import { compileSyncExclude, parseSyncExclude } from './sync-exclude.ts';

export interface SyncExcludePlace {
  /** The tree: its own `.sync-exclude.lst` is read with the lists. Those of folders further down are not. */
  readonly root: string;
  /** `Nextcloud` or `ownCloud`: of the directories of configuration. */
  readonly client: string;
  readonly ignoresHidden: boolean;
}

/**
 * The user's list, which newer clients copy from the system's, else the system's, and the tree's own. A list given to nextcloudcmd
 * by `--exclude` counts from its own folder and so has no effect (3.7.3), unless it is called sync-exclude.lst.
 */
export function readSyncExclude(
  { root, client, ignoresHidden }: SyncExcludePlace,
  { home, env, sysroot }: Pick<RootsRequest, 'home' | 'env' | 'sysroot'>,
): TreeRules {
  const name = 'sync-exclude.lst';
  const user = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), client, name);
  const isUsers = readRulesText(user, sysroot).kind !== 'absent';
  const paths = [isUsers ? user : join('/etc', client, name), join(root, `.${name}`)];
  const read = paths.map((path) => ({ path, ...readRulesText(path, sysroot) }));
  const unread = read.flatMap((each) =>
    each.kind === 'unreadable' ? [`${each.path} (${each.reason})`] : [],
  );
  const patterns = read.flatMap((each) => (each.kind === 'text' ? parseSyncExclude(each.text) : []));
  const compiled = compileSyncExclude(patterns, ignoresHidden);
  if (!compiled.ok)
    return { ignore: NO_EXCLUSIONS, caveat: `${paths.join(' or ')}: ${compiled.error}; nothing is left out` };
  const caveat = `${unread.join(', ')} cannot be read: what it leaves out is counted`;
  return { ignore: compiled.value, caveat: unread.length > 0 ? caveat : null };
}
