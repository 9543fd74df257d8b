// How much of held counts against a wall: what reclaim cannot give back.
// Knows: what each kernel generation counts and can reclaim. May not know: walls, or what a tree will add.

import { isBeancounterPlatform } from './platform.ts';
import { BEANCOUNTER_PAGE_BYTES, type Resource, type ResourceName } from './resource.ts';
import type { Snapshot } from './snapshot.ts';

export interface PinSizes {
  /** Bytes a pinned dentry costs on this beancounter kernel; ignored elsewhere. */
  readonly beancounterUnitBytes: number;
  /** Bytes a watch pins in a memory cgroup: its inode sits in what the kernel calls reclaimable, and is added back. */
  readonly watchPinBytes: number;
}

/** Firm bytes, pages or items of one row, in its own unit. */
export function firmIn(snapshot: Snapshot, resource: Resource, sizes: PinSizes): number {
  if (resource.source === 'beancounters' && isBeancounterPlatform(snapshot.platform.id)) {
    // In-use accounting (2.6.18) counts nothing that could be given back, unless it is switched off and reads 0.
    const isExact = snapshot.platform.id === 'openvz-028' && Number(resource.held) > 0;
    return isExact ? Number(resource.held) : cachedFirm(resource, snapshot, sizes.beancounterUnitBytes);
  }
  // A user's watches may be anybody's: what they pin here is at most what is held here.
  const held = Number(resource.held);
  const watched = watchedBytes(snapshot, sizes);
  if (isSlabOfCgroup(resource) || (resource.name === 'dcachesize' && resource.source === 'meminfo'))
    return Math.min(held, watched);
  return isMemoryOfCgroup(resource) ? Math.min(held, firmOf(resource) + watched) : firmOf(resource);
}

/** held less what the source says is reclaimable, in the row's own unit. */
export const firmOf = (resource: Resource): number =>
  Math.max(0, Number(resource.held) - Number(resource.reclaimable ?? 0));

const isOfCgroup = ({ source }: Resource): boolean => source === 'cgroup1' || source === 'cgroup2';
const isMemoryOfCgroup = (resource: Resource): boolean => resource.name === 'memory' && isOfCgroup(resource);

/** The slab of a memory cgroup stands in for dcachesize: held is all of it, and of that only what is watched is pinned. */
export const isSlabOfCgroup = (resource: Resource): boolean =>
  resource.name === 'dcachesize' && isOfCgroup(resource);

const watchedBytes = (snapshot: Snapshot, { watchPinBytes }: PinSizes): number =>
  watchPinBytes * Number(snapshot.resources.find(({ name }) => name === 'inotify_watches')?.held ?? 0);

/** Directories a process keeps in use: cwd, root, executable. */
const PINS_PER_PROCESS = 3;

/**
 * On 042stab held is every cached dentry, reclaimed at the limit: what is in use is at most one dentry per open file
 * and three per process. Accounting that is off on 028stab (held 0 beside open files) is judged the same way.
 */
function cachedFirm(resource: Resource, { resources }: Snapshot, unitBytes: number): number {
  const heldOf = (name: ResourceName): number =>
    Number(resources.find((row) => row.name === name && row.source === 'beancounters')?.held ?? 0);
  const inUseBytes = unitBytes * (heldOf('numfile') + PINS_PER_PROCESS * heldOf('numproc'));
  const dcacheHeld = heldOf('dcachesize');
  const dcacheFirm = dcacheHeld === 0 ? inUseBytes : Math.min(dcacheHeld, inUseBytes);
  const held = Number(resource.held);
  switch (resource.name) {
    case 'dcachesize':
      return dcacheFirm;
    // Every dcache byte is charged to kmemsize too (kernel/bc/dcache.c).
    case 'kmemsize':
      return Math.max(0, held - Math.max(0, dcacheHeld - dcacheFirm));
    // physpages holds page cache besides; oomguarpages is user memory alone.
    case 'physpages':
      return Math.min(held, heldOf('oomguarpages') + Math.ceil(heldOf('kmemsize') / BEANCOUNTER_PAGE_BYTES));
    default:
      return held;
  }
}
