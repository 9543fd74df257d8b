// As much of SQLite's file format (sqlite.org/fileformat2.html) as reading a small table whole takes: no index, no query,
// nothing of a write-ahead log. A file that somebody is writing may read as damaged: then it is asked again.

import { failure, type Result, success } from '../domain/result.ts';

/** Numbers that are not whole and blobs are not needed, and read as null. */
export type SqliteValue = string | number | null;
export type SqliteRow = readonly SqliteValue[];

const MAGIC = 'SQLite format 3\0';
const FILE_HEADER_BYTES = 100;
const LEAF = 0x0d;
const INTERIOR = 0x05;

interface Database {
  readonly bytes: Buffer;
  readonly pageBytes: number;
  /** Of a page, less what extensions reserve at its end. */
  readonly usableBytes: number;
}

/** Every row of a table in the order of its row numbers; a column that was added later may be missing at a row's end. */
export function readSqliteTable(bytes: Buffer, table: string): Result<SqliteRow[], string> {
  const database = openDatabase(bytes);
  if (!database.ok) return database;
  try {
    // The table of tables begins on page 1: type, name, table, first page, text.
    const tables = rowsFrom(database.value, 1);
    const found = tables.find(([type, name]) => type === 'table' && name === table);
    if (found === undefined) return failure(`it has no table ${table}`);
    return success(rowsFrom(database.value, Number(found[3])));
  } catch (error) {
    if (error instanceof RangeError) return failure(`it is damaged or being written (${error.message})`);
    throw error;
  }
}

function openDatabase(bytes: Buffer): Result<Database, string> {
  if (bytes.length < FILE_HEADER_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC)
    return failure('it is not an SQLite database');
  const told = bytes.readUInt16BE(16);
  // 65 536 does not fit into two bytes and is told as 1.
  const pageBytes = told === 1 ? 65_536 : told;
  const isSound = pageBytes >= 512 && (pageBytes & (pageBytes - 1)) === 0;
  if (!isSound) return failure('it is damaged: its page size is none');
  if (bytes.readUInt8(18) > 1) return failure('it keeps its changes in a write-ahead log');
  if (bytes.readUInt32BE(56) !== 1) return failure('its text is not UTF-8');
  return success({ bytes, pageBytes, usableBytes: pageBytes - bytes.readUInt8(20) });
}

/** Leaves below `firstPage`, left to right; a page met twice is a damage. */
function rowsFrom(database: Database, firstPage: number): SqliteRow[] {
  const seen = new Set<number>();
  const rows: SqliteRow[] = [];
  const left = [firstPage];
  for (let number = left.pop(); number !== undefined; number = left.pop()) {
    const start = pageStart(database, number, seen);
    const header = number === 1 ? FILE_HEADER_BYTES : start;
    const kind = database.bytes.readUInt8(header);
    if (kind === LEAF)
      rows.push(...cellsOf(database, { start, header, headerBytes: 8 }).map((at) => rowAt(database, at)));
    else if (kind === INTERIOR) left.push(...childrenOf(database, { start, header, headerBytes: 12 }));
    else throw new RangeError(`page ${number} is of kind ${kind}`);
  }
  return rows;
}

function pageStart({ bytes, pageBytes }: Database, number: number, seen: Set<number>): number {
  const start = (number - 1) * pageBytes;
  if (!(number >= 1) || start + pageBytes > bytes.length) throw new RangeError(`there is no page ${number}`);
  if (seen.has(number)) throw new RangeError(`page ${number} is met twice`);
  seen.add(number);
  return start;
}

interface Page {
  readonly start: number;
  readonly header: number;
  readonly headerBytes: 8 | 12;
}

/** Offsets in the file. */
function cellsOf({ bytes }: Database, { start, header, headerBytes }: Page): number[] {
  const count = bytes.readUInt16BE(header + 3);
  return Array.from(
    { length: count },
    (_, index) => start + bytes.readUInt16BE(header + headerBytes + 2 * index),
  );
}

/** Last first, as a stack wants them. */
const childrenOf = (database: Database, page: Page): number[] => [
  database.bytes.readUInt32BE(page.header + 8),
  ...cellsOf(database, page)
    .map((at) => database.bytes.readUInt32BE(at))
    .reverse(),
];

const LONGEST_VARINT_BYTES = 9;

/** Big-endian, seven bits a byte, the ninth byte whole; above 2^53 it is no length and only near. */
function varint(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < LONGEST_VARINT_BYTES - 1; index += 1) {
    const byte = bytes.readUInt8(at + index);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: at + index + 1 };
  }
  const last = at + LONGEST_VARINT_BYTES - 1;
  return { value: value * 256 + bytes.readUInt8(last), next: last + 1 };
}

/** A cell of a leaf: how long its record is, its row number, the record. */
function rowAt(database: Database, at: number): SqliteRow {
  const length = varint(database.bytes, at);
  const start = varint(database.bytes, length.next).next;
  return valuesOf(recordAt(database, start, length.value));
}

/** A long record continues on pages of its own; how much stays is the format's own sum. */
function recordAt(database: Database, start: number, length: number): Buffer {
  const { bytes, usableBytes } = database;
  const mostInline = usableBytes - 35;
  if (length <= mostInline) return slice(bytes, start, length);
  if (length > bytes.length) throw new RangeError('a record is longer than the file');
  const least = Math.floor(((usableBytes - 12) * 32) / 255) - 23;
  const kept = least + ((length - least) % (usableBytes - 4));
  const inline = kept <= mostInline ? kept : least;
  const parts = [slice(bytes, start, inline)];
  const seen = new Set<number>();
  let next = bytes.readUInt32BE(start + inline);
  for (let left = length - inline; left > 0; left -= usableBytes - 4) {
    const page = pageStart(database, next, seen);
    parts.push(slice(bytes, page + 4, Math.min(left, usableBytes - 4)));
    next = bytes.readUInt32BE(page);
  }
  return Buffer.concat(parts);
}

function slice(bytes: Buffer, start: number, length: number): Buffer {
  if (start + length > bytes.length) throw new RangeError('a record leads out of the file');
  return bytes.subarray(start, start + length);
}

/** Lengths of the whole numbers by their serial type. */
const WHOLE_BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8 };
const FIRST_BLOB_TYPE = 12;

function valuesOf(record: Buffer): SqliteRow {
  const header = varint(record, 0);
  const values: SqliteValue[] = [];
  let at = header.value;
  for (let typeAt = header.next; typeAt < header.value; ) {
    const type = varint(record, typeAt);
    const length = lengthOf(type.value);
    values.push(columnOf(type.value, slice(record, at, length)));
    at += length;
    typeAt = type.next;
  }
  return values;
}

function lengthOf(type: number): number {
  if (type >= FIRST_BLOB_TYPE) return Math.floor((type - FIRST_BLOB_TYPE) / 2);
  return type === 7 ? 8 : (WHOLE_BYTES[type] ?? 0);
}

function columnOf(type: number, bytes: Buffer): SqliteValue {
  if (type >= FIRST_BLOB_TYPE) return type % 2 === 1 ? bytes.toString('utf8') : null;
  if (type === 8 || type === 9) return type - 8;
  if (bytes.length === 8) return type === 6 ? Number(bytes.readBigInt64BE(0)) : null;
  return bytes.length === 0 ? null : bytes.readIntBE(0, bytes.length);
}
