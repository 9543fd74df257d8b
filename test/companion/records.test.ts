import { describe, expect, it } from 'vitest';
import { guardMemory } from '../../src/companion/records.ts';
import { ACTIONS } from '../../src/domain/lifecycle.ts';
import { recordOf } from '../support/guard-records.ts';

describe('what the companion remembers', () => {
  it('is every decision and the last reading of each wall, in order', () => {
    const memory = guardMemory();
    const records = [
      recordOf('sample', 'memory', { judged: 1 }),
      recordOf('action', 'memory', { judged: 2, actions: ACTIONS.FREEZE }),
      recordOf('sample', 'dcachesize', { judged: 3 }),
      recordOf('sample', 'memory', { judged: 4 }),
    ];
    for (const record of records) memory.keep(record);
    expect(memory.records().map(({ judged }) => judged)).toEqual([2, 3, 4]);
    expect(memory.readings().map(({ judged }) => judged)).toEqual([4, 3]);
    expect(memory.last).toBe(records.at(-1));
  });

  it('does not grow without end', () => {
    const memory = guardMemory();
    for (let index = 0; index < 5000; index += 1)
      memory.keep(recordOf('action', 'memory', { actions: ACTIONS.FREEZE }));
    expect(memory.records().length).toBeLessThan(300);
  });

  it('tells of a later record, and of none in time', async () => {
    const memory = guardMemory();
    memory.keep(recordOf('command', null, {}));
    expect(await memory.awaitRecord(() => true, 10)).toBe(false);
    const awaited = memory.awaitRecord(({ judged }) => judged === 7, 60_000);
    memory.keep(recordOf('sample', 'memory', { judged: 6 }));
    memory.keep(recordOf('sample', 'memory', { judged: 7 }));
    expect(await awaited).toBe(true);
  });
});
