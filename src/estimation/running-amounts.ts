// A running instance in the terms of the walls.

import type { PinSizes } from '../domain/firm.ts';
import { processKernelBytes } from '../domain/load.ts';
import type { Amounts } from '../domain/projection.ts';
import { BEANCOUNTER_PAGE_BYTES } from '../domain/resource.ts';
import type { RunningDaemon } from '../kernel/running-daemon.ts';

/** By resource, in its own unit: what is held because this daemon runs. */
export function amountsOfRunning(
  running: RunningDaemon,
  { beancounterUnitBytes, watchPinBytes }: PinSizes,
): Amounts {
  const { watches, tasks, anonymousBytes, openFiles, watchInstances } = running;
  const pinnedBytes = watches * (beancounterUnitBytes > 0 ? beancounterUnitBytes : watchPinBytes);
  const kernelBytes = pinnedBytes + processKernelBytes(tasks, anonymousBytes);
  return new Map([
    ['memory', kernelBytes + anonymousBytes],
    ['dcachesize', pinnedBytes],
    ['kmemsize', kernelBytes],
    ['privvmpages', anonymousBytes / BEANCOUNTER_PAGE_BYTES],
    ['physpages', (kernelBytes + anonymousBytes) / BEANCOUNTER_PAGE_BYTES],
    ['numproc', tasks],
    ['pids', tasks],
    ['numfile', openFiles],
    ['inotify_watches', watches],
    ['inotify_instances', watchInstances],
  ]);
}
