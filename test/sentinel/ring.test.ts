import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyRecord, parseRecord, RECORD_BYTES } from '../../src/formats/guard-record.ts';
import { openRing, RING_RECORDS } from '../../src/sentinel/ring.ts';

const room = mkdtempSync(join(tmpdir(), 'syncguard test-'));
afterAll(() => rmSync(room, { recursive: true, force: true }));

function ringAt(name: string): {
  path: string;
  ring: Extract<ReturnType<typeof openRing>, { ok: true }>['value'];
} {
  const path = join(room, name);
  const opened = openRing(path);
  if (!opened.ok) throw new Error(opened.error);
  return { path, ring: opened.value };
}

describe('the ring', () => {
  it('has its full size, readable by its owner alone, before the first record', () => {
    const { path, ring } = ringAt('whole');
    const { size, mode } = statSync(path);
    ring.close();
    expect(size).toBe(RING_RECORDS * RECORD_BYTES);
    expect(mode & 0o777).toBe(0o600);
  });

  it('never grows: a record beyond the last slot replaces the oldest', () => {
    const { path, ring } = ringAt('wrapping');
    const record = emptyRecord();
    for (let sequence = 1; sequence <= RING_RECORDS + 3; sequence += 1)
      expect(ring.write(Object.assign(record, { sequence, amount: sequence * 10 }))).toBe(true);
    ring.close();
    const bytes = readFileSync(path);
    expect(bytes.length).toBe(RING_RECORDS * RECORD_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const sequences = Array.from({ length: RING_RECORDS }, (_, slot) => {
      const parsed = parseRecord(view, slot * RECORD_BYTES);
      return parsed.ok ? parsed.value.sequence : null;
    });
    expect(Math.min(...sequences.map(Number))).toBe(4);
    expect(sequences.slice(0, 4)).toEqual([RING_RECORDS + 1, RING_RECORDS + 2, RING_RECORDS + 3, 4]);
  });

  it('that cannot be made is said with its errno', () => {
    expect(openRing(join(room, 'absent', 'ring'))).toEqual({ ok: false, error: 'ENOENT' });
  });

  it('counts what a failing write loses and never throws', () => {
    const { ring } = ringAt('closed');
    ring.close();
    expect(ring.write(Object.assign(emptyRecord(), { sequence: 1 }))).toBe(false);
    expect(ring.lost).toBe(1);
  });
});
