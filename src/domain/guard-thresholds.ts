// A policy and a wall as absolute numbers, and how long each phase lasts before it leads on.
// Knows: what each resource may lead to, and the dwell table. May not know: clocks, or how judged was read.

import { BANDS, type Band, bandIndex, type Phase } from './lifecycle.ts';
import type { Policy } from './policy.ts';
import type { ResourceName } from './resource.ts';

/** Integers in the row's own unit; `judged >= xFrom` is inside. NEVER where the resource may not go so far. */
export interface GuardThresholds {
  readonly resumeBelow: number;
  readonly throttleFrom: number;
  readonly pauseFrom: number;
  readonly stopFrom: number;
}

/** No reading reaches it: the kernel's counters are pages times 4096, far below 2^53. */
export const NEVER: number = Number.MAX_SAFE_INTEGER;

/** Share of the wall below which a paused or throttled daemon may go on (`resume below 75 %`). */
export const RESUME_AT = 0.75;

/**
 * The harshest band a resource may reach. Disks are not freed by ending a daemon, and a full disk harms no process by
 * itself; inotify is read at the gate only (233 ms for 60 000 watches); what no sync daemon fills is only told.
 */
const POWER_OF: Partial<Readonly<Record<ResourceName, Band>>> = {
  memory: 'stop',
  dcachesize: 'stop',
  kmemsize: 'stop',
  pids: 'stop',
  numproc: 'stop',
  disk_space: 'pause',
  disk_inodes: 'pause',
  inotify_watches: 'throttle',
};

/** The harshest band this resource may lead to; `warm`: it is told, and nothing is done. */
export const powerOf = (name: ResourceName): Band => POWER_OF[name] ?? 'warm';

/** Up to here an admitted tree may fill a wall; above it the next allocation of anybody decides. */
const LAST_SHARE = 0.98;

/** A wall in the row's own unit, above 0, and what may be done at it. */
export interface ThresholdRequest {
  readonly policy: Policy;
  readonly wall: number;
  readonly power: Band;
  /** What the gate foresaw at this wall and admitted, in the row's own unit; 0: nothing. */
  readonly admitted: number;
}

/**
 * The thresholds of one wall. A tree that was admitted and has not changed is not paused or stopped for its own cost: what
 * the gate foresaw, error included, lies below both.
 */
export function compileThresholds({ policy, wall, power, admitted }: ThresholdRequest): GuardThresholds {
  const foreseen = Number.isFinite(wall) ? Math.min(admitted, LAST_SHARE * wall) / wall : 0;
  const pauseAt = Math.max(policy.pauseAt, foreseen);
  const from = (band: Band, share: number): number =>
    bandIndex(power) < bandIndex(band) ? NEVER : Math.min(NEVER, Math.ceil(share * wall));
  return {
    // resume-at may not stand above throttle-at: a daemon would be resumed into the band that throttles it.
    resumeBelow: from('warm', Math.min(RESUME_AT, policy.throttleAt)),
    throttleFrom: from('throttle', policy.throttleAt),
    pauseFrom: from('pause', pauseAt),
    stopFrom: from('stop', pauseAt > policy.stopAt ? (pauseAt + 1) / 2 : policy.stopAt),
  };
}

/** The band of a reading, as an index into BANDS; a reading that is a gap (below 0) is `warm`: it neither resumes nor acts. */
export function bandOf(judged: number, thresholds: GuardThresholds): number {
  if (judged >= thresholds.stopFrom) return BAND_STOP;
  if (judged >= thresholds.pauseFrom) return BAND_PAUSE;
  if (judged >= thresholds.throttleFrom) return BAND_THROTTLE;
  return judged >= thresholds.resumeBelow || judged < 0 ? BAND_WARM : BAND_AMPLE;
}

export const BAND_AMPLE: number = BANDS.indexOf('ample');
export const BAND_WARM: number = BANDS.indexOf('warm');
export const BAND_THROTTLE: number = BANDS.indexOf('throttle');
export const BAND_PAUSE: number = BANDS.indexOf('pause');
export const BAND_STOP: number = BANDS.indexOf('stop');

const SECOND_MS = 1000;
const MINUTE_MS: number = 60 * SECOND_MS;

/** A brake is let go after this long in `ample`; a pause the same, doubled with every flap. */
export const RELIEF_DWELL_MS: number = MINUTE_MS;
/** The longest a pause waits in `ample` however often it flapped. */
export const LONGEST_RELIEF_DWELL_MS: number = 60 * MINUTE_MS;
/** A pause outside `ample` ends in a stop: nothing stays stopped for ever, and a frozen daemon frees nothing by itself. */
export const LONGEST_PAUSE_MS: number = 30 * MINUTE_MS;
/** A pause that leaves a wall in the stop band has not helped. */
export const PAUSE_HELPS_MS: number = MINUTE_MS;
/** TERM has this long before KILL; a profile may raise it. Syncthing closes its database in 1 to 5 s. */
export const STOP_GRACE_MS: number = 8 * SECOND_MS;
/** KILL is sent again after this long: a fork may have escaped the list. */
export const KILL_AGAIN_MS: number = SECOND_MS;

/**
 * How long (phase, band) lasts before it leads on, ms; NEVER: it does not by time. `reliefMs` is the pause's own dwell
 * in ample (doubled by flaps), `graceMs` that of TERM. Who is not to be ended in the middle of a run is paused to the end.
 *
 *   throttled x ample      60 s                paused x ample   reliefMs, 60 s to 1 h
 *   stopping               graceMs, 8 s        paused x stop    60 s; as else where TERM is not safe
 *   killing                1 s                 paused x else    30 min, or twice reliefMs
 */
export function dwellMs(phase: Phase, band: Band, { reliefMs, graceMs, isTermSafe }: DwellTimes): number {
  const isAmple = band === 'ample';
  switch (phase) {
    case 'throttled':
      return isAmple ? RELIEF_DWELL_MS : NEVER;
    case 'paused':
      if (isAmple) return reliefMs;
      return band === 'stop' && isTermSafe ? PAUSE_HELPS_MS : Math.max(LONGEST_PAUSE_MS, 2 * reliefMs);
    case 'stopping':
      return graceMs;
    case 'killing':
      return KILL_AGAIN_MS;
    default:
      return NEVER;
  }
}

export interface DwellTimes {
  readonly reliefMs: number;
  readonly graceMs: number;
  readonly isTermSafe: boolean;
}
