// Everything that can be read at one instant, gathered into a Snapshot.
// Knows: which sources a platform has. May not know: what is judged by them.

import { isBeancounterPlatform, type Platform, type PlatformId } from '../domain/platform.ts';
import type { Resource } from '../domain/resource.ts';
import type { Result } from '../domain/result.ts';
import type { Gap, Snapshot } from '../domain/snapshot.ts';
import { parseProcStatus } from '../formats/proc-status.ts';
import { ownBlock, readBeancounters, readDcacheFromMeminfo, resourcesOfBlock } from './beancounters.ts';
import { readCgroupPlace } from './cgroup-place.ts';
import { readLegacyMemoryRows, readLegacyPidsRows } from './cgroup-v1.ts';
import { readUnifiedRows } from './cgroup-v2.ts';
import { detectPlatform } from './detect.ts';
import { readDisks } from './disk.ts';
import { gapList } from './gap-list.ts';
import { readInotify } from './inotify.ts';
import { readKernelFile, readParsed, type Sysroot } from './kernel-file.ts';
import { readMachineDcache, readMachineMemory } from './meminfo.ts';
import { readOpenFileLimit } from './rlimits.ts';
import { processOf, type Subject } from './subject.ts';

export interface SnapshotRequest {
  /** '' is the running machine. */
  readonly sysroot: Sysroot;
  readonly subject: Subject;
  /** Trees whose filesystems are asked. */
  readonly treePaths: readonly string[];
  /** --platform; undefined: detected. */
  readonly platform?: PlatformId | undefined;
  /** Whose inotify allowance counts; undefined: the subject's own. */
  readonly uid?: number | undefined;
}

interface Rows {
  readonly resources: readonly Resource[];
  readonly gaps: readonly Gap[];
}

/** Reads every source of the subject's platform once; nothing throws, what can't be read is in `gaps`. */
export function readSnapshot(request: SnapshotRequest): Snapshot {
  const { sysroot, subject, treePaths } = request;
  const { platform, gaps } = detectPlatform(sysroot, request.platform, subject);
  const uid = request.uid ?? readUid(sysroot, subject);
  const parts: Rows[] = [
    { resources: [], gaps },
    readKernelWalls(sysroot, platform, subject),
    uid === null ? unknownUid(subject) : readInotify(sysroot, uid),
    readOpenFiles(sysroot, subject),
    readDisks(sysroot, treePaths),
  ];
  const all = gapList();
  for (const part of parts) for (const gap of part.gaps) all.add(gap);
  return { platform, resources: parts.flatMap((part) => part.resources), gaps: all.all() };
}

/** The rows of the memory that a kernel enforces: the file of a beancounter kernel, cgroups, the machine's own. */
function readKernelWalls(sysroot: Sysroot, platform: Platform, subject: Subject): Rows {
  if (isBeancounterPlatform(platform.id)) return readBeancounterRows(sysroot, platform);
  const cgroups = readCgroupRows(sysroot, subject);
  const machine = rowsOf(readMachineMemory(sysroot));
  // The file of a vz7 kernel informs, memory cgroups enforce: both are shown.
  const informed = platform.id === 'openvz-7' ? readBeancounterRows(sysroot, platform) : NOTHING;
  const parts = [informed, cgroups, machine];
  const resources = parts.flatMap((part) => part.resources);
  const dcache = resources.some((row) => row.name === 'dcachesize') ? null : readMachineDcache(sysroot);
  return {
    resources: dcache === null ? resources : [...resources, dcache],
    gaps: parts.flatMap((part) => part.gaps),
  };
}

const NOTHING: Rows = { resources: [], gaps: [] };

const rowsOf = (row: Result<Resource, Gap>): Rows =>
  row.ok ? { resources: [row.value], gaps: [] } : { resources: [], gaps: [row.error] };

function readBeancounterRows(sysroot: Sysroot, platform: Platform): Rows {
  const table = readBeancounters(sysroot);
  const block = table.ok ? ownBlock(table.value) : undefined;
  if (block !== undefined) return { resources: resourcesOfBlock(block), gaps: [] };
  const dcache = platform.id === 'openvz-042' ? readDcacheFromMeminfo(sysroot) : null;
  const gap: Gap = table.ok
    ? { source: '/proc/user_beancounters', reason: 'absent', detail: 'no block of our own' }
    : table.error;
  return { resources: dcache === null ? [] : [dcache], gaps: [gap] };
}

function readCgroupRows(sysroot: Sysroot, subject: Subject): Rows {
  const memory = readCgroupPlace(sysroot, subject, 'memory');
  if (memory.ok && memory.value.version === 2) return readUnifiedRows(sysroot, memory.value);
  const pids = readCgroupPlace(sysroot, subject, 'pids');
  const parts = [
    memory.ok ? readLegacyMemoryRows(sysroot, memory.value) : gapUnlessAbsent(memory.error),
    pids.ok && pids.value.version === 1 ? readLegacyPidsRows(sysroot, pids.value) : NOTHING,
  ];
  return {
    resources: parts.flatMap((part) => part.resources),
    gaps: parts.flatMap((part) => part.gaps),
  };
}

/** A machine, or a kernel, without cgroups has no such wall; a subject that was named must be there. */
const gapUnlessAbsent = (gap: Gap): Rows =>
  gap.reason === 'absent' && gap.source.startsWith('/proc/self/') ? NOTHING : { resources: [], gaps: [gap] };

/** The real uid, which inotify charges (fs/notify/inotify: current_uid at inotify_init). */
function readUid(sysroot: Sysroot, subject: Subject): number | null {
  if (subject.kind === 'user') return subject.uid;
  const pid = readRepresentative(sysroot, subject);
  const status = readParsed(sysroot, `/proc/${pid}/status`, parseProcStatus);
  return status.ok ? status.value.realUid : null;
}

const unknownUid = (subject: Subject): Rows => ({
  resources: [],
  gaps: [{ source: `/proc/${processOf(subject)}/status`, reason: 'absent', detail: 'owner unknown' }],
});

function readOpenFiles(sysroot: Sysroot, subject: Subject): Rows {
  if (subject.kind === 'user') return NOTHING;
  return rowsOf(readOpenFileLimit(sysroot, readRepresentative(sysroot, subject)));
}

/** One process that stands for the subject: of a cgroup its first, this one where it is empty or unreadable. */
function readRepresentative(sysroot: Sysroot, subject: Subject): string {
  if (subject.kind !== 'cgroup') return processOf(subject);
  const place = readCgroupPlace(sysroot, subject, 'memory');
  if (!place.ok) return 'self';
  const procs = readKernelFile(sysroot, `${place.value.mountPoint}${place.value.path}/cgroup.procs`);
  return (procs.ok ? procs.value.split('\n')[0] : '') || 'self';
}
