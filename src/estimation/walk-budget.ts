// What the count itself may cost: where memory is the wall, even a listing makes dentries and inodes of directories.

import { firmOf } from '../domain/firm.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { MiB } from '../domain/units.ts';

/** Kept free of the walk whatever the headroom: less than this and a plain listing was OOM-killed (Linux 6.18, v1). */
const KEPT_BYTES: number = 16 * MiB;

/** Directories counted with no budget at all: about 100 KB, and enough to tell a small tree from a large one. */
export const SAMPLE_DIRECTORIES = 64;

/** Bytes the walk may leave charged: max(0, min(headroom / 2, headroom - 16 MiB)) of the tightest cgroup; null: no limit. */
export function walkBudgetBytes(snapshot: Snapshot): number | null {
  const headrooms = snapshot.resources
    .filter(({ name, source, limit }) => name === 'memory' && limit !== null && source.startsWith('cgroup'))
    .map((row) => Number(row.limit) - firmOf(row));
  if (headrooms.length === 0) return null;
  const headroom = Math.min(...headrooms);
  return Math.max(0, Math.min(headroom / 2, headroom - KEPT_BYTES));
}

/** Directories that may be visited for that many bytes, never fewer than a sample. */
export function directoryBudget(budgetBytes: number | null, bytesPerDirectory: number): number {
  if (budgetBytes === null || bytesPerDirectory <= 0) return Number.POSITIVE_INFINITY;
  return Math.max(SAMPLE_DIRECTORIES, Math.floor(budgetBytes / bytesPerDirectory));
}
