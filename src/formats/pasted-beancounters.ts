// A beancounter table as people paste it: wrapped, quoted, numbered, cut. Every mended row is reported.
// Knows: how terminals and forums mangle the kernel's table. May not know: the kernel's own file, which is never mended.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import {
  type BeancounterBlock,
  type BeancounterRow,
  type BeancounterTable,
  beancounterRow,
  isRowName,
  KERNEL_ORDER,
  wordBitsOf,
} from './beancounter-table.ts';
import { mendSplitNumbers } from './split-number.ts';

interface LooseRow {
  readonly line: number;
  readonly uid: string | null;
  readonly name: string;
  readonly words: string[];
  /** Whether numbers followed on a later line. */
  isWrapped: boolean;
}

/** A name with fewer numbers behind it is prose, or cut so early that nothing of it can be told. */
const FEWEST_NUMBERS = 2;

/** Rows found anywhere in the text; Malformed only when there is none. Missing and unreadable rows are notes, never zeros. */
export function parsePastedBeancounters(text: string): Result<BeancounterTable, Malformed> {
  const lines = text.split(/\r\n|\n|\r/);
  const found = findRows(lines);
  if (found.length === 0) return failure({ reason: 'no beancounter row found', line: 1 });
  const header = lines.find((line) => /\bmaxheld\b.*\bbarrier\b/.test(line)) ?? null;
  const notes: Malformed[] = [];
  const columns = columnsOf(header, found);
  if (columns === 4) notes.push({ reason: 'no failcnt column', line: found[0]?.line ?? 1 });
  const blocks = blocksOf(found).map((rows) => mendBlock(rows, columns, notes));
  const kept = blocks.filter((block) => block.rows.length > 0);
  if (kept.length === 0) return failure({ reason: 'no whole row found', line: found[0]?.line ?? 1 });
  return success({
    version: /Version:\s*(\d+\.\d+)/.exec(text)?.[1] ?? null,
    wordBits: header === null ? null : wordBitsOf(header),
    blocks: kept,
    notes: notes.toSorted((one, other) => one.line - other.line),
  });
}

/** A row is a resource's name and the numbers behind it, on that line or on purely numeric lines right below. */
function findRows(lines: readonly string[]): LooseRow[] {
  const rows: LooseRow[] = [];
  let isOpen: boolean = false;
  for (const [index, line] of lines.entries()) {
    const words = wordsOf(line);
    const row = rowOf(words, index + 1);
    const last = rows.at(-1);
    const isContinuation: boolean = isOpen && row === null && words.length > 0 && words.every(isNumber);
    if (isContinuation && last !== undefined) {
      last.words.push(...words);
      last.isWrapped = true;
    }
    if (row !== null) rows.push(row);
    isOpen = row !== null || isContinuation;
  }
  // A sentence that names a resource is not a row of it.
  return rows.filter((row) => row.words.length >= FEWEST_NUMBERS);
}

/** Quote marks, comment signs and table bars are layout; a no-break space and a tab are spaces. */
const wordsOf = (line: string): string[] =>
  line
    .replace(/[|>#*`\u00a0\t]/g, ' ')
    .split(' ')
    .filter((word) => word !== '');

const isNumber = (word: string): boolean => /^\d{1,20}$/.test(word) || word === 'max';

/** The name stands first, behind a uid, or behind a list number (`12.`, `12)`, `12`). */
function rowOf(words: readonly string[], line: number): LooseRow | null {
  const at = words.slice(0, 3).findIndex((word) => isRowName(word));
  if (at < 0) return null;
  const before = words[at - 1] ?? '';
  const uid = /^[^\s:]+:$/.test(before) ? before.slice(0, -1) : null;
  const numbers = words.slice(at + 1);
  const end = numbers.findIndex((word) => !isNumber(word));
  const kept = end < 0 ? numbers : numbers.slice(0, end);
  return { line, uid, name: words[at] ?? '', words: kept, isWrapped: false };
}

/** 5, or 4 where the source printed no failcnt: told by the header, else by most rows. */
function columnsOf(header: string | null, rows: readonly LooseRow[]): 4 | 5 {
  if (header !== null) return /\bfailcnt\b/.test(header) || hasFive(rows) ? 5 : 4;
  return hasFive(rows) ? 5 : 4;
}

const hasFive = (rows: readonly LooseRow[]): boolean =>
  rows.filter((row) => row.words.length >= 5).length * 2 >= rows.length;

/** A new block begins at a uid, and where a resource's name comes again. */
function blocksOf(rows: readonly LooseRow[]): LooseRow[][] {
  const blocks: LooseRow[][] = [];
  let seen = new Set<string>();
  for (const row of rows) {
    const isAgain = row.name !== 'dummy' && seen.has(row.name);
    if (blocks.length === 0 || row.uid !== null || isAgain) {
      blocks.push([]);
      seen = new Set();
    }
    seen.add(row.name);
    blocks.at(-1)?.push(row);
  }
  return blocks;
}

function mendBlock(loose: readonly LooseRow[], columns: 4 | 5, notes: Malformed[]): BeancounterBlock {
  const rows: BeancounterRow[] = [];
  for (const row of loose) {
    const mended = row.name === 'dummy' ? null : mendRow(row, columns, notes);
    if (mended !== null) rows.push(mended);
  }
  const names = new Set(loose.map((row) => row.name));
  const missing = KERNEL_ORDER.filter((name) => !names.has(name) && name !== 'dummy');
  const lastLine = loose.at(-1)?.line ?? 1;
  if (missing.length > 0) notes.push({ reason: `missing: ${missing.join(' ')}`, line: lastLine });
  return { uid: loose[0]?.uid ?? '', rows };
}

function mendRow(row: LooseRow, columns: 4 | 5, notes: Malformed[]): BeancounterRow | null {
  const note = (reason: string): void => {
    notes.push({ reason: `${row.name}: ${reason}`, line: row.line });
  };
  const words = row.words.length > columns ? mendSplitNumbers(row.words, columns) : row.words;
  if (words === null) note('left out: a split number can be joined in more than one way');
  else if (words.length < columns) note(`left out: ${words.length} numbers of ${columns}`);
  if (words === null || words.length < columns) return null;
  const read = beancounterRow(row.name, words);
  if (read === null || read.name === 'dummy') {
    note('left out: a number that is none');
    return null;
  }
  if (words.length < row.words.length) note('a split number was joined');
  else if (row.isWrapped) note('a wrapped row was joined');
  return { ...read, name: read.name };
}
