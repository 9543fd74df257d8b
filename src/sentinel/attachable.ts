// Which running daemon `attach` means, and why it may not be guarded.
// Knows: what a pid and a unit are, and whom nobody may pause. May not know: how it is then held.

import { basename } from 'node:path';
import { guardAround } from '../actuators/adoption.ts';
import { obstacleToAttaching } from '../actuators/freezing-obstacle.ts';
import { readManifests } from '../actuators/manifests.ts';
import { headsOf } from '../actuators/members.ts';
import { ProcessTree } from '../actuators/process-tree.ts';
import { sendSignal } from '../actuators/signal.ts';
import { type ErrorCode, EXIT_CODE_OF } from '../domain/error.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { parseProcStatus } from '../formats/proc-status.ts';
import { readKernelFile, readKernelLink, readParsed } from '../kernel/kernel-file.ts';
import { isAlive, readProcessPlace } from '../kernel/process-place.ts';
import { readUnitCgroup, readUnitProcesses } from '../kernel/unit-cgroup.ts';
import type { Command } from './arguments.ts';
import type { AttachTarget } from './attach-options.ts';
import type { Refusal } from './command-choice.ts';

export interface Attachable {
  /** The main process. */
  readonly pid: number;
  readonly command: Command;
  readonly tree: ProcessTree;
}

type Found = Result<Attachable, Refusal>;

const refused = (code: ErrorCode, message: string, hint: string): Result<never, Refusal> =>
  failure({ status: EXIT_CODE_OF[code], message, hint });

const FIND_HINT = 'pgrep -a NAME lists those of a name';

/** `runtimeParent`: where guards of this user announce themselves. */
export function findAttachable(target: AttachTarget, runtimeParent: string): Found {
  const found = target.kind === 'pid' ? byPid(target.pid) : byUnit(target.unit);
  if (!found.ok) return found;
  const { pid, tree } = found.value;
  const members = tree.read();
  return (
    refusalOfTree(pid, members) ??
    refusalOfGuarded({ pid, members, runtimeParent }) ??
    refusalOfStopped(pid) ??
    found
  );
}

function byPid(pid: number): Found {
  const place = readProcessPlace(pid);
  if (place === null) return refused('no-subject', `There is no process ${pid}.`, FIND_HINT);
  if (!isAlive(place))
    return refused(
      'no-subject',
      `Process ${pid} has ended, and its parent has not waited for it yet.`,
      FIND_HINT,
    );
  const status = readParsed('', `/proc/${pid}/status`, parseProcStatus);
  if (status.ok && status.value.isKernelThread)
    return refused('usage', `Process ${pid} is a thread of the kernel.`, FIND_HINT);
  return success({ pid, command: commandOf(pid), tree: new ProcessTree([pid]) });
}

function byUnit(unit: string): Found {
  const found = readUnitCgroup(unit, '');
  if (found.kind === 'absent')
    return refused('no-subject', `No running unit ${unit} has a cgroup.`, `systemctl status ${unit}`);
  if (found.kind === 'several')
    return refused(
      'no-subject',
      `${unit} could be any of ${found.paths.join(', ')}.`,
      `systemctl show -p MainPID ${unit}, then syncguard attach --pid`,
    );
  const pids = readUnitProcesses(found.path, '');
  const [pid] = headsOf(pids).toSorted((one, other) => startOf(one) - startOf(other));
  if (pid === undefined)
    return refused('no-subject', `Nobody runs in ${found.path}.`, `systemctl status ${unit}`);
  return success({ pid, command: commandOf(pid), tree: new ProcessTree(pids) });
}

const startOf = (pid: number): number => readProcessPlace(pid)?.startTicks ?? Number.POSITIVE_INFINITY;

function refusalOfTree(pid: number, members: readonly number[]): Found | null {
  const obstacle = obstacleToAttaching([pid, ...members]);
  if (obstacle !== null)
    return refused('usage', `Process ${pid} is no daemon to be paused: ${obstacle}.`, FIND_HINT);
  const denied = members.find((member) => sendSignal(member, 0) === 'denied');
  if (denied === undefined) return null;
  return refused(
    'denied',
    `Process ${denied} takes no signals from this user.`,
    `sudo syncguard attach --pid ${pid}`,
  );
}

interface Sought {
  readonly pid: number;
  readonly members: readonly number[];
  readonly runtimeParent: string;
}

/** By its cgroup, which every user sees, and by the manifests of guards that made none. */
function refusalOfGuarded({ pid, members, runtimeParent }: Sought): Found | null {
  const living = readManifests(runtimeParent).filter((one) => startOf(one.pid) === one.startTicks);
  const named = living.find((one) => members.some((member) => [one.pid, one.daemonPid].includes(member)));
  const around = members.map(guardAround).find((guard) => guard !== null && readProcessPlace(guard) !== null);
  const guard = named?.pid ?? around ?? null;
  if (guard === null) return null;
  return refused(
    'usage',
    `Process ${pid} is guarded already, by guard ${guard}.`,
    `syncguard status ${guard}`,
  );
}

/** Trying whether it can be frozen would continue it. */
function refusalOfStopped(pid: number): Found | null {
  const state = readProcessPlace(pid)?.state ?? '';
  if (!'Tt'.includes(state) || state === '') return null;
  return refused('usage', `Process ${pid} is stopped by a signal or a debugger.`, `kill -CONT ${pid}`);
}

/** As it was started; what has no words (it may have overwritten them) goes by its program's file or its name. */
function commandOf(pid: number): Command {
  const words = readKernelFile('', `/proc/${pid}/cmdline`);
  const [first = '', ...rest] = words.ok ? words.value.replace(/\0+$/, '').split('\0') : [];
  if (first !== '') return [first, ...rest];
  const file = readKernelLink('', `/proc/${pid}/exe`);
  const name = readKernelFile('', `/proc/${pid}/comm`);
  return [file.ok ? file.value : name.ok ? name.value.trim() : basename(String(pid))];
}
