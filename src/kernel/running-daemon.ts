// What an instance of a daemon that runs already holds: so that it is not projected a second time.

import { basename } from 'node:path';
import { parseAnonymousBytes, parseProcStatus } from '../formats/proc-status.ts';
import { readWatchesOf } from './inotify.ts';
import {
  readKernelDirectory,
  readKernelFile,
  readKernelLink,
  readParsed,
  type Sysroot,
} from './kernel-file.ts';

/** Summed over every process of the daemon; all 0 when none runs. */
export interface RunningDaemon {
  readonly pids: readonly number[];
  readonly tasks: number;
  readonly anonymousBytes: number;
  readonly openFiles: number;
  readonly watches: number;
  readonly watchInstances: number;
}

export const NOT_RUNNING: RunningDaemon = {
  pids: [],
  tasks: 0,
  anonymousBytes: 0,
  openFiles: 0,
  watches: 0,
  watchInstances: 0,
};

/** Processes whose program goes by one of these base names; what may not be read of one counts as 0. */
export function readRunningDaemon(sysroot: Sysroot, names: readonly string[]): RunningDaemon {
  const processes = names.length === 0 ? null : readKernelDirectory(sysroot, '/proc');
  if (processes === null || !processes.ok) return NOT_RUNNING;
  return processes.value
    .filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid) && isNamed(sysroot, pid, names))
    .reduce((sum, pid) => addRunning(sum, readOne(sysroot, pid)), NOT_RUNNING);
}

/** argv[0] first: comm is cut at 15 bytes and often a thread's own. Then what an interpreter runs, then the file itself. */
function isNamed(sysroot: Sysroot, pid: string, names: readonly string[]): boolean {
  const commandLine = readKernelFile(sysroot, `/proc/${pid}/cmdline`);
  const [program = '', ...words] = commandLine.ok ? commandLine.value.split('\0') : [];
  if (names.includes(basename(program))) return true;
  const script = words.find((word) => !word.startsWith('-')) ?? '';
  if (INTERPRETER.test(basename(program)) && names.includes(basename(script))) return true;
  const file = readKernelLink(sysroot, `/proc/${pid}/exe`);
  // A daemon that replaced itself runs from a file that is gone (fs/d_path.c).
  return file.ok && names.includes(basename(file.value.replace(/ \(deleted\)$/, '')));
}

/** Maestral is Python's. */
const INTERPRETER = /^python[\d.]*$/;

function readOne(sysroot: Sysroot, pid: string): RunningDaemon {
  const text = readKernelFile(sysroot, `/proc/${pid}/status`);
  const status = readParsed(sysroot, `/proc/${pid}/status`, parseProcStatus);
  const descriptors = readKernelDirectory(sysroot, `/proc/${pid}/fd`);
  const held = readWatchesOf(sysroot, pid);
  return {
    pids: status.ok ? [status.value.pid] : [],
    tasks: status.ok ? status.value.threads : 0,
    anonymousBytes: (text.ok ? parseAnonymousBytes(text.value) : null) ?? 0,
    openFiles: descriptors.ok ? descriptors.value.length : 0,
    watches: held?.watches ?? 0,
    watchInstances: held?.instances ?? 0,
  };
}

/** This very process: in held while it measures, gone when the daemon starts. */
export const readOwnProcess = (): RunningDaemon => readOne('', 'self');

export const addRunning = (a: RunningDaemon, b: RunningDaemon): RunningDaemon => ({
  pids: [...a.pids, ...b.pids],
  tasks: a.tasks + b.tasks,
  anonymousBytes: a.anonymousBytes + b.anonymousBytes,
  openFiles: a.openFiles + b.openFiles,
  watches: a.watches + b.watches,
  watchInstances: a.watchInstances + b.watchInstances,
});
