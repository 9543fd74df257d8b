import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Frame,
  markRecordFrame,
  parseFrames,
  RECORD_FRAME_BYTES,
  renderTextFrame,
} from '../../src/formats/guard-notice.ts';
import { emptyRecord, writeRecord } from '../../src/formats/guard-record.ts';

function recordFrame(sequence: number): Uint8Array {
  const frame = new Uint8Array(RECORD_FRAME_BYTES);
  markRecordFrame(frame);
  writeRecord(new DataView(frame.buffer), 1, { ...emptyRecord(), sequence });
  return frame;
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

describe('the pipe to the companion', () => {
  it('gives records and texts back in order, however the stream was cut', () => {
    const stream = joined(
      recordFrame(1),
      renderTextFrame({ line: 'guards 4 walls' }),
      recordFrame(2),
      renderTextFrame('x'),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 6 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
        let rest: Uint8Array = new Uint8Array();
        const frames: Frame[] = [];
        for (const [index, edge] of edges.slice(1).entries()) {
          const parsed = parseFrames(joined(rest, stream.subarray(edges[index], edge)));
          frames.push(...parsed.frames);
          rest = parsed.rest;
        }
        expect(rest).toHaveLength(0);
        expect(frames.map((frame) => (frame.kind === 'record' ? frame.record.sequence : frame))).toEqual([
          1,
          { kind: 'text', value: { line: 'guards 4 walls' } },
          2,
          { kind: 'text', value: 'x' },
        ]);
      }),
    );
  });

  it('reads a frame that does not begin at the start of its memory', () => {
    const inner = joined(new Uint8Array(5), renderTextFrame({ a: 1 })).subarray(5);
    expect(parseFrames(inner).frames).toEqual([{ kind: 'text', value: { a: 1 } }]);
  });

  it('says of a stream that is not ours that it is damaged, and drops it', () => {
    const parsed = parseFrames(joined(recordFrame(1), Uint8Array.of(0x58, 1, 2)));
    expect(parsed.frames.map(({ kind }) => kind)).toEqual(['record', 'damaged']);
    expect(parsed.rest).toHaveLength(0);
  });

  it('goes on after a damaged record or text of the right length', () => {
    const text = renderTextFrame('abc');
    text[3] = 0x7b;
    const parsed = parseFrames(joined(recordFrame(0), text, recordFrame(3)));
    expect(parsed.frames.map(({ kind }) => kind)).toEqual(['damaged', 'damaged', 'record']);
  });

  it('sends nothing instead of a text longer than its length field can tell', () => {
    const valuesOf = (length: number) => parseFrames(renderTextFrame('x'.repeat(length))).frames;
    expect(valuesOf(65_533)).toEqual([{ kind: 'text', value: 'x'.repeat(65_533) }]);
    expect(valuesOf(65_534)).toEqual([{ kind: 'text', value: null }]);
  });

  it('never throws on any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parseFrames(bytes)));
  });
});
