// /proc/user_beancounters in one pass over its bytes: what the guard's tick reads of it.
// Knows: blocks, row names, five columns (the same text as user-beancounters.ts). May not know: what a column decides.

import { BEANCOUNTER_NAMES, type BeancounterName } from '../domain/resource.ts';
import { afterBlanks, afterWord, keyBytes, lineEnd, readDecimal } from './tick-decimal.ts';

/** Columns of a row, in the file's order. */
export const COLUMN = { held: 0, maxheld: 1, barrier: 2, limit: 3, failcnt: 4 } as const;
export type Column = (typeof COLUMN)[keyof typeof COLUMN];
const COLUMNS = 5;

const COLON = 0x3a;
const NAMES: readonly Uint8Array[] = BEANCOUNTER_NAMES.map(keyBytes);
/** The last row that every generation prints; swappages may follow. */
const LAST_ROW = BEANCOUNTER_NAMES.indexOf('numiptent');

/** The numbers of one block, in each row's own unit; -1 where none was read. */
export interface TickTable {
  /** The block that is read; others are passed over. */
  readonly uid: Uint8Array;
  readonly values: Float64Array;
}

/** A table nothing has been read into; `uid` as the file writes it, without its colon. */
export const tickTable = (uid: string): TickTable => ({
  uid: keyBytes(uid),
  values: new Float64Array(BEANCOUNTER_NAMES.length * COLUMNS).fill(-1),
});

/** Where a number of the table stands in `values`; looked up once, at start. */
export const cellOf = (name: BeancounterName, column: Column): number =>
  BEANCOUNTER_NAMES.indexOf(name) * COLUMNS + column;

/** Reads the block into `table`; false where it is not there whole: the text is cut, or the block is gone. */
export function readTickTable(buffer: Uint8Array, length: number, table: TickTable): boolean {
  let isOwn = false;
  let row = -1;
  for (let at = 0, end = 0; at < length; at = end + 1) {
    end = lineEnd(buffer, at, length);
    if (end < 0) return false;
    let start = afterBlanks(buffer, at, end);
    const colon = colonOf(buffer, start, end);
    if (colon >= 0) {
      isOwn = isUid(buffer, start, colon, table.uid);
      start = afterBlanks(buffer, colon + 1, end);
    }
    if (isOwn) row = Math.max(row, readRow(buffer, start, end, table, row + 1));
  }
  return row >= LAST_ROW;
}

/** The colon that ends the first word of a block's first line; -1 on every other line. */
function colonOf(buffer: Uint8Array, start: number, end: number): number {
  const wordEnd = afterWord(buffer, start, end);
  return wordEnd > start && buffer[wordEnd - 1] === COLON ? wordEnd - 1 : -1;
}

function isUid(buffer: Uint8Array, start: number, end: number, uid: Uint8Array): boolean {
  if (end - start !== uid.length) return false;
  for (let index = 0; index < uid.length; index++) if (buffer[start + index] !== uid[index]) return false;
  return true;
}

/** Which row of BEANCOUNTER_NAMES was read; -1 for `dummy` slots and anything else. */
function readRow(buffer: Uint8Array, start: number, end: number, table: TickTable, expected: number): number {
  let at = afterWord(buffer, start, end);
  const row = rowNamed(buffer, start, at, expected);
  if (row < 0) return -1;
  for (let column = 0; column < COLUMNS; column++) {
    at = afterBlanks(buffer, at, end);
    table.values[row * COLUMNS + column] = readDecimal(buffer, at, end);
    at = afterWord(buffer, at, end);
  }
  return row;
}

/** Rows come in the kernel's order, so that the expected one is nearly always the one. */
function rowNamed(buffer: Uint8Array, start: number, end: number, expected: number): number {
  for (let offset = 0; offset < NAMES.length; offset++) {
    const row = (expected + offset) % NAMES.length;
    const name = NAMES[row];
    if (name !== undefined && isUid(buffer, start, end, name)) return row;
  }
  return -1;
}
