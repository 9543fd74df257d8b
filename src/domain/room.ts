// The room that `run` makes for a daemon: how much of its container it may hold, and how much stays with the rest.
// Knows: the rule. May not know: whether a cgroup can be made, or who asks.

import { MiB } from './units.ts';

/** The guard holds 10 MiB of it for good (Node 20, 6.18 v1); beside it a login shell, a service, and what they read. */
const REST_BYTES: number = 32 * MiB;
const REST_SHARE = 0.05;
/** A container too small to leave that much is halved, or its daemon would get nothing of what it could have. */
const MOST_SHARE = 0.5;

/** Bytes of a container's limit that are not the daemon's; `restFirmBytes` is what the rest holds for good. */
function restBytes(limitBytes: number, restFirmBytes: number): number {
  return Math.max(Math.min(REST_BYTES, limitBytes * MOST_SHARE), limitBytes * REST_SHARE, restFirmBytes);
}

/** Whole bytes that the daemon's own cgroup may hold; 0 or less: no room below that limit. */
export const roomBytes = (limitBytes: number, restFirmBytes: number): number =>
  Math.floor(limitBytes - restBytes(limitBytes, restFirmBytes));
