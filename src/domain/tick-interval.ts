// How long the tick may sleep: so that nothing can get from here to a wall between two looks.
// Knows: how fast memory was seen to fill, and how fast it can. May not know: clocks, sensors.

import { BAND_AMPLE } from './guard-thresholds.ts';
import { phaseIndex } from './lifecycle.ts';
import type { ResourceName } from './resource.ts';
import { MiB } from './units.ts';

/** What a daemon can fill before anything was seen: 103 000 watches a second pinned 148 MB/s; page faults give about 1 GB/s. */
const PINNED_BYTES_PER_MS = 150_000;
const ANONYMOUS_BYTES_PER_MS: number = (1000 * MiB) / 1000;

/** The fill to expect of a resource before it was seen, bytes per ms; 0: it is not of bytes, and sets no pace. */
export function priorFill(resource: ResourceName): number {
  if (resource === 'memory') return ANONYMOUS_BYTES_PER_MS;
  return resource === 'dcachesize' || resource === 'kmemsize' ? PINNED_BYTES_PER_MS : 0;
}

/** Looks that fit into the time it takes to fill the headroom: one may be late, one must still act. */
const LOOKS_BEFORE_WALL = 3;

const START_FLOOR_MS = 1;
/**
 * What a tick of about 0.2 ms costs: 140 s of processor time an hour at 5 ms, 9.2 at 100 ms, 1.5 at 1 s (measured, 2
 * cores, Linux 6.18). 20 ms is about 36 s an hour: 1 %.
 */
export const DEFAULT_FLOOR_MS = 20;
const LONGEST_MS = 1000;

/**
 * Below a wall of the daemon's own the kernel refuses first: looks are for people and for the walls that are shared, which it
 * can fill no further than its own. At 4 a second they took 7 s of processor time an hour.
 */
const OWN_WALL_CALM_MS = 1000;
const OWN_WALL_NEAR_MS = 100;

export interface Pacing {
  /** true: the kernel stops the daemon at a wall under it alone. */
  readonly hasOwnWall: boolean;
  /** Shortest sleep outside the slow start, ms; DEFAULT_FLOOR_MS unless set. */
  readonly floorMs: number;
}

/** Judge is one. */
export interface Pace {
  /** Index into PHASES. */
  readonly phase: number;
  /** Index into BANDS. */
  readonly band: number;
  /** At the fastest fill seen or to be expected, ms; Infinity: no wall of memory is read. */
  readonly toWallMs: number;
}

const STARTING = phaseIndex('starting');
const PAUSED = phaseIndex('paused');

/** Milliseconds to the next look. */
export function intervalMs({ phase, band, toWallMs }: Pace, { hasOwnWall, floorMs }: Pacing): number {
  const isCalm = band === BAND_AMPLE && phase <= PAUSED;
  if (hasOwnWall) return isCalm && phase !== STARTING ? OWN_WALL_CALM_MS : OWN_WALL_NEAR_MS;
  // A daemon that is frozen or told to end fills nothing any more, and others are no business of a hurry.
  if (phase >= PAUSED) return OWN_WALL_NEAR_MS;
  const floor = phase === STARTING ? START_FLOOR_MS : floorMs;
  return Math.max(floor, Math.min(LONGEST_MS, toWallMs / LOOKS_BEFORE_WALL));
}
