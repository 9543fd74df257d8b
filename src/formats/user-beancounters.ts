// /proc/user_beancounters, /proc/bc/resources and /proc/bc/ID/resources as a kernel prints them.
// Knows: the row order and the layouts of 028stab, 042stab, vz7 and the vz8 emulation (kernel/bc/proc.c, ub_proc.c).
// May not know: what a held means; a pasted text, which is pasted-beancounters.ts.

import { BEANCOUNTER_NAMES } from '../domain/resource.ts';
import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import {
  type BeancounterBlock,
  type BeancounterRow,
  type BeancounterTable,
  beancounterRow,
  KERNEL_ORDER,
  wordBitsOf,
} from './beancounter-table.ts';

/** Columns are not fixed offsets: a value wider than its column pushes the row to the right. */
const ROW = /^ *(?:([^\s:]+): *| )([a-z]+) +(\S+) +(\S+) +(\S+) +(\S+) +(\d+)$/;
const HEADER = /^ *uid +resource +held +maxheld +barrier +limit +failcnt$/;
/** Unchanged from 2006 to 2021; another number would announce other columns. */
const VERSION = 'Version: 2.5';

interface ReadRow {
  readonly line: number;
  readonly uid: string | null;
  readonly name: string;
  readonly words: readonly string[];
}

/**
 * The whole file or Malformed: a cut text is never a shorter table, except where the cut falls
 * exactly between two whole blocks. /proc/bc/resources (no dummy rows) is accepted too.
 */
export function parseUserBeancounters(text: string): Result<BeancounterTable, Malformed> {
  const lines = text.split('\n');
  const header = lines[1] ?? '';
  if (lines[0] !== VERSION) return failure({ reason: `not \`${VERSION}\``, line: 1 });
  if (!HEADER.test(header)) return failure({ reason: 'not the header line', line: 2 });
  const blocks = parseBlocks(lines, 2);
  if (!blocks.ok) return blocks;
  if (blocks.value.some((block) => block.uid === '')) return failure({ reason: 'no uid', line: 3 });
  return success({ version: '2.5', wordBits: wordBitsOf(header), blocks: blocks.value, notes: [] });
}

/** /proc/bc/ID/resources: rows only, no version, no header, no uid; the block's uid is ''. */
export function parseBeancounterRows(text: string): Result<BeancounterBlock, Malformed> {
  const blocks = parseBlocks(text.split('\n'), 0);
  if (!blocks.ok) return blocks;
  const [block, second] = blocks.value;
  if (block === undefined || second !== undefined)
    return failure({ reason: 'not one block of rows', line: 1 });
  return success(block);
}

function parseBlocks(lines: readonly string[], skipped: number): Result<BeancounterBlock[], Malformed> {
  if (lines.at(-1) !== '') return failure({ reason: 'cut: no newline at the end', line: lines.length });
  const blocks: ReadRow[][] = [];
  for (let index = skipped; index < lines.length - 1; index++) {
    const row = readRow(lines[index] ?? '', index + 1);
    if (row === null) return failure({ reason: 'not a beancounter row', line: index + 1 });
    if (row.uid !== null || blocks.length === 0) blocks.push([]);
    blocks.at(-1)?.push(row);
  }
  if (blocks.length === 0) return failure({ reason: 'no rows', line: lines.length });
  return checkedBlocks(blocks);
}

function readRow(line: string, number: number): ReadRow | null {
  const match = ROW.exec(line);
  if (match === null) return null;
  return { line: number, uid: match[1] ?? null, name: match[2] ?? '', words: match.slice(3) };
}

function checkedBlocks(blocks: readonly ReadRow[][]): Result<BeancounterBlock[], Malformed> {
  const checked: BeancounterBlock[] = [];
  const shape = blocks[0]?.length;
  for (const rows of blocks) {
    const block = checkedBlock(rows);
    if (!block.ok) return block;
    if (rows.length !== shape)
      return failure({ reason: 'block of another length', line: rows.at(-1)?.line ?? 1 });
    checked.push(block.value);
  }
  return success(checked);
}

/** Every row in the kernel's own order; only /proc/bc files may leave out the dummies, and add swappages. */
function checkedBlock(rows: readonly ReadRow[]): Result<BeancounterBlock, Malformed> {
  const order = rows[4]?.name === 'dummy' ? KERNEL_ORDER : BEANCOUNTER_NAMES;
  const read: BeancounterRow[] = [];
  for (const [index, { name, words, line }] of rows.entries()) {
    if (name !== order[index]) return failure({ reason: `${name} where ${order[index]} belongs`, line });
    const row = beancounterRow(name, words);
    if (row === null) return failure({ reason: `${name} has a number that is none`, line });
    if (row.name !== 'dummy') read.push({ ...row, name: row.name });
  }
  const { name, line } = rows.at(-1) ?? { name: 'nothing', line: 1 };
  const isWhole = name === 'numiptent' || name === 'swappages';
  return isWhole
    ? success({ uid: rows[0]?.uid ?? '', rows: read })
    : failure({ reason: `cut after ${name}`, line });
}
