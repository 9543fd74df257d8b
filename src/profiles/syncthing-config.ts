// Syncthing's config.xml: which folders there are.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import { childrenOf, parseElements, type XmlElement } from './xml-elements.ts';

export interface SyncthingFolder {
  readonly id: string;
  readonly label: string;
  /** As written: `~` and relative paths are for the reader to resolve. */
  readonly path: string;
  readonly paused: boolean;
  readonly isWatched: boolean;
}

export interface SyncthingConfig {
  /** The folders in use; the template below <defaults> is not one. */
  readonly folders: readonly SyncthingFolder[];
  /** Of the configuration's form, not the program's; null: not told. */
  readonly version: number | null;
}

export function parseSyncthingConfig(text: string): Result<SyncthingConfig, Malformed> {
  const parsed = parseElements(text);
  if (!parsed.ok) return parsed;
  if (parsed.value.name !== 'configuration')
    return failure({ reason: `its root is <${parsed.value.name}>, not <configuration>`, line: 1 });
  const version = Number(parsed.value.attributes.get('version') ?? Number.NaN);
  return success({
    folders: childrenOf(parsed.value, 'folder').flatMap(folderOf),
    version: Number.isInteger(version) ? version : null,
  });
}

/** A setting is a child element; older versions wrote some as attributes. */
const setting = (folder: XmlElement, name: string): string | undefined =>
  childrenOf(folder, name)[0]?.text ?? folder.attributes.get(name);

function folderOf(element: XmlElement): SyncthingFolder[] {
  const path = element.attributes.get('path') ?? '';
  if (path === '') return [];
  const id = element.attributes.get('id') ?? '';
  return [
    {
      id,
      label: element.attributes.get('label') || id || path,
      path,
      paused: setting(element, 'paused') === 'true',
      isWatched: setting(element, 'fsWatcherEnabled') !== 'false',
    },
  ];
}
