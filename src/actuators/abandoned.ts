// What a guard that was killed has left frozen, thawed by whoever comes next: the third net behind guard and keeper.
// Knows: the manifests of guards, and what a freeze looks like. May not know: why it was frozen, or who asks.

import { basename } from 'node:path';
import type { GuardManifest, ManifestRoom } from '../formats/guard-manifest.ts';
import { hasKernelPath, readKernelDirectory, readKernelFile } from '../kernel/kernel-file.ts';
import { isAlive, readProcessPlace } from '../kernel/process-place.ts';
import { writeCgroupFile } from './cgroup-file.ts';
import { readManifests } from './manifests.ts';
import { COOKIE_VARIABLE } from './members.ts';
import { ProcessTree } from './process-tree.ts';
import { sendSignal } from './signal.ts';

/** How a room says that it is frozen, and is told not to be; a v1 memory room freezes nobody. */
const SWITCH_OF = {
  freezer: { file: 'freezer.state', thawed: 'THAWED' },
  unified: { file: 'cgroup.freeze', thawed: '0' },
} as const;

/** Thaws and continues what recorded guards left that are gone; one clause on each thing done. Garbage is passed over. */
export function thawAbandoned(runtimeDirectory: string): readonly string[] {
  return readManifests(runtimeDirectory).filter(isAbandoned).flatMap(thawLeftBy);
}

/** Whether its guard is gone and nobody else has its pid now, whose cgroup would bear the same name. */
export function isAbandoned({ pid, startTicks, bootId }: GuardManifest): boolean {
  const boot = readKernelFile('', '/proc/sys/kernel/random/boot_id');
  // After a reboot nothing is left of it.
  if (boot.ok && boot.value.trim() !== bootId) return false;
  const place = readProcessPlace(pid);
  if (!isAlive(place)) return true;
  return pid === process.pid && place.startTicks !== startTicks;
}

function thawLeftBy(manifest: GuardManifest): string[] {
  const by = `left frozen by guard ${manifest.pid} (${manifest.profile})`;
  const rooms = manifest.rooms.filter((room) => thawRoom(room, manifest.pid));
  const stopped = [...readStopped(manifest.pid), ...readStoppedTree(manifest)].filter(
    (pid) => sendSignal(pid, 'SIGCONT') === 'sent',
  );
  return [
    ...rooms.map(({ directory }) => `thawed ${directory}, ${by}`),
    ...stopped.map((pid) => `continued pid ${pid}, ${by}`),
  ];
}

/** true: it was frozen and is no more. Only a cgroup with the name of a guard's own is touched. */
function thawRoom({ directory, kind }: ManifestRoom, guardPid: number): boolean {
  if (kind === 'memory' || basename(directory) !== `syncguard-${guardPid}`) return false;
  const { file, thawed } = SWITCH_OF[kind];
  const path = `${directory}/${file}`;
  // Both files stand only in a cgroup.
  if (!hasKernelPath('', `${directory}/cgroup.procs`)) return false;
  const now = readKernelFile('', path);
  return now.ok && now.value.trim() !== thawed && writeCgroupFile(path, thawed).ok;
}

/** Stopped processes that bear the guard's cookie; which it gives only where no cgroup holds its daemon. */
function readStopped(guardPid: number): number[] {
  const mark = `${COOKIE_VARIABLE}=${guardPid}-`;
  const names = readKernelDirectory('', '/proc');
  const pids = names.ok ? names.value.map(Number).filter((pid) => pid > 0) : [];
  return pids.filter((pid) => readProcessPlace(pid)?.state === 'T' && bears(pid, mark));
}

/** Of a daemon that bears no cookie, since it ran before its guard. */
function readStoppedTree({ daemonPid, daemonStartTicks, rooms }: GuardManifest): number[] {
  if (daemonPid === null || daemonStartTicks === undefined || rooms.length > 0) return [];
  if (readProcessPlace(daemonPid)?.startTicks !== daemonStartTicks) return [];
  return new ProcessTree([daemonPid]).read().filter((pid) => readProcessPlace(pid)?.state === 'T');
}

function bears(pid: number, mark: string): boolean {
  const environment = readKernelFile('', `/proc/${pid}/environ`);
  return environment.ok && environment.value.split('\0').some((entry) => entry.startsWith(mark));
}
