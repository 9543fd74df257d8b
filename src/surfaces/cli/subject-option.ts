// --for unit:NAME|pid:N|cgroup:PATH|user:NAME: whose walls.

import { SyncguardError } from '../../domain/error.ts';
import { hasKernelPath } from '../../kernel/kernel-file.ts';
import type { Subject } from '../../kernel/subject.ts';
import { hasCgroup, readUnitCgroup } from '../../kernel/unit-cgroup.ts';
import { readUserId } from '../../kernel/user-id.ts';

const HINT =
  'write it as in --for unit:dropbox, --for pid:1234, --for cgroup:/system.slice or --for user:alice';

/** The subject in the kernel's terms, and in the words the output names it by. */
export interface NamedSubject {
  readonly subject: Subject;
  readonly words: string;
}

export function parseSubject(text: string | undefined, sysroot: string): NamedSubject {
  if (text === undefined) return { subject: { kind: 'self' }, words: 'this process' };
  const [kind = '', name = ''] = text.split(/:(.*)/s);
  if (name === '') throw new SyncguardError('usage', `--for ${text} names nobody.`, HINT);
  switch (kind) {
    case 'pid':
      return pidSubject(name, sysroot);
    case 'cgroup':
      return cgroupSubject(name, sysroot);
    case 'user':
      return userSubject(name, sysroot);
    case 'unit':
      return unitSubject(name, sysroot);
    default:
      throw new SyncguardError('usage', `--for ${text}: ${kind} is not unit, pid, cgroup or user.`, HINT);
  }
}

function pidSubject(name: string, sysroot: string): NamedSubject {
  if (!/^[1-9]\d{0,9}$/.test(name))
    throw new SyncguardError('usage', `--for pid:${name} is not a process id.`, HINT);
  if (!hasKernelPath(sysroot, `/proc/${name}`))
    throw new SyncguardError(
      'no-subject',
      `--for pid:${name}: there is no such process.`,
      'pgrep -a NAME lists those of a name',
    );
  return { subject: { kind: 'pid', pid: Number(name) }, words: `process ${name}` };
}

function cgroupSubject(path: string, sysroot: string): NamedSubject {
  if (!hasCgroup(path, sysroot))
    throw new SyncguardError(
      'no-subject',
      `--for cgroup:${path}: there is no such cgroup.`,
      'systemd-cgls, or cat /proc/PID/cgroup, shows the paths',
    );
  return { subject: { kind: 'cgroup', path }, words: `cgroup ${path}` };
}

function userSubject(name: string, sysroot: string): NamedSubject {
  const uid = /^\d+$/.test(name) ? Number(name) : readUserId(name, sysroot);
  if (uid === null)
    throw new SyncguardError(
      'usage',
      `--for user:${name}: there is no user ${name} in /etc/passwd.`,
      'getent passwd lists them',
    );
  return { subject: { kind: 'user', uid }, words: `user ${name}` };
}

function unitSubject(name: string, sysroot: string): NamedSubject {
  const found = readUnitCgroup(name, sysroot);
  if (found.kind === 'found') return { subject: { kind: 'cgroup', path: found.path }, words: `unit ${name}` };
  throw new SyncguardError(
    'no-subject',
    found.kind === 'several'
      ? `--for unit:${name} could be any of ${found.paths.join(', ')}.`
      : `--for unit:${name}: no running unit of that name has a cgroup.`,
    found.kind === 'several'
      ? 'name one with --for cgroup:PATH'
      : `systemctl status ${name} tells whether it runs; a stopped unit's walls are not in force`,
  );
}
