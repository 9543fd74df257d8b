// Where kernel files are opened and read whole: below a sysroot, so that a recorded tree stands in for a machine.
// Knows: node:fs, errno, the joining of paths. May not know: what a file says.

import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import type { Gap, GapReason } from '../domain/snapshot.ts';
import { errnoOf } from './errno.ts';

/** Directory in which `proc/` and `sys/` lie; '' is the running machine. */
export type Sysroot = string;

/** Whether the sysroot is the running machine, so that system calls may complete what files do not tell. */
export const isLive = (sysroot: Sysroot): boolean => sysroot === '' || sysroot === '/';

/** ASCII names that do not begin with a dot: nothing to normalize, and the same bytes in every encoding. */
const PLAIN = /^(?:\/(?!\.)[\x20-\x2e\x30-\x7e]+)+$/;

/** A path as the kernel writes it (bytes as latin1), joined below the sysroot: `..` never leads out of it. */
export const locate = (sysroot: Sysroot, path: string): string | Buffer =>
  PLAIN.test(path)
    ? sysroot + path
    : Buffer.concat([Buffer.from(sysroot), Buffer.from(join('/', path), 'latin1')]);

const REASON_OF: Readonly<Record<string, GapReason>> = {
  ENOENT: 'absent',
  ENOTDIR: 'absent',
  // A process that ended while its directory was open, a cgroup that was removed, a controller switched off.
  ESRCH: 'absent',
  ENODEV: 'absent',
  EOPNOTSUPP: 'absent',
  EACCES: 'denied',
  EPERM: 'denied',
  ELOOP: 'denied',
};

/** A machine in a file has a link to itself where a file was denied: not even root can open one, and the kernel has none. */
const DENIED_THERE = 'where it was recorded';

/** `read` as a Result: its errno decides the reason, `source` names what was asked. */
export function attempt<T>(path: string, read: () => T): Result<T, Gap> {
  try {
    return success(read());
  } catch (error) {
    const errno = errnoOf(error);
    const detail = errno === 'ELOOP' ? DENIED_THERE : errno;
    return failure({ source: path, reason: REASON_OF[errno] ?? 'stale', detail });
  }
}

/** The same, with what was denied shown to the witness. */
function attemptSeen<T>(path: string, read: () => T): Result<T, Gap> {
  const seen = attempt(path, read);
  if (!seen.ok && seen.error.reason === 'denied') witness?.denied(path);
  return seen;
}

/** What was read, as it was: for whoever records a machine. */
export interface Witness {
  file(path: string, text: string): void;
  /** A directory, or a file of which only that it is there was asked. */
  there(path: string, isDirectory: boolean): void;
  /** What a directory lists. */
  listed(path: string, names: readonly string[]): void;
  link(path: string, target: string): void;
  denied(path: string): void;
}

let witness: Witness | null = null;

/** `read`, with everything it reads here shown to the witness too. */
export function witnessed<T>(whom: Witness, read: () => T): T {
  witness = whom;
  try {
    return read();
  } finally {
    witness = null;
  }
}

/** The whole file, bytes as latin1. Absent, denied, or any other errno (`stale`, with errno as detail) is a Gap. */
export function readKernelFile(sysroot: Sysroot, path: string): Result<string, Gap> {
  const text = attemptSeen(path, () => readWhole(locate(sysroot, path)));
  if (text.ok) witness?.file(path, text.value);
  return text;
}

/** Kernel files tell no size, so readFileSync would take 64 KiB for each; most say all they have in one page. */
const chunk: Buffer = Buffer.allocUnsafeSlow(16_384);

function readWhole(path: string | Buffer): string {
  const descriptor = openSync(path, 'r');
  try {
    let text = '';
    for (let length = readChunk(descriptor); length > 0; length = readChunk(descriptor)) {
      text += chunk.toString('latin1', 0, length);
    }
    return text;
  } finally {
    closeSync(descriptor);
  }
}

const readChunk = (descriptor: number): number => readSync(descriptor, chunk, 0, chunk.length, null);

/** Names in a directory, bytes as latin1. */
export function readKernelDirectory(sysroot: Sysroot, path: string): Result<readonly string[], Gap> {
  const names = attemptSeen(path, () => readdirSync(locate(sysroot, path), { encoding: 'latin1' }));
  if (names.ok) witness?.listed(path, names.value);
  return names;
}

/** The directories in a directory, bytes as latin1. */
export function readKernelSubdirectories(sysroot: Sysroot, path: string): Result<readonly string[], Gap> {
  const names = attemptSeen(path, () =>
    readdirSync(locate(sysroot, path), { encoding: 'latin1', withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
  );
  if (names.ok) for (const name of names.value) witness?.there(`${path}/${name}`, true);
  return names;
}

/** The target of a link such as /proc/PID/fd/3, which need not exist. */
export function readKernelLink(sysroot: Sysroot, path: string): Result<string, Gap> {
  const target = attemptSeen(path, () => readlinkSync(locate(sysroot, path), 'latin1'));
  if (target.ok && target.value === path.slice(path.lastIndexOf('/') + 1))
    return failure({ source: path, reason: 'denied', detail: DENIED_THERE });
  if (target.ok) witness?.link(path, target.value);
  return target;
}

/** Whether something is there; what may not be looked at is taken for not there, but for what could not be read there. */
export function hasKernelPath(sysroot: Sysroot, path: string): boolean {
  const stats = attempt(path, () => statSync(locate(sysroot, path)));
  if (stats.ok) witness?.there(path, stats.value.isDirectory());
  return stats.ok || stats.error.detail === DENIED_THERE;
}

/** Whether a recorded machine can lie there: a directory. What it lacks is a Gap of whoever reads it. */
export const isMachine = (sysroot: Sysroot): boolean => hasKernelPath(sysroot, '/.');

/** Uid that owns what is there; of a process its effective one, or root's where others may not look at it. null: not there. */
export function readOwner(sysroot: Sysroot, path: string): number | null {
  const stats = attempt(path, () => statSync(locate(sysroot, path)));
  return stats.ok ? stats.value.uid : null;
}

/** Read and parsed: what the kernel printed but the format does not know is a Gap `malformed` with its line. */
export function readParsed<T>(
  sysroot: Sysroot,
  path: string,
  parse: (text: string) => Result<T, Malformed>,
): Result<T, Gap> {
  const text = readKernelFile(sysroot, path);
  if (!text.ok) return text;
  const parsed = parse(text.value);
  if (parsed.ok) return parsed;
  const { reason, line } = parsed.error;
  return failure({ source: path, reason: 'malformed', detail: `line ${line}: ${reason}` });
}
