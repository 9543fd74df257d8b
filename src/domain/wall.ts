// Which number really stops an allocation, and how much of held counts against it.
// Knows: the enforcement rules of each kernel generation. May not know: any tree or daemon.

import type { PlatformId } from './platform.ts';
import { memoryMarginBytes } from './policy.ts';
import { BEANCOUNTER_PAGE_BYTES, type Resource, type ResourceName } from './resource.ts';
import type { Counter } from './units.ts';

export interface Wall {
  /** In the row's own unit; null: nothing stops this resource here. */
  readonly value: number | null;
  readonly name: 'barrier' | 'limit' | 'derived' | 'what-if';
}

/** Guarantees, not walls: nothing is refused at them. */
const GUARANTEES: readonly ResourceName[] = ['vmguarpages', 'oomguarpages'];

/**
 * 2.6.18 (028stab) refuses new charges above the barrier (UB_HARD); 2.6.32 (042stab) ignores dcachesize's barrier and
 * refuses at its limit (UB_SOFT), physpages likewise; everything else fails at the barrier first. On 3.10 (vz7) the
 * file informs and memory cgroups enforce. On memcg memory.high is a brake that may be exceeded, never a wall.
 */
const REFUSED_AT_LIMIT_042: readonly ResourceName[] = ['dcachesize', 'physpages', 'swappages'];

export function wallOf(resource: Resource, platform: PlatformId): Wall {
  const { name, source } = resource;
  if (source !== 'beancounters') return { value: numberOrNull(resource.limit), name: 'limit' };
  if (platform === 'openvz-7' || GUARANTEES.includes(name)) return { value: null, name: 'limit' };
  const isLimit = platform === 'openvz-042' && REFUSED_AT_LIMIT_042.includes(name);
  if (isLimit || resource.barrier === null) return { value: numberOrNull(resource.limit), name: 'limit' };
  return { value: Number(resource.barrier), name: 'barrier' };
}

const numberOrNull = (value: Counter | null): number | null => (value === null ? null : Number(value));

/** What reclaim cannot give back, in the row's own unit: held, less what the source says is reclaimable. */
export const firmOf = (resource: Resource): number =>
  Math.max(0, Number(resource.held) - Number(resource.reclaimable ?? 0));

/** Rows by name, the beancounter ones only. */
export type BeancounterRows = ReadonlyMap<ResourceName, Resource>;

/**
 * What counts against a beancounter wall. In-use accounting (028stab) counts nothing else than what is in use. On
 * 042stab held is every cached dentry, reclaimed at the limit: what is in use is bounded by one dentry per open file
 * and three per process (cwd, root, executable). Accounting that is off (held 0 beside open files) is judged the same.
 */
export function beancounterFirm(resource: Resource, rows: BeancounterRows, unitBytes: number): number {
  const held = Number(resource.held);
  const pinnedBytes = unitBytes * (heldOf(rows, 'numfile') + 3 * heldOf(rows, 'numproc'));
  const dcacheHeld = heldOf(rows, 'dcachesize');
  const dcacheFirm = dcacheHeld === 0 ? pinnedBytes : Math.min(dcacheHeld, pinnedBytes);
  if (resource.name === 'dcachesize') return dcacheFirm;
  if (resource.name === 'kmemsize')
    return Math.max(0, held - (dcacheHeld === 0 ? 0 : dcacheHeld - dcacheFirm));
  if (resource.name !== 'physpages') return held;
  const userPages = heldOf(rows, 'oomguarpages');
  return Math.min(held, userPages + Math.ceil(heldOf(rows, 'kmemsize') / BEANCOUNTER_PAGE_BYTES));
}

const heldOf = (rows: BeancounterRows, name: ResourceName): number => Number(rows.get(name)?.held ?? 0);

/** Room for dentries and inodes under one memory limit: what is left when all else that is firm, and the margin, is kept. */
export const derivedDcacheWall = (limitBytes: number, firmElseBytes: number): number =>
  Math.max(0, limitBytes - firmElseBytes - memoryMarginBytes(limitBytes));
