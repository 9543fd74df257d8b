// The brake that turns kills into waits, and whether one can be set here.
// Knows: memory.high on v2; a v1 cgroup of one's own whose tasks wait at its limit (memory.oom_control 1).
// May not know: which daemon, which verdict.
//
// Measured: a stat walk of more than a small cgroup holds was killed 9 of 9 with memory.max alone (6.1, v2) and 13 of
// 20 (6.18, v1); with memory.high at 75 to 94 % of memory.max 0 of 9, in a waiting cgroup 0 of 8.

import { accessSync, constants } from 'node:fs';
import type { Result } from '../domain/result.ts';
import { success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import type { Brake } from '../domain/verdict.ts';
import { type CgroupPlace, directoryOf, readCgroupPlace } from '../kernel/cgroup-place.ts';
import { attempt, hasKernelPath, isLive, readKernelFile, type Sysroot } from '../kernel/kernel-file.ts';
import { readProcessPlace } from '../kernel/process-place.ts';
import { writeCgroupFile } from './cgroup-file.ts';

/** memory.high as a share of memory.max: the middle of the 75 to 94 % in which no walk was killed. */
const HIGH_SHARE = 0.85;
/** Written to memory.high where no limit is set: the kernel's word for none. */
const NO_LIMIT = 'max';

/** Which brake a daemon's own cgroup could have here, and where none can, which permission would change that. */
export function readBrakeCapability(sysroot: Sysroot): Brake {
  const place = readCgroupPlace(sysroot, { kind: 'self' }, 'memory');
  if (!place.ok) return none(`no memory cgroup to set one in (${place.error.detail})`);
  return place.value.version === 2 ? unifiedBrake(sysroot, place.value) : legacyBrake(sysroot, place.value);
}

const none = (reason: string): Brake => ({ kind: 'none', reason });

function legacyBrake(sysroot: Sysroot, place: CgroupPlace): Brake {
  const directory = directoryOf(place, place.path);
  const hierarchy = readKernelFile(sysroot, `${directory}/memory.use_hierarchy`);
  // Before 5.11 (mm/memcontrol.c) 0 was the default, and a child's pages were not charged to its parent's limit.
  if (hierarchy.ok && hierarchy.value.trim() === '0')
    return none(`${directory} does not count its children (memory.use_hierarchy 0)`);
  if (!hasKernelPath(sysroot, `${directory}/memory.oom_control`))
    return none(`${directory} has no memory.oom_control`);
  const obstacle = readObstacle(sysroot, directory);
  if (obstacle !== null) return none(obstacle.reason);
  return { kind: 'waiting-cgroup', reason: `a child of ${directory} can be made to wait at its limit` };
}

function unifiedBrake(sysroot: Sysroot, place: CgroupPlace): Brake {
  const directory = directoryOf(place, place.path);
  const obstacle = obstacleInUnified(sysroot, directory);
  if (obstacle !== null) return none(obstacle.reason);
  return { kind: 'memory-high', reason: `a child of ${directory} can have a memory.high of its own` };
}

/** What keeps a child cgroup from being made in `directory`, and can be changed. */
export interface BrakeObstacle {
  readonly kind: 'read-only' | 'denied' | 'shared';
  readonly directory: string;
  readonly reason: string;
}

/** Of our own cgroup; null: none, or one that no permission takes away. */
export function readBrakeObstacle(sysroot: Sysroot): BrakeObstacle | null {
  const place = readCgroupPlace(sysroot, { kind: 'self' }, 'memory');
  if (!place.ok) return null;
  const directory = directoryOf(place.value, place.value.path);
  return place.value.version === 2 ? obstacleInUnified(sysroot, directory) : readObstacle(sysroot, directory);
}

const obstacleInUnified = (sysroot: Sysroot, directory: string): BrakeObstacle | null =>
  readObstacle(sysroot, directory) ?? readCompany(sysroot, directory);

/** null: nothing seen. A recorded tree cannot tell, and is not asked. */
function readObstacle(sysroot: Sysroot, directory: string): BrakeObstacle | null {
  if (!isLive(sysroot)) return null;
  const access = attempt(directory, () => accessSync(directory, constants.W_OK));
  if (access.ok) return null;
  return access.error.detail === 'EROFS'
    ? {
        kind: 'read-only',
        directory,
        reason: `${directory} is mounted read-only; a writable cgroup mount would allow one`,
      }
    : {
        kind: 'denied',
        directory,
        reason: `${directory} may not be written (${access.error.detail}); Delegate=yes in the unit, or root, would allow one`,
      };
}

/** v2 lets only a cgroup without processes hand the memory controller to children, so ours must hold nobody else. */
function readCompany(sysroot: Sysroot, directory: string): BrakeObstacle | null {
  if (!isLive(sysroot) || handsMemoryDown(sysroot, directory)) return null;
  const procs = readKernelFile(sysroot, `${directory}/cgroup.procs`);
  const obstacle = (kind: BrakeObstacle['kind'], reason: string): BrakeObstacle => ({
    kind,
    directory,
    reason,
  });
  if (!procs.ok) return obstacle('denied', `${procs.error.source} cannot be read (${procs.error.detail})`);
  const others = membersIn(procs.value).filter((pid) => !isOurs(pid));
  return others.length === 0
    ? null
    : obstacle(
        'shared',
        `${directory} holds other processes (pid ${others[0]}); a unit with Delegate=yes or systemd-run --user --scope -p Delegate=yes would allow one`,
      );
}

/** Whether children already get the memory controller, so that nobody has to move aside. */
export function handsMemoryDown(sysroot: Sysroot, directory: string): boolean {
  const enabled = readKernelFile(sysroot, `${directory}/cgroup.subtree_control`);
  return enabled.ok && enabled.value.trim().split(' ').includes('memory');
}

/**
 * Ourselves, the companion and keeper of an earlier start, and the shell that stays as PID 1 of a container to reap: they
 * move aside with us.
 */
const isOurs = (pid: number): boolean =>
  pid === process.pid ||
  (pid === 1 && process.ppid === 1) ||
  readProcessPlace(pid)?.parentPid === process.pid;

/** Pids of a cgroup.procs file. */
export const membersIn = (procs: string): number[] =>
  procs
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);

/** Limit and brake of a v2 cgroup made for the daemon; null limit: only what is above it binds. */
export function applyMemoryHigh(directory: string, limitBytes: number | null): Result<void, Gap> {
  const limit = limitBytes === null ? NO_LIMIT : String(Math.floor(limitBytes));
  const high = limitBytes === null ? NO_LIMIT : String(Math.floor(limitBytes * HIGH_SHARE));
  const braked = writeCgroupFile(`${directory}/memory.high`, high);
  return braked.ok ? writeCgroupFile(`${directory}/memory.max`, limit) : braked;
}

/** Limit of a v1 cgroup made for the daemon, and where `isWaiting`, waiting at it instead of being killed. */
export function applyLegacyLimit(
  directory: string,
  limitBytes: number | null,
  isWaiting: boolean,
): Result<void, Gap> {
  if (limitBytes === null) return success(undefined);
  const limited = writeCgroupFile(`${directory}/memory.limit_in_bytes`, String(Math.floor(limitBytes)));
  if (!limited.ok || !isWaiting) return limited;
  return writeCgroupFile(`${directory}/memory.oom_control`, '1');
}
