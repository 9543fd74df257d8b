// Who has heard what a terminal said.

import { readProcessPlace } from '../kernel/process-place.ts';

/** Whether the terminal itself has just sent `pid` what it sent us: same group, and that group in the foreground. */
export function sharesForeground(pid: number): boolean {
  const own = readProcessPlace('self');
  const other = readProcessPlace(pid);
  if (own === null || other === null || own.terminal === 0) return false;
  return own.groupId === own.foregroundGroupId && other.groupId === own.groupId;
}
