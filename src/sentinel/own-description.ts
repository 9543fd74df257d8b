// A descriptor that never waits for its reader. A daemon's standard error may be a pipe that nobody empties: the daemon
// may wait there, as it would without us; its guard may not.

import { closeSync, constants, fstatSync, openSync } from 'node:fs';

export interface OwnDescription {
  readonly descriptor: number;
  close(): void;
}

/**
 * A description of our own on the same pipe or terminal; O_NONBLOCK set on the shared one would be the daemon's too. A file
 * is kept as it is: it never waits, and a second offset in it would be written over. A socket cannot be reopened.
 */
export function openOwnDescription(descriptor: number): OwnDescription {
  try {
    if (!canWait(descriptor)) return { descriptor, close: () => {} };
    const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
    const own = openSync(`/proc/self/fd/${descriptor}`, flags);
    return { descriptor: own, close: () => closeSync(own) };
  } catch {
    return { descriptor, close: () => {} };
  }
}

function canWait(descriptor: number): boolean {
  const stat = fstatSync(descriptor);
  return stat.isFIFO() || stat.isCharacterDevice();
}
