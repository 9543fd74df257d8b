// One line of the guard's memory: 64 bytes, little-endian, the same in the ring, on the companion's pipe and in `why`.
//
//    0 u32 sequence (0: an empty slot)   20 u8 kind       24 u8 resource    28 f64 judged    52 f64 failcnt
//    4 f64 monotonicMs                   21 u8 phase      25 u8 wall index  36 f64 wall      60 u32 amount
//   12 f64 wallClockMs (Unix)            22 u8 band       26 u8 flags       44 f64 held
//                                        23 u8 actions    27 u8 rule

import { BANDS, PHASES, RULES } from '../domain/lifecycle.ts';
import { RESOURCE_NAMES } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';

export const RECORD_BYTES = 64;

/** What a record tells of; the index is its number. */
export const KINDS = [
  'sample',
  'action',
  'gate',
  'started',
  'ended',
  'waiting',
  'held',
  'command',
  'fault',
  'selftest',
] as const;
export type RecordKind = (typeof KINDS)[number];

/** The first three are the table's own inputs, see policy-table.ts. */
export const RECORD_FLAGS = {
  rising: 1,
  dwelt: 2,
  confirmed: 4,
  contributes: 8,
  sharedWall: 16,
  dryRun: 32,
} as const;

/** Stands for "no resource" and "no wall" in one byte. */
export const NO_INDEX = 255;

/** Every field a number, so that one object can be filled and written again and again. Gaps are -1. */
export interface GuardRecord {
  /** From 1, wraps at 2^32. */
  sequence: number;
  monotonicMs: number;
  wallClockMs: number;
  /** Index into KINDS. */
  kind: number;
  /** Index into PHASES: the phase after the decision. */
  phase: number;
  /** Index into BANDS. */
  band: number;
  /** Bits of ACTIONS. */
  actions: number;
  /** Index into RESOURCE_NAMES, or NO_INDEX. */
  resource: number;
  /** Which of the guard's walls, as its manifest lists them, or NO_INDEX. */
  wallIndex: number;
  /** Bits of RECORD_FLAGS. */
  flags: number;
  /** Index into RULES. */
  rule: number;
  judged: number;
  wall: number;
  held: number;
  failcnt: number;
  /** By kind: pid (started), wait status (ended), delay in ms (waiting, held), errno (fault). */
  amount: number;
}

/** A record of nothing, to be filled. */
export const emptyRecord = (): GuardRecord => ({
  sequence: 0,
  monotonicMs: 0,
  wallClockMs: 0,
  kind: 0,
  phase: 0,
  band: 0,
  actions: 0,
  resource: NO_INDEX,
  wallIndex: NO_INDEX,
  flags: 0,
  rule: 0,
  judged: -1,
  wall: -1,
  held: -1,
  failcnt: -1,
  amount: 0,
});

/** Writes RECORD_BYTES at `offset`; allocates nothing. */
export function writeRecord(view: DataView, offset: number, record: GuardRecord): void {
  view.setUint32(offset, record.sequence, true);
  view.setFloat64(offset + 4, record.monotonicMs, true);
  view.setFloat64(offset + 12, record.wallClockMs, true);
  view.setUint8(offset + 20, record.kind);
  view.setUint8(offset + 21, record.phase);
  view.setUint8(offset + 22, record.band);
  view.setUint8(offset + 23, record.actions);
  view.setUint8(offset + 24, record.resource);
  view.setUint8(offset + 25, record.wallIndex);
  view.setUint8(offset + 26, record.flags);
  view.setUint8(offset + 27, record.rule);
  view.setFloat64(offset + 28, record.judged, true);
  view.setFloat64(offset + 36, record.wall, true);
  view.setFloat64(offset + 44, record.held, true);
  view.setFloat64(offset + 52, record.failcnt, true);
  view.setUint32(offset + 60, record.amount, true);
}

/** The record at `offset`; an empty slot, a short view or a number outside its list is an error value. */
export function parseRecord(view: DataView, offset: number): Result<GuardRecord, string> {
  if (offset < 0 || offset + RECORD_BYTES > view.byteLength) return failure('short record');
  const record = readFields(view, offset);
  if (record.sequence === 0) return failure('empty slot');
  const foreign = foreignField(record);
  return foreign === null ? success(record) : failure(`foreign record: ${foreign}`);
}

const readFields = (view: DataView, offset: number): GuardRecord => ({
  sequence: view.getUint32(offset, true),
  monotonicMs: view.getFloat64(offset + 4, true),
  wallClockMs: view.getFloat64(offset + 12, true),
  kind: view.getUint8(offset + 20),
  phase: view.getUint8(offset + 21),
  band: view.getUint8(offset + 22),
  actions: view.getUint8(offset + 23),
  resource: view.getUint8(offset + 24),
  wallIndex: view.getUint8(offset + 25),
  flags: view.getUint8(offset + 26),
  rule: view.getUint8(offset + 27),
  judged: view.getFloat64(offset + 28, true),
  wall: view.getFloat64(offset + 36, true),
  held: view.getFloat64(offset + 44, true),
  failcnt: view.getFloat64(offset + 52, true),
  amount: view.getUint32(offset + 60, true),
});

function foreignField(record: GuardRecord): string | null {
  if (record.kind >= KINDS.length) return `kind ${record.kind}`;
  if (record.phase >= PHASES.length) return `phase ${record.phase}`;
  if (record.band >= BANDS.length) return `band ${record.band}`;
  if (record.rule >= RULES.length) return `rule ${record.rule}`;
  if (record.resource >= RESOURCE_NAMES.length && record.resource !== NO_INDEX)
    return `resource ${record.resource}`;
  const isTimed = Number.isFinite(record.monotonicMs) && Number.isFinite(record.wallClockMs);
  return isTimed ? null : 'no time';
}
