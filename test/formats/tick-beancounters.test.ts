import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  COLUMN,
  cellOf,
  readTickTable,
  type TickTable,
  tickTable,
} from '../../src/formats/tick-beancounters.ts';
import { parseUserBeancounters } from '../../src/formats/user-beancounters.ts';
import { sysrootOf } from '../kernel/hosts.ts';

const HOSTS = [
  'openvz-028-2012',
  'openvz-042-2012',
  'openvz-042-2012-at-limit',
  'openvz-042-2012-host',
  'openvz-7-2022',
];
const textOf = (host: string): string => readFileSync(`${sysrootOf(host)}/proc/user_beancounters`, 'latin1');

function readInto(text: string, uid: string): { readonly isRead: boolean; readonly table: TickTable } {
  const table = tickTable(uid);
  const buffer = Buffer.from(text, 'latin1');
  return { isRead: readTickTable(buffer, buffer.length, table), table };
}

const AT_MOST = Number.MAX_SAFE_INTEGER;
const numberOf = (value: number | bigint | null): number => Math.min(Number(value), AT_MOST);

describe('a beancounter table on the tick', () => {
  it.each(HOSTS)('of %s holds what the whole parser reads, block by block', (host) => {
    const whole = parseUserBeancounters(textOf(host));
    if (!whole.ok) throw new Error(whole.error.reason);
    for (const { uid, rows } of whole.value.blocks) {
      const { isRead, table } = readInto(textOf(host), uid);
      expect(isRead).toBe(true);
      for (const row of rows) {
        const at = (column: 0 | 1 | 2 | 3 | 4): number =>
          table.values[cellOf(row.name, column)] ?? Number.NaN;
        expect(at(COLUMN.held), row.name).toBe(numberOf(row.held));
        expect(at(COLUMN.maxheld), row.name).toBe(numberOf(row.maxheld));
        expect(at(COLUMN.failcnt), row.name).toBe(numberOf(row.failcnt));
        if (row.barrier !== null) expect(at(COLUMN.barrier), row.name).toBe(numberOf(row.barrier));
        if (row.limit !== null) expect(at(COLUMN.limit), row.name).toBe(numberOf(row.limit));
      }
    }
  });

  it('that is cut anywhere is not read', () => {
    const text = textOf('openvz-042-2012');
    for (let length = 0; length < text.length; length++)
      expect(readInto(text.slice(0, length), '101').isRead, `cut at ${length}`).toBe(false);
  });

  it('without our block is not read', () => {
    expect(readInto(textOf('openvz-042-2012-host'), '102').isRead).toBe(false);
    expect(readInto(textOf('openvz-042-2012-host'), '10').isRead).toBe(false);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (buffer) => {
        expect(readTickTable(buffer, buffer.length, tickTable('101'))).toBe(false);
      }),
    );
  });
});
