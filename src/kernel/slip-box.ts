// Notes that one of our processes leaves for another: a directory of small files, oldest first, each whole or not there.
// Knows: how many are kept. May not know: what is on them.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../domain/result.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

export interface Slip {
  readonly name: string;
  /** As written; null: damaged. */
  readonly value: unknown;
}

export interface LeftSlip {
  readonly name: string;
  /** How many older ones had to go for it. */
  readonly droppedCount: number;
}

/** Several may be left within a millisecond. */
let count = 0;

/** At most `most` are kept, and the oldest go first; the error is the errno. */
export function leaveSlip(
  directory: string,
  value: unknown,
  { most, nowAt }: { readonly most: number; readonly nowAt: number },
): Result<LeftSlip, string> {
  count = (count + 1) % 10_000;
  const name = `${padded(nowAt, 15)}-${padded(count, 4)}-${process.pid}.json`;
  const written = writeStateFile(join(directory, name), value);
  if (!written.ok) return written;
  const older = namesIn(directory).slice(0, -most);
  for (const each of older) removeSlip(directory, each);
  return { ok: true, value: { name, droppedCount: older.length } };
}

const padded = (value: number, digits: number): string => String(Math.trunc(value)).padStart(digits, '0');

export const readSlips = (directory: string): Slip[] =>
  namesIn(directory).map((name) => ({ name, value: readStateFile(join(directory, name)) }));

export function removeSlip(directory: string, name: string): void {
  try {
    rmSync(join(directory, name), { force: true });
  } catch {
    // It is read once more, which is better than not at all.
  }
}

/** What is half written has another ending. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => /^\d{15}-\d{4}-\d+\.json$/.test(name))
      .sort();
  } catch {
    return [];
  }
}
