// The machine's own memory as a wall, or a container's where lxcfs answers in the machine's name.

import { type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { keyBytes } from '../formats/tick-decimal.ts';
import { gapList } from './gap-list.ts';
import { type HeldFile, openHeld } from './held-file.ts';
import type { Sysroot } from './kernel-file.ts';
import { hasLxcfsMeminfo } from './meminfo.ts';
import { type Cap, type HeldSensor, SensorRow, UNREAD } from './sensor.ts';
import { BUFFER_BYTES, countIn, numberIn, openOptional, stallOf } from './sensor-files.ts';

const TOTAL = keyBytes('MemTotal:');
const AVAILABLE = keyBytes('MemAvailable:');
const FREE = keyBytes('MemFree:');
const BUFFERS = keyBytes('Buffers:');
const CACHED = keyBytes('Cached:');
const SHMEM = keyBytes('Shmem:');
const RECLAIMABLE = keyBytes('SReclaimable:');
const BYTES_PER_KB = 1024;

/** MemTotal, or the lower `cap`, as wall; what is not available as held. A Gap where /proc/meminfo cannot be opened. */
export function openMachineMemory(sysroot: Sysroot, cap: Cap): Result<HeldSensor, Gap> {
  const meminfo = openHeld('/proc/meminfo', BUFFER_BYTES.meminfo, sysroot);
  if (!meminfo.ok) return meminfo;
  const gaps = gapList();
  const pressure = openOptional({ sysroot, directory: '/proc/pressure', gaps }, 'memory', BUFFER_BYTES.lines);
  const files = { meminfo: meminfo.value, pressure };
  return success(new MachineMemory(files, hasLxcfsMeminfo(sysroot), cap));
}

interface MachineFiles {
  readonly meminfo: HeldFile;
  readonly pressure: HeldFile | null;
}

class MachineMemory extends SensorRow {
  private readonly files: MachineFiles;

  constructor(files: MachineFiles, isLxcfs: boolean, cap: Cap) {
    const scope = isLxcfs ? 'container' : 'machine';
    super({ resource: 'memory', scope, source: isLxcfs ? 'lxcfs' : 'meminfo', isShared: true }, cap);
    this.files = files;
  }

  read(): boolean {
    const { meminfo, pressure } = this.files;
    const totalKb = meminfo.read() ? numberIn(meminfo, TOTAL) : UNREAD;
    const availableKb = totalKb < 0 ? UNREAD : availableKbOf(meminfo, totalKb);
    if (availableKb < 0) return this.forget();
    this.held = Math.max(0, totalKb - availableKb) * BYTES_PER_KB;
    this.judged = this.held;
    this.judgedHigh = this.held;
    this.stallMicroseconds = stallOf(pressure);
    this.drawWall(totalKb * BYTES_PER_KB);
    return true;
  }

  close(): void {
    this.files.meminfo.close();
    this.files.pressure?.close();
  }
}

/** MemAvailable, or before 3.14 and in OpenVZ containers what it was before it had a line; UNREAD without MemFree. */
function availableKbOf(meminfo: HeldFile, totalKb: number): number {
  const available = numberIn(meminfo, AVAILABLE);
  if (available >= 0) return available;
  const free = numberIn(meminfo, FREE);
  if (free < 0) return UNREAD;
  const cache = countIn(meminfo, BUFFERS) + Math.max(0, countIn(meminfo, CACHED) - countIn(meminfo, SHMEM));
  return Math.min(totalKb, free + cache + countIn(meminfo, RECLAIMABLE));
}
