// Where configuration and state live: the directories a service manager hands over, then the user's, then the system's.

import { basename, join } from 'node:path';

export interface PlaceRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly isRoot: boolean;
}

/** $STATE_DIRECTORY (of several the one that is ours), $XDG_STATE_HOME/syncguard, /var/lib/syncguard for root. */
export function stateDirectory({ environment, home, isRoot }: PlaceRequest): string {
  const given = ownOf(environment['STATE_DIRECTORY']);
  if (given) return given;
  const xdg = environment['XDG_STATE_HOME'];
  if (xdg) return join(xdg, 'syncguard');
  return isRoot ? '/var/lib/syncguard' : join(home, '.local/state/syncguard');
}

/**
 * Where running guards keep their directories: $RUNTIME_DIRECTORY (likewise), $XDG_RUNTIME_DIR/syncguard, /run/syncguard
 * for root, else one per user below /tmp, whose owner and mode the caller checks: anybody may make a name there.
 */
export function runtimeDirectory({ environment, isRoot, uid }: RuntimePlaceRequest): string {
  const given = ownOf(environment['RUNTIME_DIRECTORY']);
  if (given) return given;
  const xdg = environment['XDG_RUNTIME_DIR'];
  if (xdg) return join(xdg, 'syncguard');
  return isRoot ? '/run/syncguard' : `/tmp/syncguard-${uid}`;
}

/** A unit that syncguard stands in front of has its daemon's directory, too (systemd.exec(5)); none named so: the first. */
function ownOf(directories: string | undefined): string | undefined {
  const all = directories?.split(':') ?? [];
  return all.find(isOwnDirectory) ?? all[0];
}

/** Called as we are, or so and after a service. */
export const isOwnDirectory = (path: string): boolean => /(^|\/)syncguard(-[^/]*)?$/.test(path);

export interface RuntimePlaceRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly uid: number;
}

/** Below a guard's alerts: what was not given to the sinks yet. */
export const IN_TRAY = 'in';

/** Where a guard's alerts wait: kept apart by what is run on which trees, as starts are. */
export function alertsDirectory(state: string, subject: readonly string[]): string {
  const name = basename(subject[0] ?? '').replaceAll(/[^\w.-]/g, '_');
  return join(state, 'alerts', `${name}-${fingerprint(subject.join('\n'))}`);
}

/** FNV-1a, 32 bits in hex: names are to differ, nobody is to be kept from anything. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
