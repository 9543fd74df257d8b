// Which number really stops an allocation.
// Knows: the enforcement rules of each kernel generation. May not know: any tree or daemon.

import type { PlatformId } from './platform.ts';
import { memoryMarginBytes } from './policy.ts';
import type { Resource, ResourceName } from './resource.ts';
import type { Counter } from './units.ts';

export interface Wall {
  /** In the row's own unit; null: nothing stops this resource here. */
  readonly value: number | null;
  readonly name: 'barrier' | 'limit' | 'derived' | 'what-if' | 'room';
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

/** Room for dentries and inodes under one memory limit: what is left when all else that is firm, and the margin, is kept. */
export const derivedDcacheWall = (limitBytes: number, firmElseBytes: number): number =>
  Math.max(0, limitBytes - firmElseBytes - memoryMarginBytes(limitBytes));
