// Where configuration and state live: the directories a service manager hands over, then the user's, then the system's.

import { join } from 'node:path';

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
