// What travels from the sentinel to its companion: records, and at calm times free text.
// Knows: the frames. May not know: pipes, or what the texts say.
//
//   'R' + 64 bytes of a record          'T' + u16 length (little-endian) + that many bytes of UTF-8 JSON

import { type GuardRecord, parseRecord, RECORD_BYTES } from './guard-record.ts';

const RECORD_MARK = 'R'.charCodeAt(0);
const TEXT_MARK = 'T'.charCodeAt(0);
const TEXT_HEAD_BYTES = 3;
const LONGEST_TEXT_BYTES = 65_535;

/** A record's whole frame, mark included: what the tick writes in one piece. */
export const RECORD_FRAME_BYTES: number = 1 + RECORD_BYTES;

/** Puts the record's mark into a frame made once; the record is then written at offset 1 of it. */
export function markRecordFrame(frame: Uint8Array): void {
  frame[0] = RECORD_MARK;
}

export type Frame =
  | { readonly kind: 'record'; readonly record: GuardRecord }
  | { readonly kind: 'text'; readonly value: unknown }
  | { readonly kind: 'damaged'; readonly reason: string };

/** Whole frames, and the bytes that are not one yet. After an unknown mark the stream is lost: `rest` is empty. */
export function parseFrames(buffer: Uint8Array): {
  readonly frames: readonly Frame[];
  readonly rest: Uint8Array;
} {
  const frames: Frame[] = [];
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let at = 0;
  for (let length = frameLength(view, at); length !== null; length = frameLength(view, at)) {
    if (length === 0) {
      frames.push({ kind: 'damaged', reason: `unknown mark ${view.getUint8(at)}` });
      return { frames, rest: buffer.subarray(buffer.length) };
    }
    frames.push(parseFrame(view, at, length));
    at += length;
  }
  return { frames, rest: buffer.subarray(at) };
}

/** Bytes of the frame at `at`; null: it is not whole yet; 0: no frame begins so. */
function frameLength(view: DataView, at: number): number | null {
  const left = view.byteLength - at;
  if (left < 1) return null;
  const mark = view.getUint8(at);
  if (mark === RECORD_MARK) return left < RECORD_FRAME_BYTES ? null : RECORD_FRAME_BYTES;
  if (mark !== TEXT_MARK) return 0;
  if (left < TEXT_HEAD_BYTES) return null;
  const whole = TEXT_HEAD_BYTES + view.getUint16(at + 1, true);
  return left < whole ? null : whole;
}

function parseFrame(view: DataView, at: number, length: number): Frame {
  if (view.getUint8(at) === RECORD_MARK) {
    const parsed = parseRecord(view, at + 1);
    return parsed.ok ? { kind: 'record', record: parsed.value } : { kind: 'damaged', reason: parsed.error };
  }
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at + TEXT_HEAD_BYTES, length - TEXT_HEAD_BYTES);
  try {
    return { kind: 'text', value: JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    return { kind: 'damaged', reason: 'text that is not JSON' };
  }
}

/** The frame of a JSON value; a value longer than 65 535 bytes is sent as null. */
export function renderTextFrame(value: unknown): Uint8Array {
  const whole = new TextEncoder().encode(JSON.stringify(value));
  const body = whole.length > LONGEST_TEXT_BYTES ? new TextEncoder().encode('null') : whole;
  const frame = new Uint8Array(TEXT_HEAD_BYTES + body.length);
  frame[0] = TEXT_MARK;
  new DataView(frame.buffer).setUint16(1, body.length, true);
  frame.set(body, TEXT_HEAD_BYTES);
  return frame;
}
