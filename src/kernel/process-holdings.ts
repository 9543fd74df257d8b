// What processes that are known by their pids hold: memory and tasks cheaply, descriptors and watches where somebody wants them.
// A process that has ended meanwhile holds nothing; what may not be read of a living one is null, never 0.

import { parseAnonymousBytes, parseProcStatus } from '../formats/proc-status.ts';
import { readWatchesOf } from './inotify.ts';
import { hasKernelPath, readKernelDirectory, readKernelFile } from './kernel-file.ts';
import { isAlive, readProcessPlace } from './process-place.ts';

export interface MemoryHeld {
  readonly processes: number;
  /** Threads of all of them. */
  readonly tasks: number;
  readonly anonymousBytes: number;
}

export function readMemoryHeld(pids: readonly number[]): MemoryHeld {
  const texts = pids.flatMap((pid) => {
    const text = readKernelFile('', `/proc/${pid}/status`);
    return text.ok ? [text.value] : [];
  });
  const tasks = texts.map((text) => parseProcStatus(text)).flatMap((each) => (each.ok ? [each.value] : []));
  return {
    processes: tasks.length,
    tasks: sum(tasks.map(({ threads }) => threads)),
    // A zombie has no memory, and its file no line that would say so.
    anonymousBytes: sum(texts.map((text) => parseAnonymousBytes(text) ?? 0)),
  };
}

export interface DescriptorsHeld {
  readonly openFiles: number;
  readonly watches: number;
  readonly watchInstances: number;
}

/** About 4 us a watch. null: those of a living process may not be looked at. */
export function readDescriptorsHeld(pids: readonly number[]): DescriptorsHeld | null {
  let held: DescriptorsHeld = { openFiles: 0, watches: 0, watchInstances: 0 };
  for (const pid of pids) {
    const descriptors = readKernelDirectory('', `/proc/${pid}/fd`);
    const watching = readWatchesOf('', String(pid));
    if (descriptors.ok && watching !== null)
      held = {
        openFiles: held.openFiles + descriptors.value.length,
        watches: held.watches + watching.watches,
        watchInstances: held.watchInstances + watching.instances,
      };
    else if (hasKernelPath('', `/proc/${pid}`) && isAlive(readProcessPlace(pid))) return null;
  }
  return held;
}

/** Calls of read(2) and its like by one process so far; null: not to be looked at, or not counted (CONFIG_TASK_IO_ACCOUNTING). */
export function readCallsOf(pid: number): number | null {
  const io = readKernelFile('', `/proc/${pid}/io`);
  const calls = io.ok ? /^syscr: (\d+)$/m.exec(io.value)?.[1] : undefined;
  return calls === undefined ? null : Number(calls);
}

/** What tells how the processes of a daemon stand to each other, and how much they have worked. */
export interface ProcessShape {
  /** Process groups: a signal to one of them does not reach the others. */
  readonly groups: number;
  /** Ticks of 10 ms. */
  readonly processorTicks: number;
  /** Threads in uninterruptible sleep: one that waits for a slow disk works, though no processor is used. */
  readonly waitingTasks: number;
}

export function readProcessShape(pids: readonly number[]): ProcessShape {
  const places = pids.map(readProcessPlace).filter(isAlive);
  return {
    groups: new Set(places.map(({ groupId }) => groupId)).size,
    processorTicks: sum(places.map(({ processorTicks }) => processorTicks)),
    waitingTasks: sum(pids.map(readWaitingTasks)),
  };
}

/** /proc/PID/task/TID/stat has the layout of /proc/PID/stat. */
function readWaitingTasks(pid: number): number {
  const tasks = readKernelDirectory('', `/proc/${pid}/task`);
  const stats = tasks.ok
    ? tasks.value.map((task) => readKernelFile('', `/proc/${pid}/task/${task}/stat`))
    : [];
  return stats.filter((stat) => stat.ok && WAITING.test(stat.value)).length;
}

/** The state stands behind the last parenthesis of the name. */
const WAITING = /.*\) D /s;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
