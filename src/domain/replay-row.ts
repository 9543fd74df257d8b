// A row of a recording, in the shape the judge reads.

import type { TraceReading, TraceWall } from './guard-trace.ts';
import type { PlatformId } from './platform.ts';
import { UNSAID, unitOf } from './resource.ts';
import { wallOf } from './wall.ts';
import type { WallReading } from './wall-signals.ts';

/** Overwritten by every moment that names it. */
export type ReplayRow = { -readonly [K in keyof WallReading]: WallReading[K] };

/** Like a gap. */
export const NOT_RECORDED = -1;

/** A row before its first moment. */
export const unreadRow = ({ resource, source, isShared }: TraceWall): ReplayRow => ({
  resource,
  source,
  isShared,
  wall: NOT_RECORDED,
  judged: NOT_RECORDED,
  held: NOT_RECORDED,
  maxheld: NOT_RECORDED,
  failcnt: NOT_RECORDED,
  hits: NOT_RECORDED,
  underOom: NOT_RECORDED,
  stallMicroseconds: NOT_RECORDED,
});

/** The number that stops an allocation on this platform; Infinity: none; -1: not recorded. */
function wallIn(reading: TraceReading, { resource: name, source }: ReplayRow, platform: PlatformId): number {
  if (reading.limit < 0) return NOT_RECORDED;
  const numberOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const row = {
    ...UNSAID,
    name,
    source,
    unit: unitOf(name),
    scope: '',
    held: reading.held,
    barrier: numberOrNull(reading.barrier),
    limit: numberOrNull(reading.limit),
  };
  return wallOf(row, platform).value ?? Number.POSITIVE_INFINITY;
}

/** The row as it stood at one moment. */
export function readRow(row: ReplayRow, reading: TraceReading, platform: PlatformId): void {
  row.held = reading.held;
  row.judged = reading.judged;
  row.maxheld = reading.maxheld;
  row.failcnt = reading.failcnt;
  row.wall = wallIn(reading, row, platform);
}
