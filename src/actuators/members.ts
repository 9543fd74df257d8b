// Who belongs to the daemon: every process of its cgroup, or where it has none, of its session or with its cookie.
// A daemon that replaces itself (fork, then exit 0) has not ended, and its successor is found here.

import { readKernelDirectory, readKernelFile } from '../kernel/kernel-file.ts';
import { isAlive, readProcessPlace } from '../kernel/process-place.ts';
import { readMembers } from './cgroup-home.ts';
import type { Home } from './home.ts';
import type { ProcessTree } from './process-tree.ts';

/** Marks every process of one run, to find those that left the session; only where no cgroup tells. */
export const COOKIE_VARIABLE = 'SYNCGUARD_RUN';

export interface MemberTraits {
  readonly home: Home;
  /** The daemon's own session; null where it shares ours. */
  readonly sessionId: number | null;
  /** null: the home's cgroup tells. */
  readonly cookie: string | null;
  /** Of a daemon that we did not start, which bears no cookie. */
  readonly tree?: ProcessTree;
}

/** Pids of the daemon's living processes. */
export const readLivingMembers = (traits: MemberTraits): number[] =>
  readMembers(traits.home) ?? readMarkedProcesses(traits);

/** Living processes of the session or with the cookie, from a look at every process of the machine; ourselves never. */
export function readMarkedProcesses(traits: Omit<MemberTraits, 'home'>): number[] {
  if (traits.tree !== undefined) return traits.tree.read();
  const names = readKernelDirectory('', '/proc');
  if (!names.ok) return [];
  return names.value.map(Number).filter((pid) => pid > 0 && pid !== process.pid && isMarked(pid, traits));
}

function isMarked(pid: number, { sessionId, cookie }: Omit<MemberTraits, 'home'>): boolean {
  const place = readProcessPlace(pid);
  if (!isAlive(place)) return false;
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
