// Which process this is, so that whoever finds its manifest can tell it from a later one with the same pid.

import type { GuardManifest } from '../formats/guard-manifest.ts';
import { readKernelFile } from '../kernel/kernel-file.ts';
import { readProcessPlace } from '../kernel/process-place.ts';

export const readOwnIdentity = (): Pick<GuardManifest, 'pid' | 'startTicks' | 'bootId'> => ({
  pid: process.pid,
  startTicks: readProcessPlace('self')?.startTicks ?? 0,
  bootId: readBootId(),
});

/** '' where the kernel has none to tell. */
function readBootId(): string {
  const text = readKernelFile('', '/proc/sys/kernel/random/boot_id');
  return text.ok ? text.value.trim() : '';
}
