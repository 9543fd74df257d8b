// config.xml with the watcher of one folder switched, every other byte as it was; only for a Syncthing that does not run.

import { parseSyncthingConfig } from './syncthing-config.ts';
import { parseElements } from './xml-elements.ts';

const FOLDER_TAG = /<folder\s[^<>]*>/g;
const WATCHER = /(\sfsWatcherEnabled\s*=\s*["'])[^"'<]*(?=["'])/;

/** null: it cannot be done with certainty (not UTF-8, no such folder, or written in a way not foreseen here). */
export function editSyncthingWatcher(before: Buffer, id: string, isWatched: boolean): Buffer | null {
  const text = before.toString();
  if (!Buffer.from(text).equals(before)) return null;
  const tags = [...text.matchAll(FOLDER_TAG)].filter(([tag]) => idOf(tag) === id);
  const [match] = tags;
  if (match === undefined || tags.length > 1) return null;
  const [tag] = match;
  const edited = WATCHER.test(tag)
    ? tag.replace(WATCHER, `$1${isWatched}`)
    : tag.replace(/\s*\/?>$/, (end) => ` fsWatcherEnabled="${isWatched}"${end}`);
  const after = text.slice(0, match.index) + edited + text.slice(match.index + tag.length);
  return isOnlyChange(text, after, { id, isWatched }) ? Buffer.from(after) : null;
}

function idOf(tag: string): string | undefined {
  const parsed = parseElements(tag.replace(/\/?>$/, '/>'));
  return parsed.ok ? parsed.value.attributes.get('id') : undefined;
}

/** What Syncthing would read of it has changed in this one setting; a tag in a comment changes nothing. */
function isOnlyChange(
  before: string,
  after: string,
  { id, isWatched }: { readonly id: string; readonly isWatched: boolean },
): boolean {
  const [was, is] = [parseSyncthingConfig(before), parseSyncthingConfig(after)];
  if (!was.ok || !is.ok) return false;
  const wanted = was.value.folders.map((folder) => (folder.id === id ? { ...folder, isWatched } : folder));
  return JSON.stringify(wanted) === JSON.stringify(is.value.folders);
}
