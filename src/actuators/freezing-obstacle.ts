// What must never stand still. A frozen FUSE server hangs everybody who touches its mount, ourselves included; a frozen
// login shell or sshd locks the user out who came to help.
// Knows: /proc of the processes it is given. May not know: how they would be frozen.

import { readKernelDirectory, readKernelFile, readKernelLink } from '../kernel/kernel-file.ts';
import { isAlive, readProcessPlace } from '../kernel/process-place.ts';

const FUSE = '/dev/fuse';
const INIT_PID = 1;

/** Programs that let people in; the kernel cuts a name after 15 bytes. */
const DOORS: readonly string[] = [
  'sshd',
  'sshd-session',
  'sshd-auth',
  'dropbear',
  'login',
  'agetty',
  'getty',
];

/** One clause on why these processes may not be frozen; null: nothing is known to be against it. Opens files. */
export function obstacleToFreezing(pids: readonly number[]): string | null {
  const forbears = forbearsOf(process.pid);
  for (const pid of pids) {
    const obstacle = obstacleIn(pid, forbears);
    if (obstacle !== null) return obstacle;
  }
  return null;
}

/** Why these are nobody's daemon, and shall not even be ended; null: nothing is known to be against it. */
export function obstacleToAttaching(pids: readonly number[]): string | null {
  const forbears = forbearsOf(process.pid);
  for (const pid of pids) {
    const obstacle = neededBy(pid, nameOf(pid), forbears);
    if (obstacle !== null) return obstacle;
  }
  return null;
}

function obstacleIn(pid: number, forbears: readonly number[]): string | null {
  const name = nameOf(pid);
  const obstacle = neededBy(pid, name, forbears);
  if (obstacle !== null) return obstacle;
  return servesMount(pid) ? `pid ${pid} (${name}) serves a mount: it holds ${FUSE}` : null;
}

/** Whoever stands between a person and this machine, or between us and whoever started us. */
function neededBy(pid: number, name: string, forbears: readonly number[]): string | null {
  if (pid === INIT_PID) return 'PID 1 is among its processes';
  if (pid === process.pid) return 'this guard is among its processes';
  if (forbears.includes(pid)) return `pid ${pid}, which this guard was started by, is among its processes`;
  return isLogin(pid, name) ? `pid ${pid} (${name}) is how people log in` : null;
}

/** Who would not get our exit status, and may be the shell in front of which the user sits. */
function forbearsOf(pid: number): number[] {
  const forbears: number[] = [];
  for (let parent = parentOf(pid); parent > INIT_PID && !forbears.includes(parent); parent = parentOf(parent))
    forbears.push(parent);
  return forbears;
}

function parentOf(pid: number): number {
  const place = readProcessPlace(pid);
  return isAlive(place) ? place.parentPid : 0;
}

function nameOf(pid: number): string {
  const name = readKernelFile('', `/proc/${pid}/comm`);
  return name.ok ? name.value.trimEnd() : '';
}

/** login(1) and sshd mark a login shell by a dash before its own name. */
function isLogin(pid: number, name: string): boolean {
  if (DOORS.includes(name)) return true;
  const words = readKernelFile('', `/proc/${pid}/cmdline`);
  return words.ok && words.value.startsWith('-');
}

/** Descriptors that may not be looked at (another user's) tell nothing. */
function servesMount(pid: number): boolean {
  const descriptors = readKernelDirectory('', `/proc/${pid}/fd`);
  if (!descriptors.ok) return false;
  return descriptors.value.some((descriptor) => {
    const target = readKernelLink('', `/proc/${pid}/fd/${descriptor}`);
    return target.ok && target.value === FUSE;
  });
}
