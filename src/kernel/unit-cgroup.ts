// The cgroup of a running systemd unit, found by its directory: no bus, no fork.

import { hasKernelPath, readKernelDirectory, readKernelFile, type Sysroot } from './kernel-file.ts';

export type UnitCgroup =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'several'; readonly paths: readonly string[] }
  | { readonly kind: 'absent' };

/** Where the memory controller's tree may be mounted: unified, hybrid's v1, hybrid's named one. */
const HIERARCHIES = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory', '/sys/fs/cgroup/systemd'];
/** Whether any hierarchy has that cgroup; the path may begin with the mount point. */
export const hasCgroup = (path: string, sysroot: Sysroot): boolean =>
  ['', ...HIERARCHIES.map((mountPoint) => `${mountPoint}/`)].some((prefix) =>
    hasKernelPath(sysroot, `${prefix}${path}/cgroup.procs`),
  );

/** Slices nest by user and by template: -.slice, user.slice, user-1000.slice, user@1000.service, app.slice. */
const DEEPEST = 5;

/** `dropbox` stands for dropbox.service; the path is below the hierarchy's mount point. */
export function readUnitCgroup(unit: string, sysroot: Sysroot): UnitCgroup {
  const name = /\.(service|scope|slice)$/.test(unit) ? unit : `${unit}.service`;
  for (const mountPoint of HIERARCHIES) {
    const [first, ...more] = search(sysroot, mountPoint, '', name, DEEPEST);
    if (first !== undefined)
      return more.length === 0
        ? { kind: 'found', path: first }
        : { kind: 'several', paths: [first, ...more] };
  }
  return { kind: 'absent' };
}

/** Everybody in a unit's cgroup and below it, in whichever hierarchy lists them. */
export function readUnitProcesses(path: string, sysroot: Sysroot): number[] {
  const lists = HIERARCHIES.map((mountPoint) => listBelow(sysroot, `${mountPoint}${path}`, DEEPEST));
  return lists.find((pids) => pids.length > 0) ?? [];
}

function listBelow(sysroot: Sysroot, directory: string, depth: number): number[] {
  const listed = readKernelFile(sysroot, `${directory}/cgroup.procs`);
  const own = listed.ok
    ? listed.value
        .split('\n')
        .map(Number)
        .filter((pid) => pid > 0)
    : [];
  const names = depth > 0 ? readKernelDirectory(sysroot, directory) : null;
  if (names === null || !names.ok) return own;
  return [...own, ...names.value.flatMap((name) => listBelow(sysroot, `${directory}/${name}`, depth - 1))];
}

function search(sysroot: Sysroot, mountPoint: string, path: string, name: string, depth: number): string[] {
  const names = readKernelDirectory(sysroot, mountPoint + path);
  if (!names.ok) return [];
  if (names.value.includes(name)) return [`${path}/${name}`];
  if (depth === 0) return [];
  const slices = names.value.filter((child) => /\.slice$|^user@\d+\.service$/.test(child));
  return slices.flatMap((child) => search(sysroot, mountPoint, `${path}/${child}`, name, depth - 1));
}
