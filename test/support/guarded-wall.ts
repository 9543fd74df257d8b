// A container's table that a test moves: one row, read by a real guard in place of the kernel's own.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recordedTable, renderTable } from '../../src/surfaces/demo/recorded-table.ts';

export interface TestWall {
  /** For SYNCGUARD_BEANCOUNTERS. */
  readonly file: string;
  /** What is held of dcachesize, as a percentage of its barrier; `failcnt` stays unless given. */
  move(percent: number, failcnt?: number): void;
  close(): void;
}

/** Far from its barrier at first; `root` becomes a recorded machine's root. */
export function makeWall(root: string): TestWall {
  const file = join(root, 'proc/user_beancounters');
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'w');
  const table = recordedTable();
  const row = table.get('dcachesize');
  if (row === undefined) throw new Error('the recorded table has no dcachesize');
  let failures = 0;
  const wall: TestWall = {
    file,
    move(percent, failcnt = failures) {
      failures = failcnt;
      const held = Math.round((percent / 100) * Number(row.barrier));
      // Of one length and in one write: a reader in between sees the one table or the other.
      writeSync(descriptor, renderTable(table.set('dcachesize', { ...row, held, failcnt })), 0);
    },
    close: () => closeSync(descriptor),
  };
  wall.move(10);
  return wall;
}
