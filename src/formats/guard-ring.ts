// A guard's ring file as a recorded course: what it saw, second by second, and what it did.
// Knows: the records' fields. May not know: whose ring it is.

import type { GuardTrace, TraceEvent, TraceMoment, TraceReading, TraceWall } from '../domain/guard-trace.ts';
import { actionNames, PHASES } from '../domain/lifecycle.ts';
import { RESOURCE_NAMES, type ResourceSource } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';
import {
  type GuardRecord,
  KINDS,
  NO_INDEX,
  parseRecord,
  RECORD_BYTES,
  RECORD_FLAGS,
} from './guard-record.ts';

/** The records of a ring in the order they were written; empty and damaged slots are left out. */
export function parseRing(bytes: Uint8Array): readonly GuardRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: GuardRecord[] = [];
  for (let offset = 0; offset + RECORD_BYTES <= bytes.length; offset += RECORD_BYTES) {
    const record = parseRecord(view, offset);
    if (record.ok) records.push(record.value);
  }
  return records.sort((a, b) => a.sequence - b.sequence);
}

const UNREAD: TraceReading = {
  held: -1,
  judged: -1,
  maxheld: -1,
  barrier: Number.POSITIVE_INFINITY,
  limit: -1,
  failcnt: -1,
};

/** The course that the records tell; a wall that none of them names is not in it. `source` is the platform's. */
export function traceOfRing(bytes: Uint8Array, source: ResourceSource): Result<GuardTrace, string> {
  const records = parseRing(bytes);
  const numbers = [...new Set(records.filter(isOfWall).map(({ wallIndex }) => wallIndex))].sort(
    (a, b) => a - b,
  );
  if (numbers.length === 0) return failure('no record of a wall is in it');
  let readings: readonly TraceReading[] = numbers.map(() => UNREAD);
  const moments: TraceMoment[] = records.map((record) => {
    if (isOfWall(record)) readings = readings.with(numbers.indexOf(record.wallIndex), readingOf(record));
    return { place: record.sequence, atMs: record.monotonicMs, readings, event: eventOf(record) };
  });
  return success({ kind: 'ring', walls: numbers.map((number) => wallOf(number, records, source)), moments });
}

const isOfWall = ({ wallIndex, resource }: GuardRecord): boolean =>
  wallIndex !== NO_INDEX && resource !== NO_INDEX;

const readingOf = ({ held, judged, wall, failcnt }: GuardRecord): TraceReading => ({
  ...UNREAD,
  held,
  judged,
  limit: wall,
  failcnt,
});

function wallOf(number: number, records: readonly GuardRecord[], source: ResourceSource): TraceWall {
  const record = records.find((one) => isOfWall(one) && one.wallIndex === number);
  return {
    resource: RESOURCE_NAMES[record?.resource ?? NO_INDEX] ?? 'memory',
    source,
    isShared: ((record?.flags ?? 0) & RECORD_FLAGS.sharedWall) !== 0,
  };
}

function eventOf({ kind, actions, phase }: GuardRecord): TraceEvent | null {
  const word = KINDS[kind] ?? 'sample';
  if (word === 'started') return { kind: 'start', words: word };
  if (word === 'ended') return { kind: 'end', words: word };
  if (actions === 0) return word === 'sample' || word === 'selftest' ? null : { kind: 'note', words: word };
  return { kind: 'note', words: `${PHASES[phase] ?? ''}: ${actionNames(actions).join(' ')}` };
}
