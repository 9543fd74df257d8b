import { basename, join } from 'node:path';
import type { Exclusions, RulesWithin } from '../domain/exclusions.ts';
import { type ConfigText, readRulesText } from './config-text.ts';
import { textOfBytes } from './path-text.ts';
import type { RootsRequest, TreeRules } from './root.ts';
import { parseSyncExclude, SyncExcludeLists } from './sync-exclude.ts';

export interface SyncExcludePlace {
  readonly root: string;
  /** `Nextcloud` or `ownCloud`: of the directories of configuration. */
  readonly client: 'Nextcloud' | 'ownCloud';
  readonly ignoresHidden: boolean;
  /** What `--exclude` names, absolute; null: nothing. */
  readonly given: string | null;
}

const NAME = 'sync-exclude.lst';

/** A list of a tree itself, which ownCloud's client has not (2.11). */
const OWN_NAME = `.${NAME}`;

/**
 * The user's list, which newer clients copy from the system's, else the system's, one given on the command line, and the tree's
 * own, at its top and further down; without any of the others none further down is read (3.7.3).
 */
export function readSyncExclude(
  place: SyncExcludePlace,
  { home, env, sysroot }: Pick<RootsRequest, 'home' | 'env' | 'sysroot'>,
): TreeRules {
  const { root, client, ignoresHidden } = place;
  const user = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), client, NAME);
  const isUsers = readRulesText(user, sysroot).kind !== 'absent';
  const hasOwn = client === 'Nextcloud';
  const paths = [
    isUsers ? user : join('/etc', client, NAME),
    ...givenLists(place),
    ...(hasOwn ? [join(root, OWN_NAME)] : []),
  ];
  const read = paths.map((path) => ({ path, ...readRulesText(path, sysroot) }));
  const lists = new SyncExcludeLists(ignoresHidden);
  const isUnderstood = lists.add('', read.flatMap(patternsOf));
  const within =
    hasOwn && read.some(({ kind }) => kind === 'text')
      ? { rulesWithin: rulesWithin(lists, (below) => readRulesText(join(root, below, OWN_NAME), sysroot)) }
      : {};
  const ignore: Exclusions = { ...lists.exclusions, ...within };
  if (!isUnderstood)
    return { ignore, caveat: `${paths.join(' or ')}: ${NOT_UNDERSTOOD}; nothing is left out by them` };
  const unread = read.flatMap((each) =>
    each.kind === 'unreadable' ? [`${each.path} (${each.reason})`] : [],
  );
  const caveat = `${unread.join(', ')} cannot be read: what it leaves out is counted`;
  return { ignore, caveat: unread.length > 0 ? caveat : null };
}

/** Nextcloud's paths in it count from its own folder, where they have no effect, unless it is called as its own lists are. */
const givenLists = ({ client, given }: SyncExcludePlace): string[] =>
  given !== null && (client === 'ownCloud' || basename(given).toLowerCase() === NAME) ? [given] : [];

const patternsOf = (read: ConfigText) => (read.kind === 'text' ? parseSyncExclude(read.text) : []);

const NOT_UNDERSTOOD = 'a [] in it is not understood here';

/** Lists further down, each read once; the root's own is there already. */
function rulesWithin(lists: SyncExcludeLists, textIn: (directory: string) => ConfigText): RulesWithin {
  const known = new Set(['']);
  const odd: string[] = [];
  return {
    leafName: OWN_NAME,
    read(directory) {
      if (known.has(directory)) return false;
      known.add(directory);
      const patterns = patternsOf(textIn(textOfBytes(directory)));
      if (!lists.add(directory, patterns)) odd.push(textOfBytes(directory));
      return patterns.length > 0;
    },
    trouble: () =>
      odd.length === 0
        ? null
        : `${OWN_NAME} in ${odd.join(', ')}: ${NOT_UNDERSTOOD}; nothing is left out there`,
  };
}
