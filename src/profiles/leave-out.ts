// Leaving a folder out, in the daemon's own words, ready to be pasted: signs that mean something are made plain.

import type { Mechanism } from '../domain/leave-out.ts';
import type { Profile } from '../domain/profile.ts';

const plainGlob = (path: string): string => path.replace(/[\\*?[\]{}]/g, '\\$&');
/** Syncthing trims its lines: a space at the end only stands in a class. */
export const stignorePattern = (path: string): string => plainGlob(path).replace(/ $/, '[ ]');

/** Only a class makes a wild sign plain; a line's first signs may mean something, and blanks around it are dropped. */
const syncExcludePattern = (path: string): string =>
  path.replace(/\\/g, '\\\\').replace(/[*?[]/g, '[$&]').replace(/^#/, '\\#').replace(/^ /, '[ ]');

const insideShellQuotes = (text: string): string => text.replaceAll("'", "'\\''");
const insideLuaQuotes = (text: string): string => text.replace(/[\\']/g, '\\$&');

/** How a path is written inside the single quotes of that profile's command. lsyncd's patterns have no escape. */
const WRITTEN: Readonly<Record<Profile['ignore'], (path: string) => string>> = {
  stignore: (path) => insideShellQuotes(stignorePattern(path)),
  'rclone-filter': (path) => insideShellQuotes(plainGlob(path)),
  'lsyncd-exclude': insideLuaQuotes,
  'dropbox-attribute': insideShellQuotes,
  mignore: insideShellQuotes,
  'seafile-ignore': insideShellQuotes,
  'sync-exclude': syncExcludePattern,
  'onedrive-skip': insideShellQuotes,
  none: insideShellQuotes,
};

/** A mechanism's command for one folder: `root` absolute, `path` below it without a leading slash, both as text. */
export function renderLeaveOut(
  { ignore }: Profile,
  { command }: Mechanism,
  { root, path }: { readonly root: string; readonly path: string },
): string {
  const filled: Readonly<Record<string, string>> = {
    '{path}': WRITTEN[ignore](path),
    '{root}': insideShellQuotes(root),
  };
  return command.replace(/\{path\}|\{root\}/g, (sign) => filled[sign] ?? sign);
}
