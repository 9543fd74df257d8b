// The demo's emulated wall: the recorded table, and what a real process adds to it.
import { type FSWatcher, mkdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parseUserBeancounters } from '../../src/formats/user-beancounters.ts';
import {
  chargedTable,
  DENTRY_BYTES,
  emulateWall,
  readCounts,
} from '../../src/surfaces/demo/emulated-wall.ts';
import {
  doubledTable,
  recordedTable,
  renderTable,
  type Table,
} from '../../src/surfaces/demo/recorded-table.ts';
import { ROOT } from '../support/binary.ts';
import { until } from '../support/daemon-trees.ts';
import { temporaryDirectory } from '../support/trees.ts';

const RECORDING = join(ROOT, 'fixtures/hosts/openvz-028-2012/proc/user_beancounters');
const watchers: FSWatcher[] = [];
afterEach(() => {
  for (const watcher of watchers.splice(0)) watcher.close();
});

const rowOf = (text: string, name: string) => {
  const table = parseUserBeancounters(text);
  if (!table.ok) throw new Error(table.error.reason);
  return table.value.blocks[0]?.rows.find((row) => row.name === name);
};

const countsOf = fc.record({
  watches: fc.integer({ min: 0, max: 100_000 }),
  openFiles: fc.integer({ min: 0, max: 5_000 }),
  tasks: fc.integer({ min: 0, max: 300 }),
});

describe('the embedded table', () => {
  it('is the recording, byte for byte', () => {
    expect(renderTable(recordedTable())).toBe(readFileSync(RECORDING, 'latin1'));
  });

  it('doubled has twice every wall but those that are none', () => {
    const text = renderTable(doubledTable());
    expect(rowOf(text, 'dcachesize')).toMatchObject({
      held: 394380,
      barrier: 6291456,
      limit: 6920600,
      failcnt: 0,
    });
    expect(rowOf(text, 'numproc')).toMatchObject({ held: 41, barrier: 192, limit: 192 });
    expect(rowOf(text, 'physpages')).toMatchObject({ barrier: null, limit: null });
    expect(rowOf(text, 'oomguarpages')).toMatchObject({ barrier: null, limit: null });
  });
});

describe('the charged table', () => {
  const rest: Table = doubledTable();

  it('is as long whatever it says, so that a reader at its start never sees half of two', () => {
    const length = renderTable(rest).length;
    fc.assert(fc.property(countsOf, (counts) => renderTable(chargedTable(rest, counts)).length === length));
  });

  it('holds one name for each watch and open file, and never more than the barrier: what is beyond was refused', () => {
    fc.assert(
      fc.property(countsOf, (counts) => {
        const row = rowOf(renderTable(chargedTable(rest, counts)), 'dcachesize');
        const asked = 394380 + (counts.watches + counts.openFiles) * DENTRY_BYTES;
        const held = Number(row?.held);
        const refused = Number(row?.failcnt);
        expect(held).toBe(Math.min(asked, 6291456));
        expect(refused > 0).toBe(asked > 6291456);
        expect(Math.abs(held + refused * DENTRY_BYTES - asked)).toBeLessThan(DENTRY_BYTES);
      }),
    );
  });

  it('with nobody in it is the rest of the container', () => {
    expect(chargedTable(rest, { watches: 0, openFiles: 0, tasks: 0 })).toEqual(rest);
  });
});

describe('the emulated wall', () => {
  it("follows what this kernel counts for a process: each watch is 939 bytes in the file's own dcachesize", async () => {
    using scratch = temporaryDirectory();
    const wall = emulateWall({
      file: join(scratch.path, 'table'),
      rest: doubledTable(),
      pid: () => process.pid,
    });
    try {
      const before = readCounts(process.pid);
      for (let n = 0; n < 50; n += 1) {
        mkdirSync(join(scratch.path, String(n)));
        watchers.push(watch(join(scratch.path, String(n))));
      }
      await until('the watches are counted', () => wall.counts.watches === before.watches + 50);
      const { watches, openFiles } = wall.counts;
      const row = rowOf(readFileSync(wall.file, 'latin1'), 'dcachesize');
      expect(row?.held).toBe(394380 + (watches + openFiles) * DENTRY_BYTES);
      expect([wall.heldBytes, wall.refused]).toEqual([row?.held, 0]);
      expect(row?.maxheld).toBeGreaterThanOrEqual(398136);
    } finally {
      wall.stop();
    }
  });

  it('of a process that is not there is the rest of the container', () => {
    expect(readCounts(2 ** 22 + 1)).toEqual({ watches: 0, openFiles: 0, tasks: 0 });
  });
});
