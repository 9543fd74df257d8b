// How many watches the daemon holds, by what the kernel shows of its processes.
// Knows: cgroup.procs and fdinfo. Costs 4 us a watch: at most once a second, and only around a pause of the daemon's own.

import { readWatchesOf } from '../kernel/inotify.ts';
import { readKernelFile } from '../kernel/kernel-file.ts';

interface Room {
  readonly directory: string;
  readonly kind: 'memory' | 'freezer' | 'unified';
}

/** null: it has no cgroup of its own that would name its processes, or none of them can be read. */
export function countWatches(rooms: readonly Room[]): number | null {
  const [room] = rooms;
  const text = room === undefined ? null : readKernelFile('', `${room.directory}/cgroup.procs`);
  if (text === null || !text.ok) return null;
  const held = text.value
    .split('\n')
    .filter((pid) => /^[1-9]/.test(pid))
    .map((pid) => readWatchesOf('', pid));
  const known = held.flatMap((each) => (each === null ? [] : [each.watches]));
  return known.length === 0 ? null : known.reduce((sum, watches) => sum + watches, 0);
}
