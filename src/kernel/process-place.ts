// Where a process stands: its parent, group, session and terminal, and when it started.

import { readKernelFile } from './kernel-file.ts';

export interface ProcessPlace {
  /** R, S, D, T (stopped), t (traced), Z (ended, not yet reaped), X. */
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** 0: no controlling terminal. */
  readonly terminal: number;
  /** Group in the terminal's foreground; -1 without a terminal. */
  readonly foregroundGroupId: number;
  /** Clock ticks since boot; with the pid it names one process for as long as the machine is up. */
  readonly startTicks: number;
  /** Processor time it has had, in ticks of 10 ms (USER_HZ), its ended children not counted. */
  readonly processorTicks: number;
}

/** Indices of fields 14, 15 (utime, stime) and 22 (starttime) among the numbers that follow the state, which is field 3. */
const USER_TICKS_INDEX = 10;
const SYSTEM_TICKS_INDEX = 11;
const START_TICKS_INDEX = 18;

/** proc(5), /proc/PID/stat; the name in parentheses may itself hold spaces and parentheses. null: gone or unreadable. */
export function readProcessPlace(pid: number | 'self'): ProcessPlace | null {
  const stat = readKernelFile('', `/proc/${pid}/stat`);
  if (!stat.ok) return null;
  const fields = stat.value.slice(stat.value.lastIndexOf(')') + 2).split(' ');
  const [state = '', ...rest] = fields;
  const numbers = rest.map(Number);
  const [parentPid = 0, groupId = 0, sessionId = 0, terminal = 0, foregroundGroupId = -1] = numbers;
  const startTicks = numbers[START_TICKS_INDEX] ?? 0;
  const processorTicks = (numbers[USER_TICKS_INDEX] ?? 0) + (numbers[SYSTEM_TICKS_INDEX] ?? 0);
  return { state, parentPid, groupId, sessionId, terminal, foregroundGroupId, startTicks, processorTicks };
}

/** A zombie is not alive: nothing of it is left but its status. */
export const isAlive = (place: ProcessPlace | null): place is ProcessPlace =>
  place !== null && place.state !== 'Z' && place.state !== 'X';
