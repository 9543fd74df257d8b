// Which init runs this machine, by what it leaves in /run and by the name of process 1.

import { hasKernelPath, readKernelFile, type Sysroot } from './kernel-file.ts';

/** Each says so itself: sd_booted(3); /run/openrc is OpenRC's own state. */
const MARKS = [
  ['systemd', '/run/systemd/system'],
  ['openrc', '/run/openrc'],
] as const;

const NAME_OF = { runit: 'runit', runsvdir: 'runit', 's6-svscan': 's6', supervisord: 'supervisord' } as const;

export type FoundInit = (typeof MARKS)[number][0] | (typeof NAME_OF)[keyof typeof NAME_OF];

/** `name` null: no init that we know, as in most containers; `first` is the name of process 1. */
export function readInit(sysroot: Sysroot): { readonly name: FoundInit | null; readonly first: string } {
  const comm = readKernelFile(sysroot, '/proc/1/comm');
  const first = comm.ok ? comm.value.trim() : 'unknown';
  const marked = MARKS.find(([, path]) => hasKernelPath(sysroot, path))?.[0];
  const named = Object.entries(NAME_OF).find(([program]) => program === first)?.[1];
  return { name: marked ?? named ?? null, first };
}
