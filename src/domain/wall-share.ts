// How full a wall is, and which of several rows stands nearest to its own.
// Knows: what of held counts on which kernel. May not know: thresholds, or what a tree will add.

import { firmOf } from './firm.ts';
import type { PlatformId } from './platform.ts';
import type { Resource } from './resource.ts';
import { wallOf } from './wall.ts';

/**
 * The firm part of held in its wall: 0 .. 1, more where it is beyond. null: nothing stops this resource, or what is held
 * does not tell (042stab's dcachesize is every cached dentry).
 */
export function wallShare(row: Resource, platform: PlatformId): number | null {
  const { value } = wallOf(row, platform);
  if (value === null || value <= 0) return null;
  if (platform === 'openvz-042' && row.name === 'dcachesize') return null;
  return firmOf(row) / value;
}

/** The row with least headroom, and how full its wall is; null: no row has a wall. */
export interface FullestRow {
  readonly row: Resource;
  readonly share: number;
}

export function fullestRow(rows: readonly Resource[], platform: PlatformId): FullestRow | null {
  let fullest: FullestRow | null = null;
  for (const row of rows) {
    const share = wallShare(row, platform);
    if (share !== null && share > (fullest?.share ?? -1)) fullest = { row, share };
  }
  return fullest;
}
