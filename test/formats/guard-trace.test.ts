import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phaseIndex } from '../../src/domain/lifecycle.ts';
import { RESOURCE_NAMES } from '../../src/domain/resource.ts';
import {
  emptyRecord,
  type GuardRecord,
  KINDS,
  RECORD_BYTES,
  writeRecord,
} from '../../src/formats/guard-record.ts';
import { parseRing, traceOfRing } from '../../src/formats/guard-ring.ts';
import { parseTraceTable } from '../../src/formats/guard-trace.ts';

const RECORDED = readFileSync(
  join(import.meta.dirname, '../../fixtures/openvz-trace/watch-stop-kill-restart.tsv'),
  'latin1',
);
const HEADER = 'ms\tdcache_held\tdcache_limit\tdcache_failcnt\tevent\n';

describe('a table of readings', () => {
  it('of the container of 2012 has 130 moments of one wall and its four events', () => {
    const trace = parseTraceTable(RECORDED);
    if (!trace.ok) throw new Error(trace.error.reason);
    // kmem has no wall in it.
    expect(trace.value.walls).toEqual([{ resource: 'dcachesize', source: 'beancounters', isShared: true }]);
    expect(trace.value.moments).toHaveLength(130);
    expect(trace.value.moments.flatMap(({ event }) => event ?? [])).toEqual([
      { kind: 'note', words: 'SIGSTOP' },
      { kind: 'end', words: 'SIGKILL' },
      { kind: 'start', words: 'restart' },
      { kind: 'end', words: 'second-process-gone' },
    ]);
    expect(trace.value.moments[64]?.readings[0]).toEqual({
      held: 3_132_630,
      judged: 3_132_630,
      maxheld: 3_136_111,
      barrier: 3_145_728,
      limit: 3_460_300,
      failcnt: 0,
    });
  });

  it.each([
    ['', 1],
    ['time\theld\n1\t2\n', 1],
    ['ms\tdcache_held\n1\t2\n', 1],
    [HEADER, 1],
    [`${HEADER}1\t2\n`, 2],
    [`${HEADER}1\t2\t3\t4\t\n5\t6\t7\t8\n9\tx\t7\t8\n`, 4],
    [`${HEADER}1\t-2\t3\t4\n`, 2],
    [`${HEADER}9\t2\t3\t4\n8\t2\t3\t4\n`, 3],
  ])('that is none says so with its line: %j', (text, line) => {
    expect(parseTraceTable(text)).toMatchObject({ ok: false, error: { line } });
  });

  it('leaves what it does not know alone, and takes an absent wall for none', () => {
    const trace = parseTraceTable('ms\tmemory_held\tmemory_limit\tload\r\n0\t10\t100\t7\r\n');
    expect(trace).toMatchObject({
      ok: true,
      value: {
        walls: [{ resource: 'memory' }],
        moments: [{ readings: [{ held: 10, failcnt: -1, barrier: Infinity }] }],
      },
    });
  });

  it('never throws', () => {
    const words = fc.array(
      fc.oneof(fc.constantFrom('ms', 'dcache_held', 'dcache_limit', 'event', '1'), fc.string()),
    );
    const texts = fc.array(words.map((line) => line.join('\t'))).map((lines) => lines.join('\n'));
    fc.assert(fc.property(texts, (text) => void parseTraceTable(text)));
  });
});

function ring(...records: readonly Partial<GuardRecord>[]): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES * 8);
  const view = new DataView(bytes.buffer);
  for (const [slot, record] of records.entries())
    writeRecord(view, slot * RECORD_BYTES, { ...emptyRecord(), ...record });
  return bytes;
}

describe("a guard's ring", () => {
  const dcachesize = RESOURCE_NAMES.indexOf('dcachesize');
  const memory = RESOURCE_NAMES.indexOf('memory');

  it('is read in the order it was written, wherever it had wrapped', () => {
    const bytes = ring({ sequence: 9 }, { sequence: 7 }, {}, { sequence: 8 });
    expect(parseRing(bytes).map(({ sequence }) => sequence)).toEqual([7, 8, 9]);
  });

  it('is a course of the walls it names, each with its last reading', () => {
    const bytes = ring(
      { sequence: 1, kind: KINDS.indexOf('started'), monotonicMs: 10 },
      {
        sequence: 2,
        wallIndex: 3,
        resource: memory,
        judged: 5,
        held: 6,
        wall: 10,
        failcnt: 1,
        monotonicMs: 20,
      },
      { sequence: 3, wallIndex: 1, resource: dcachesize, judged: 7, wall: 9, flags: 16, monotonicMs: 30 },
      { sequence: 4, kind: 1, actions: 1, phase: phaseIndex('paused'), monotonicMs: 40 },
    );
    const trace = traceOfRing(bytes, 'cgroup2');
    if (!trace.ok) throw new Error(trace.error);
    expect(trace.value.walls).toEqual([
      { resource: 'dcachesize', source: 'cgroup2', isShared: true },
      { resource: 'memory', source: 'cgroup2', isShared: false },
    ]);
    expect(trace.value.moments.map(({ atMs, event }) => [atMs, event?.words ?? null])).toEqual([
      [10, 'started'],
      [20, null],
      [30, null],
      [40, 'paused: FREEZE'],
    ]);
    expect(trace.value.moments[1]?.readings).toMatchObject([
      { judged: -1 },
      { judged: 5, held: 6, limit: 10 },
    ]);
    expect(trace.value.moments[2]?.readings).toMatchObject([{ judged: 7, limit: 9 }, { judged: 5 }]);
  });

  it('without a record of a wall is an error value', () => {
    expect(traceOfRing(new Uint8Array(RECORD_BYTES * 4), 'cgroup2').ok).toBe(false);
    expect(traceOfRing(ring({ sequence: 1 }), 'cgroup2').ok).toBe(false);
  });
});
