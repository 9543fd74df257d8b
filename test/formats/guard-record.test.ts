import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BANDS, PHASES, RULES } from '../../src/domain/lifecycle.ts';
import { RESOURCE_NAMES } from '../../src/domain/resource.ts';
import {
  emptyRecord,
  type GuardRecord,
  KINDS,
  NO_INDEX,
  parseRecord,
  RECORD_BYTES,
  writeRecord,
} from '../../src/formats/guard-record.ts';

const byte = fc.integer({ min: 0, max: 255 });
const amount = fc.double({ noNaN: true, noDefaultInfinity: true });
const index = (list: readonly unknown[]) => fc.integer({ min: 0, max: list.length - 1 });
const records: fc.Arbitrary<GuardRecord> = fc.record({
  sequence: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  monotonicMs: amount,
  wallClockMs: amount,
  kind: index(KINDS),
  phase: index(PHASES),
  band: index(BANDS),
  actions: byte,
  resource: fc.oneof(index(RESOURCE_NAMES), fc.constant(NO_INDEX)),
  wallIndex: byte,
  flags: byte,
  rule: index(RULES),
  judged: amount,
  wall: amount,
  held: amount,
  failcnt: amount,
  amount: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

const viewOf = (length: number): DataView => new DataView(new ArrayBuffer(length));

describe('a guard record', () => {
  it('is read back as it was written, at any offset, and touches nothing beside it', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 0, max: 64 }), (record, offset) => {
        const view = viewOf(RECORD_BYTES + 128);
        const bytes = new Uint8Array(view.buffer).fill(0xa5);
        writeRecord(view, offset, record);
        expect(parseRecord(view, offset)).toEqual({ ok: true, value: record });
        expect(bytes.subarray(0, offset).every((value) => value === 0xa5)).toBe(true);
        expect(bytes.subarray(offset + RECORD_BYTES).every((value) => value === 0xa5)).toBe(true);
      }),
    );
  });

  it('keeps its layout: readers of an older ring still find their fields', () => {
    const view = viewOf(RECORD_BYTES);
    writeRecord(view, 0, {
      ...emptyRecord(),
      sequence: 7,
      monotonicMs: 1.5,
      kind: 1,
      phase: 3,
      band: 4,
      actions: 65,
      resource: 17,
      wallIndex: 2,
      flags: 12,
      rule: 9,
      judged: 3_132_630,
      amount: 42,
    });
    expect([view.getUint32(0, true), view.getFloat64(4, true), view.getFloat64(28, true)]).toEqual([
      7, 1.5, 3_132_630,
    ]);
    expect([...new Uint8Array(view.buffer, 20, 8)]).toEqual([1, 3, 4, 65, 17, 2, 12, 9]);
    expect(view.getUint32(60, true)).toBe(42);
  });

  it('of a slot never written, or cut short, is an error value', () => {
    expect(parseRecord(viewOf(RECORD_BYTES), 0)).toEqual({ ok: false, error: 'empty slot' });
    expect(parseRecord(viewOf(RECORD_BYTES - 1), 0)).toEqual({ ok: false, error: 'short record' });
    expect(parseRecord(viewOf(RECORD_BYTES), -1).ok).toBe(false);
  });

  it.each([
    ['kind', KINDS.length],
    ['phase', PHASES.length],
    ['band', BANDS.length],
    ['rule', RULES.length],
    ['resource', RESOURCE_NAMES.length],
    ['monotonicMs', Number.NaN],
  ] as const)('with a foreign %s is an error value', (field, value) => {
    const view = viewOf(RECORD_BYTES);
    writeRecord(view, 0, { ...emptyRecord(), sequence: 1, [field]: value });
    expect(parseRecord(view, 0)).toMatchObject({ ok: false });
  });

  it('never throws on any 64 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 80 }), (bytes) => {
        parseRecord(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
      }),
    );
  });
});
