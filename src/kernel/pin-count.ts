// How many names processes keep in use: what they watch and what they hold open.

import { readWatchesOf } from './inotify.ts';
import { readKernelDirectory } from './kernel-file.ts';

/** Watches and open descriptors of all of them; -1: none of them could be read. */
export function readPinCount(pids: readonly number[]): number {
  let pins = -1;
  for (const pid of pids) {
    const descriptors = readKernelDirectory('', `/proc/${pid}/fd`);
    const held = readWatchesOf('', String(pid));
    if (descriptors.ok && held !== null) pins = Math.max(0, pins) + descriptors.value.length + held.watches;
  }
  return pins;
}
