// Who belongs to the daemon: every process of its cgroup, or where it has none, of its session or with its cookie.
// A daemon that replaces itself (fork, then exit 0) has not ended, and its successor is found here.

import { readMembers } from '../actuators/cgroup-home.ts';
import type { Home } from '../actuators/home.ts';
import { readKernelDirectory, readKernelFile } from '../kernel/kernel-file.ts';
import { COOKIE_VARIABLE } from './launch-facts.ts';
import { readProcessPlace } from './process-place.ts';

export interface MemberTraits {
  readonly home: Home;
  /** The daemon's own session; null where it shares ours. */
  readonly sessionId: number | null;
  /** null: the home's cgroup tells. */
  readonly cookie: string | null;
}

/** Pids of the daemon's living processes. A zombie is not alive: nothing of it is left but its status. */
export function readLivingMembers(traits: MemberTraits): number[] {
  const housed = readMembers(traits.home);
  if (housed !== null) return housed;
  const names = readKernelDirectory('', '/proc');
  if (!names.ok) return [];
  return names.value.map(Number).filter((pid) => pid > 0 && pid !== process.pid && isMember(pid, traits));
}

function isMember(pid: number, { sessionId, cookie }: MemberTraits): boolean {
  const place = readProcessPlace(pid);
  if (place === null || place.state === 'Z' || place.state === 'X') return false;
  if (sessionId !== null && place.sessionId === sessionId) return true;
  return cookie !== null && hasCookie(pid, cookie);
}

/** The environment a process was started with; another user's cannot be read and is not ours. */
function hasCookie(pid: number, cookie: string): boolean {
  const environment = readKernelFile('', `/proc/${pid}/environ`);
  return environment.ok && environment.value.split('\0').includes(`${COOKIE_VARIABLE}=${cookie}`);
}

/** Of these, the ones whose parent is not among them: whom a signal for the whole daemon is sent to. */
export function headsOf(pids: readonly number[]): number[] {
  const members = new Set(pids);
  const heads = pids.filter((pid) => !members.has(readProcessPlace(pid)?.parentPid ?? 0));
  return heads.length > 0 ? heads : [...pids];
}
