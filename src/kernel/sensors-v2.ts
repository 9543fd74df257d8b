// The memory walls of the unified hierarchy, as the tick reads them.
// Knows: memory.* of Documentation/admin-guide/cgroup-v2.rst. May not know: bands, or what is done.

import { keyBytes } from '../formats/tick-decimal.ts';
import type { CgroupPlace } from './cgroup-place.ts';
import { gapList } from './gap-list.ts';
import type { HeldFile } from './held-file.ts';
import {
  type Cap,
  capFor,
  type HeldSensor,
  type SensorFinds,
  type SensorRequest,
  SensorRow,
  UNREAD,
} from './sensor.ts';
import { type ChainLink, chainOf, walled } from './sensor-chain.ts';
import {
  BUFFER_BYTES,
  closeAll,
  countIn,
  type FileShelf,
  numberIn,
  openNeeded,
  openOptional,
  stallOf,
  valueIn,
} from './sensor-files.ts';

const ANON = keyBytes('anon');
const SHMEM = keyBytes('shmem');
const ACTIVE_ANON = keyBytes('active_anon');
const INACTIVE_ANON = keyBytes('inactive_anon');
const UNEVICTABLE = keyBytes('unevictable');
const KERNEL = keyBytes('kernel');
const SLAB_RECLAIMABLE = keyBytes('slab_reclaimable');
const SLAB_UNRECLAIMABLE = keyBytes('slab_unreclaimable');
/** Kernel memory beside slab, one line each, where the kernel has no sum (`kernel` came in 5.18). */
const KERNEL_PARTS = ['kernel_stack', 'pagetables', 'percpu'].map(keyBytes);
const SOCK = keyBytes('sock');
const OOM = keyBytes('oom');
const OOM_KILL = keyBytes('oom_kill');
const HIGH = keyBytes('high');
const MAX = keyBytes('max');

/** One memory sensor for the daemon's own room, first, and one per ancestor with a finite memory.max. */
export function openUnifiedMemory(request: SensorRequest, place: CgroupPlace): SensorFinds {
  const gaps = gapList();
  const sensors: HeldSensor[] = [];
  for (const link of chainOf(place, request.rooms)) {
    const files = openFiles({ sysroot: request.sysroot, directory: link.directory, gaps });
    if (files === null) continue;
    const cap = capFor(request, 'memory', sensors.length === 0);
    const { pinnedBytes } = request.model;
    sensors.push(...walled(new UnifiedMemory({ link, files, pinnedBytes, cap }), gaps));
  }
  return { sensors, gaps: gaps.all() };
}

interface UnifiedFiles {
  readonly current: HeldFile;
  readonly stat: HeldFile;
  readonly max: HeldFile;
  readonly events: HeldFile | null;
  /** null: a kernel without pressure stall information. */
  readonly pressure: HeldFile | null;
}

/** null where the controller is off (the machine's root too), or a file that a row needs cannot be opened. */
function openFiles(shelf: FileShelf): UnifiedFiles | null {
  const current = openOptional(shelf, 'memory.current', BUFFER_BYTES.value);
  if (current === null) return null;
  const stat = openNeeded(shelf, 'memory.stat', BUFFER_BYTES.stat);
  const max = openNeeded(shelf, 'memory.max', BUFFER_BYTES.value);
  if (stat === null || max === null) {
    closeAll([current, stat, max]);
    return null;
  }
  return {
    current,
    stat,
    max,
    events: openOptional(shelf, 'memory.events', BUFFER_BYTES.lines),
    pressure: openOptional(shelf, 'memory.pressure', BUFFER_BYTES.lines),
  };
}

interface UnifiedParts {
  readonly link: ChainLink;
  readonly files: UnifiedFiles;
  readonly pinnedBytes: number;
  readonly cap: Cap;
}

class UnifiedMemory extends SensorRow {
  private readonly files: UnifiedFiles;
  private readonly pinnedBytes: number;

  constructor({ link, files, pinnedBytes, cap }: UnifiedParts) {
    super({ resource: 'memory', scope: link.scope, source: 'cgroup2', isShared: link.isShared }, cap);
    this.files = files;
    this.pinnedBytes = pinnedBytes;
  }

  read(): boolean {
    const { files } = this;
    const held = valueIn(files.current);
    const firm = files.stat.read() ? firmOf(files.stat) : UNREAD;
    if (held < 0 || firm < 0) return this.forget();
    const reclaimable = countIn(files.stat, SLAB_RECLAIMABLE);
    this.held = held;
    // Watched and open inodes lie in what the kernel calls reclaimable, so no more than that is added back.
    this.judged = firm + Math.min(reclaimable, this.pinnedBytes);
    this.judgedHigh = firm + reclaimable;
    this.readEvents();
    this.stallMicroseconds = stallOf(files.pressure);
    this.drawWall(valueIn(files.max));
    return true;
  }

  private readEvents(): void {
    const { events } = this.files;
    const isRead = events?.read() ?? false;
    this.failcnt = isRead && events !== null ? countIn(events, OOM) + countIn(events, OOM_KILL) : UNREAD;
    this.hits = isRead && events !== null ? countIn(events, HIGH) + countIn(events, MAX) : UNREAD;
  }

  close(): void {
    closeAll(Object.values(this.files));
  }
}

/** What the cgroup holds beside page cache and reclaimable slab, in bytes; UNREAD where the file has no `anon` line. */
function firmOf(stat: HeldFile): number {
  const anon = numberIn(stat, ANON);
  if (anon < 0) return UNREAD;
  // Two views of the same pages, and the larger counts: by kind, and by list, where locked file pages are unevictable
  // too. Added up, locked anonymous pages would count twice.
  const listed = countIn(stat, ACTIVE_ANON) + countIn(stat, INACTIVE_ANON) + countIn(stat, UNEVICTABLE);
  return Math.max(anon + countIn(stat, SHMEM), listed) + firmKernelOf(stat) + countIn(stat, SOCK);
}

function firmKernelOf(stat: HeldFile): number {
  const kernel = numberIn(stat, KERNEL);
  if (kernel >= 0) return Math.max(0, kernel - countIn(stat, SLAB_RECLAIMABLE));
  let bytes = countIn(stat, SLAB_UNRECLAIMABLE);
  for (const part of KERNEL_PARTS) bytes += countIn(stat, part);
  return bytes;
}
