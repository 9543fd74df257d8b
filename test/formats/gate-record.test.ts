import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  GATE_RECORD_BYTES,
  type GateRecord,
  parseGateRecord,
  renderGateRecord,
} from '../../src/formats/gate-record.ts';

const RECORD: GateRecord = {
  verdict: 'refuse',
  reason: 'over-wall',
  binding: 'dcachesize',
  profile: 'dropbox',
  enomemSafe: false,
  message: 'dcachesize would reach 112 % of its barrier',
  hint: 'syncguard fit ~/Dropbox',
  ownLimitBytes: 33554432,
  terms: null,
};

const recordIn = (bytes: Uint8Array): GateRecord => {
  const parsed = parseGateRecord(bytes);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

describe('the gate record', () => {
  it('is read as it was written, in one write that a pipe takes whole', () => {
    const bytes = renderGateRecord(RECORD);
    expect(bytes).toHaveLength(GATE_RECORD_BYTES);
    expect(recordIn(bytes)).toEqual(RECORD);
  });

  it('gives up the end of its message before any other field', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 0, maxLength: 20_000, unit: 'grapheme' }), (message) => {
        const { message: kept, ...rest } = recordIn(renderGateRecord({ ...RECORD, message }));
        expect({ ...rest, message: RECORD.message }).toEqual(RECORD);
        expect(new TextEncoder().encode(kept).length).toBeLessThan(GATE_RECORD_BYTES);
      }),
    );
  });

  it('cut short at any byte is an error value, not a verdict', () => {
    const bytes = renderGateRecord(RECORD);
    for (let length = 0; length < GATE_RECORD_BYTES; length += 1)
      expect(parseGateRecord(bytes.subarray(0, length)).ok).toBe(false);
  });

  it('with a foreign head or an unknown verdict is an error value', () => {
    const foreign = renderGateRecord(RECORD).map((byte, index) => (index === 0 ? byte + 1 : byte));
    const odd = renderGateRecord({ ...RECORD, verdict: 'perhaps' as GateRecord['verdict'] });
    expect(parseGateRecord(foreign)).toEqual({ ok: false, error: 'foreign record' });
    expect(parseGateRecord(odd)).toEqual({ ok: false, error: 'damaged record' });
  });

  it('never throws on any page of bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: GATE_RECORD_BYTES, maxLength: GATE_RECORD_BYTES }), (bytes) => {
        expect(parseGateRecord(bytes).ok).toBe(false);
      }),
    );
  });
});
