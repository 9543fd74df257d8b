// Which container technology this is, by the marks each leaves.

import { hasKernelPath, readKernelFile, type Sysroot } from './kernel-file.ts';
import { hasLxcfsMeminfo } from './meminfo.ts';

/** By a part of PID 1's (or our own) cgroup path. */
const BY_PATH: readonly (readonly [RegExp, string])[] = [
  [/\/kubepods/, 'kubepods'],
  [/\/docker[-/]/, 'docker'],
  [/\/libpod-|\/libpod_/, 'podman'],
  [/\/lxc[./]|\/lxc\.payload/, 'lxc'],
  [/\/machine\.slice\/systemd-nspawn/, 'systemd-nspawn'],
];

const KNOWN: readonly string[] = [
  'docker',
  'podman',
  'lxc',
  'systemd-nspawn',
  'openvz',
  'lxc-libvirt',
  'rkt',
];

/** `docker`, `podman`, `lxc`, `systemd-nspawn`, `kubepods`, `openvz`; null where no mark is seen. */
export function readContainerName(sysroot: Sysroot): string | null {
  return (
    openvzName(sysroot) ??
    pathName(sysroot) ??
    fileName(sysroot) ??
    toldName(sysroot) ??
    (hasLxcfsMeminfo(sysroot) ? 'lxc' : null)
  );
}

/** /proc/vz is in every container, /proc/bc on the host only (create_proc_entry, not its global variant). */
const openvzName = (sysroot: Sysroot): string | null =>
  (hasKernelPath(sysroot, '/proc/vz') || hasKernelPath(sysroot, '/proc/user_beancounters')) &&
  !hasKernelPath(sysroot, '/proc/bc')
    ? 'openvz'
    : null;

function pathName(sysroot: Sysroot): string | null {
  for (const source of ['/proc/1/cgroup', '/proc/self/cgroup']) {
    const text = readKernelFile(sysroot, source);
    const found = text.ok ? BY_PATH.find(([pattern]) => pattern.test(text.value)) : undefined;
    if (found !== undefined) return found[1];
  }
  return null;
}

function fileName(sysroot: Sysroot): string | null {
  if (hasKernelPath(sysroot, '/run/.containerenv')) return 'podman';
  return hasKernelPath(sysroot, '/.dockerenv') ? 'docker' : null;
}

/** systemd writes what PID 1's `container=` said to /run/systemd/container; the environment itself is root's to read. */
function toldName(sysroot: Sysroot): string | null {
  const told = readKernelFile(sysroot, '/run/systemd/container');
  const environment = readKernelFile(sysroot, '/proc/1/environ');
  const name = told.ok
    ? told.value.trim()
    : environment.ok
      ? (/(?:^|\0)container=([^\0]*)/.exec(environment.value)?.[1] ?? '')
      : '';
  return KNOWN.includes(name) ? name : null;
}
