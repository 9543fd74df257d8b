// How a Syncthing that was started with --paused is released folder by folder: its REST API, and what is to be released.

import { resolve } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { flagValue } from './argv.ts';
import { expandHome } from './command.ts';
import { readConfigText } from './config-text.ts';
import type { RootsRequest } from './root.ts';
import { parseSyncthingConfig } from './syncthing-config.ts';
import { readSyncthingRoots } from './syncthing-roots.ts';
import { childrenOf, parseElements, type XmlElement } from './xml-elements.ts';

export interface SyncthingApiPlace {
  /** `127.0.0.1:8384`, `0.0.0.0:8384`, `[::]:8384`, `localhost:8384` or an absolute path of a socket. */
  readonly address: string;
  readonly isTls: boolean;
  readonly apiKey: string;
}

export interface SyncthingControl {
  /** The config.xml this was read from. */
  readonly configPath: string;
  readonly api: SyncthingApiPlace;
  readonly folders: readonly {
    readonly id: string;
    readonly label: string;
    /** Absolute. */
    readonly path: string;
    readonly paused: boolean;
  }[];
  readonly devices: readonly { readonly id: string; readonly paused: boolean }[];
}

/**
 * As config.xml stands. --paused is not written there before the first change through the API (1.19.2), so until then
 * `paused` is what the user had decided.
 */
export function readSyncthingControl(request: RootsRequest): Result<SyncthingControl, string> {
  const roots = readSyncthingRoots(request);
  if (!roots.ok) return failure(roots.error.reason);
  const configPath = roots.value.evidence;
  const read = readConfigText(configPath, request.sysroot);
  const text = read.kind === 'text' ? read.text : '';
  const document = parseElements(text);
  const folders = parseSyncthingConfig(text);
  if (!document.ok || !folders.ok) return failure(`${configPath} changed while it was read`);
  const api = apiPlaceOf(document.value, request);
  if (api === null) return failure(`${configPath} has no REST API switched on`);
  return success({
    configPath,
    api,
    folders: folders.value.folders.map(({ id, label, path, paused }) => ({
      id,
      label,
      path: resolve(request.home, expandHome(path, request.home)),
      paused,
    })),
    devices: childrenOf(document.value, 'device').map((device) => ({
      id: device.attributes.get('id') ?? '',
      paused: textOf(device, 'paused') === 'true',
    })),
  });
}

const textOf = (element: XmlElement, name: string): string | undefined => childrenOf(element, name)[0]?.text;

/** The command line wins over the environment, that over the file (lib/config and cmd/syncthing of 1.19). */
function apiPlaceOf(document: XmlElement, { argv, env }: RootsRequest): SyncthingApiPlace | null {
  const [gui] = childrenOf(document, 'gui');
  const said = flagValue(argv, ['gui-address']) ?? env['STGUIADDRESS'];
  const apiKey = flagValue(argv, ['gui-apikey']) ?? env['STGUIAPIKEY'] ?? (gui && textOf(gui, 'apikey'));
  const address = said ?? (gui && textOf(gui, 'address'));
  const isOff = gui?.attributes.get('enabled') === 'false' && said === undefined;
  if (isOff || !apiKey || !address) return null;
  const [, scheme, rest = ''] = /^(?:(https?|unixs?):\/\/)?(.+?)\/?$/.exec(address) ?? [];
  const isTls =
    scheme === undefined ? gui?.attributes.get('tls') === 'true' : /s$/.test(scheme) && scheme !== 'unix';
  return { address: rest, isTls, apiKey };
}
