// Where configuration and state live: the directories a service manager hands over, then the user's, then the system's.

import { join } from 'node:path';

export interface PlaceRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly isRoot: boolean;
}

/** $STATE_DIRECTORY (systemd may give several, the first is ours), $XDG_STATE_HOME/syncguard, /var/lib/syncguard for root. */
export function stateDirectory({ environment, home, isRoot }: PlaceRequest): string {
  const given = environment['STATE_DIRECTORY']?.split(':')[0];
  if (given) return given;
  const xdg = environment['XDG_STATE_HOME'];
  if (xdg) return join(xdg, 'syncguard');
  return isRoot ? '/var/lib/syncguard' : join(home, '.local/state/syncguard');
}

/**
 * Where running guards keep their directories: $RUNTIME_DIRECTORY (the first), $XDG_RUNTIME_DIR/syncguard, /run/syncguard
 * for root, else one per user below /tmp, whose owner and mode the caller checks: anybody may make a name there.
 */
export function runtimeDirectory({ environment, isRoot, uid }: RuntimePlaceRequest): string {
  const given = environment['RUNTIME_DIRECTORY']?.split(':')[0];
  if (given) return given;
  const xdg = environment['XDG_RUNTIME_DIR'];
  if (xdg) return join(xdg, 'syncguard');
  return isRoot ? '/run/syncguard' : `/tmp/syncguard-${uid}`;
}

export interface RuntimePlaceRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly uid: number;
}
