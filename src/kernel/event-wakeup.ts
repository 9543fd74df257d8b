// Where the kernel says by itself that something happened, so that a tick need not wait for its turn.
// Knows: which cgroup v2 files are notified through inotify. May not know: what a tick does.
//
// kernfs sends MODIFY for cgroup.events (populated, frozen), memory.events (high, max, oom) and pids.events, the last two
// at most every 10 ms (kernel/cgroup/cgroup.c, CGROUP_FILE_NOTIFY_MIN_INTV). cgroup v1 tells through eventfd alone, which
// Node cannot make, and beancounters tell nobody.

import { type FSWatcher, watch } from 'node:fs';
import type { SensorRequest } from './sensor.ts';

const NOTIFIED_FILES = ['cgroup.events', 'memory.events', 'pids.events'] as const;

export interface Wakeup {
  /** `events`: the kernel calls; `poll`: only the timer does. An `events` that failed since is `poll`. */
  readonly kind: 'events' | 'poll';
  /** One clause: what is watched, or why nothing is. */
  readonly reason: string;
  close(): void;
}

/** Calls `onEvent` at each event of the daemon's own rooms until closed; keeps no process alive, and throws nothing. */
export function openWakeup(rooms: SensorRequest['rooms'], onEvent: () => void): Wakeup {
  const unified = rooms.filter(({ kind }) => kind === 'unified');
  if (unified.length === 0) return POLL;
  const watchers = new Map<string, FSWatcher>();
  for (const { directory } of unified)
    for (const name of NOTIFIED_FILES) watchFile(`${directory}/${name}`, watchers, onEvent);
  return {
    get kind() {
      return watchers.size > 0 ? 'events' : 'poll';
    },
    get reason() {
      return watchers.size > 0
        ? `watching ${[...watchers.keys()].join(', ')}`
        : 'no event file could be watched';
    },
    close: () => {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

const POLL: Wakeup = {
  kind: 'poll',
  reason: "only a cgroup v2 of the daemon's own tells of events",
  close: () => undefined,
};

/** A controller that is off has no file, and inotify instances may be used up: what cannot be watched is polled. */
function watchFile(path: string, watchers: Map<string, FSWatcher>, onEvent: () => void): void {
  try {
    const watcher = watch(path, { persistent: false });
    watcher.on('change', () => {
      if (watchers.has(path)) onEvent();
    });
    watcher.on('error', () => {
      watcher.close();
      watchers.delete(path);
    });
    watchers.set(path, watcher);
  } catch {
    // The reason shows in `kind` and `reason`: nothing is watched.
  }
}
