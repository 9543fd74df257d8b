// Where a process stands towards its terminal: group, session, and who the terminal's foreground group is.

import { readKernelFile } from '../kernel/kernel-file.ts';

export interface ProcessPlace {
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** 0: no controlling terminal. */
  readonly terminal: number;
  /** Group in the terminal's foreground; -1 without a terminal. */
  readonly foregroundGroupId: number;
}

/** proc(5), /proc/PID/stat; the name in parentheses may itself hold spaces and parentheses. null: gone or unreadable. */
export function readProcessPlace(pid: number | 'self'): ProcessPlace | null {
  const stat = readKernelFile('', `/proc/${pid}/stat`);
  if (!stat.ok) return null;
  const fields = stat.value.slice(stat.value.lastIndexOf(')') + 2).split(' ');
  const [state = '', ...numbers] = fields;
  const [parentPid = 0, groupId = 0, sessionId = 0, terminal = 0, foregroundGroupId = -1] =
    numbers.map(Number);
  return { state, parentPid, groupId, sessionId, terminal, foregroundGroupId };
}

/** Whether the terminal itself has just sent `pid` what it sent us: same group, and that group in the foreground. */
export function sharesForeground(pid: number): boolean {
  const own = readProcessPlace('self');
  const other = readProcessPlace(pid);
  if (own === null || other === null || own.terminal === 0) return false;
  return own.groupId === own.foregroundGroupId && other.groupId === own.groupId;
}
