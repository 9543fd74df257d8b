// The memory walls of a v1 hierarchy, as the tick reads them.
// Knows: memory.* of Documentation/admin-guide/cgroup-v1/memory.rst. May not know: bands, or what is done.
//
// v1 counts kernel memory as one number, of which a walk's dentries are the part that can be given back. So judged is a
// range: the low end takes what can be given back off, the high end does not.

import { parseSingleValue } from '../formats/single-value.ts';
import { keyBytes } from '../formats/tick-decimal.ts';
import type { CgroupPlace } from './cgroup-place.ts';
import { gapList } from './gap-list.ts';
import type { HeldFile } from './held-file.ts';
import { readParsed } from './kernel-file.ts';
import { readReclaimableShare } from './reclaimable-share.ts';
import {
  type Cap,
  capFor,
  type HeldSensor,
  type SensorFinds,
  type SensorModel,
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
  valueIn,
} from './sensor-files.ts';

const RSS = keyBytes('total_rss');
const SHMEM = keyBytes('total_shmem');
const ACTIVE_ANON = keyBytes('total_active_anon');
const INACTIVE_ANON = keyBytes('total_inactive_anon');
const UNEVICTABLE = keyBytes('total_unevictable');
const UNDER_OOM = keyBytes('under_oom');
const OOM_KILL = keyBytes('oom_kill');

/** One memory sensor for the daemon's own room, first, and one per ancestor with a finite limit. */
export function openLegacyMemory(request: SensorRequest, place: CgroupPlace): SensorFinds {
  const gaps = gapList();
  const { sysroot, model } = request;
  const reclaimableShare = readReclaimableShare(sysroot) ?? 0;
  const sensors: HeldSensor[] = [];
  let own: LegacyMemory | null = null;
  for (const link of chainOf(place, request.rooms)) {
    const shelf: FileShelf = { sysroot, directory: link.directory, gaps };
    const files = link.isNearest || coversChildren(shelf) ? openFiles(shelf) : null;
    if (files === null) continue;
    const cap = capFor(request, 'memory', sensors.length === 0);
    const row = new LegacyMemory({ link, files, kernel: { model, reclaimableShare, own }, cap });
    const kept = walled(row, gaps);
    if (!link.isShared && kept.length > 0) own = row;
    sensors.push(...kept);
  }
  return { sensors, gaps: gaps.all() };
}

/** memory.use_hierarchy 0 (the default before 5.11) leaves children uncharged to this cgroup: its limit is not theirs. */
function coversChildren({ sysroot, directory, gaps }: FileShelf): boolean {
  const path = `${directory}/memory.use_hierarchy`;
  return gaps.unlessAbsent(readParsed(sysroot, path, parseSingleValue)) !== 0;
}

interface LegacyFiles {
  readonly usage: HeldFile;
  readonly stat: HeldFile;
  readonly limit: HeldFile;
  /** null: this kernel counts no kernel memory by cgroup. */
  readonly kernel: HeldFile | null;
  readonly oomControl: HeldFile | null;
  readonly failcnt: HeldFile | null;
}

/** null where the directory has no memory counter, or one of the three that a row needs cannot be opened. */
function openFiles(shelf: FileShelf): LegacyFiles | null {
  const usage = openOptional(shelf, 'memory.usage_in_bytes', BUFFER_BYTES.value);
  if (usage === null) return null;
  const stat = openNeeded(shelf, 'memory.stat', BUFFER_BYTES.stat);
  const limit = openNeeded(shelf, 'memory.limit_in_bytes', BUFFER_BYTES.value);
  if (stat === null || limit === null) {
    closeAll([usage, stat, limit]);
    return null;
  }
  return {
    usage,
    stat,
    limit,
    kernel: openOptional(shelf, 'memory.kmem.usage_in_bytes', BUFFER_BYTES.value),
    oomControl: openOptional(shelf, 'memory.oom_control', BUFFER_BYTES.lines),
    failcnt: openOptional(shelf, 'memory.failcnt', BUFFER_BYTES.value),
  };
}

/** How much of a cgroup's kernel memory is firm. */
interface KernelRule {
  readonly model: SensorModel;
  /** Share of kernel memory that reclaim can give back, 0 to 1, as machine-wide when the sensors were opened. */
  readonly reclaimableShare: number;
  /** The daemon's own room below, read before this one; null: it has none, or this is it. */
  readonly own: LegacyMemory | null;
}

interface LegacyParts {
  readonly link: ChainLink;
  readonly files: LegacyFiles;
  readonly kernel: KernelRule;
  readonly cap: Cap;
}

class LegacyMemory extends SensorRow {
  /** Of kernel memory alone, for the rows above: all of it, and what is firm; 0 while unread. */
  kernelBytes = 0;
  firmKernelBytes = 0;
  private readonly files: LegacyFiles;
  private readonly kernel: KernelRule;

  constructor({ link, files, kernel, cap }: LegacyParts) {
    super({ resource: 'memory', scope: link.scope, source: 'cgroup1', isShared: link.isShared }, cap);
    this.files = files;
    this.kernel = kernel;
  }

  read(): boolean {
    const { files } = this;
    const held = valueIn(files.usage);
    const firmPages = files.stat.read() ? firmPagesOf(files.stat) : UNREAD;
    this.kernelBytes = Math.max(0, valueIn(files.kernel));
    this.firmKernelBytes = this.firmKernel();
    if (held < 0 || firmPages < 0) return this.forget();
    this.held = held;
    this.judged = firmPages + this.firmKernelBytes;
    this.judgedHigh = firmPages + this.kernelBytes;
    this.hits = valueIn(files.failcnt);
    this.readOomControl();
    this.drawWall(valueIn(files.limit));
    return true;
  }

  /**
   * In the daemon's own room what its tree can leave behind unpinned is taken off. Elsewhere others' dentries cannot be
   * told from the daemon's pins: the machine's mix is assumed, as the gate does, and the modelled pins are added.
   */
  private firmKernel(): number {
    const { own, model, reclaimableShare } = this.kernel;
    const all = this.kernelBytes;
    if (!this.isShared) return Math.max(0, all - model.unpinnedTouchedBytes);
    if (own === null) return Math.min(all, firmPart(all, reclaimableShare) + model.pinnedBytes);
    const others = Math.max(0, all - own.kernelBytes);
    return Math.min(all, own.firmKernelBytes + firmPart(others, reclaimableShare));
  }

  private readOomControl(): void {
    const { oomControl } = this.files;
    const isRead = oomControl?.read() ?? false;
    this.underOom = isRead && oomControl !== null ? numberIn(oomControl, UNDER_OOM) : UNREAD;
    this.failcnt = isRead && oomControl !== null ? numberIn(oomControl, OOM_KILL) : UNREAD;
  }

  close(): void {
    closeAll(Object.values(this.files));
  }
}

const firmPart = (bytes: number, reclaimableShare: number): number =>
  bytes - Math.floor(bytes * reclaimableShare);

/**
 * Two views of the same pages, and the larger counts: by kind (rss, shmem), and by list, where locked file pages are
 * unevictable too. Added up, locked anonymous pages would count twice. UNREAD where the file has no total_rss.
 */
function firmPagesOf(stat: HeldFile): number {
  const rss = numberIn(stat, RSS);
  if (rss < 0) return UNREAD;
  const listed = countIn(stat, ACTIVE_ANON) + countIn(stat, INACTIVE_ANON) + countIn(stat, UNEVICTABLE);
  return Math.max(rss + countIn(stat, SHMEM), listed);
}
