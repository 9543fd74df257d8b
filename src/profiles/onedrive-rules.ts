// What onedrive (abraunegg) leaves out by its configuration: skip_dir, skip_file, skip_dotfiles, check_nosync, sync_list
// (docs/usage.md; clientSideFiltering.d and util.d, 2.4 and 2.5). Not tried against the program: see sync-list.ts.

import type { Exclusions } from '../domain/exclusions.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { compileRegExp, textOfBytes } from './path-text.ts';
import { compileSyncList } from './sync-list.ts';

export interface OnedriveRules {
  /** By key; several lines of skip_dir and skip_file are one value, joined by `|`. */
  readonly settings: ReadonlyMap<string, string>;
  /** Text of sync_list; null: there is none. */
  readonly syncList: string | null;
}

/** Where the configuration says nothing (2.4.23; 2.5 has one more). */
const DEFAULT_SKIP_FILE = '~*|.~*|*.tmp';

/** What has a meaning of its own here; any other sign is taken over as a regular expression's, as onedrive does. */
const WILD: Readonly<Record<string, string>> = {
  '*': '[^/]*',
  '?': '[^/]',
  '|': '$|^',
  '.': '\\.',
  '+': '\\+',
  ' ': '\\s',
  '/': '\\/',
  '(': '\\(',
  ')': '\\)',
};

/** A mask over whole paths or names, whatever their case; null: it is not an expression, and onedrive would end. */
const maskOf = (mask: string): RegExp | null =>
  compileRegExp(`^${Array.from(mask, (sign) => WILD[sign] ?? sign).join('')}$`, 'iu');

/** A path with its leading slash, and where matching is not strict without it, and its name. */
const isMasked = (mask: RegExp, path: string, isStrict: boolean): boolean =>
  mask.test(`/${path}`) ||
  (!isStrict && (mask.test(path) || mask.test(path.slice(path.lastIndexOf('/') + 1))));

/** The error is what stops them. */
export function compileOnedriveRules({ settings, syncList }: OnedriveRules): Result<Exclusions, string> {
  const is = (key: string): boolean => settings.get(key) === 'true';
  const directories = maskOf(settings.get('skip_dir') ?? '');
  const files = maskOf(settings.get('skip_file') ?? DEFAULT_SKIP_FILE);
  if (directories === null) return failure('skip_dir is no pattern');
  if (files === null) return failure('skip_file is no pattern');
  const isUnlisted = syncList === null ? () => false : compileSyncList(syncList, is('sync_root_files'));
  const isDotFile = (name: string): boolean => is('skip_dotfiles') && name.startsWith('.');
  const isStrict = is('skip_dir_strict_match');
  return success({
    prunesDirectory: (bytes, name) => {
      const path = textOfBytes(bytes);
      return isDotFile(name) || isMasked(directories, path, isStrict) || isUnlisted(path, true);
    },
    skipsLeaf: (bytes, name) => {
      const path = textOfBytes(bytes);
      return isDotFile(name) || isMasked(files, path, false) || isUnlisted(path, false);
    },
    ...(is('check_nosync') && { markers: ['.nosync'] }),
  });
}
