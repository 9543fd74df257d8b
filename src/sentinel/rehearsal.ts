// What is tried before the daemon's first instruction: pages that shall stay, and every act.
// A guard whose act runs for the first time when it is needed has never survived an exhausted container (0 of 6).

import type { Grip } from '../actuators/grip.ts';
import type { Result } from '../domain/result.ts';
import { failure } from '../domain/result.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { readKernelFile } from '../kernel/kernel-file.ts';
import { loadLibc } from '../kernel/native.ts';
import { collectYoung } from './settled-heap.ts';
import type { Tick } from './tick.ts';

export type PageLock = 'locked' | 'no-koffi' | 'refused';

/** mman.h: pages that are there, and the others as they are touched. */
const MLOCK_ONFAULT = 1;
/** Address range and path of a mapping that a file stands behind (proc(5), /proc/PID/maps). */
const FILE_MAPPING = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ [1-9]\d*\s+\//;

/**
 * Keeps the pages of programs and libraries in memory: they are what reclaim takes from this process at an exhausted wall, and
 * what it then waits for (measured: a cold binary survived 0 of 10). Not the heap, which could only go to swap: mlockall, even
 * as they are touched, makes V8 end with a failed check, because it gives back a guard page that is then locked (Node 20.20).
 * `refused`: RLIMIT_MEMLOCK or a seccomp filter.
 */
export function lockPages(): PageLock {
  const libc = loadLibc();
  if (!libc.ok) return 'no-koffi';
  const mlock2 = libc.value.declare('mlock2', 'int', ['uintptr_t', 'size_t', 'unsigned int']);
  const maps = readKernelFile('', '/proc/self/maps');
  if (mlock2 === null || !maps.ok) return 'refused';
  const isLocked = maps.value.split('\n').every((line) => {
    const [, from, to] = FILE_MAPPING.exec(line) ?? [];
    if (from === undefined || to === undefined) return true;
    const start = Number.parseInt(from, 16);
    return mlock2(start, Number.parseInt(to, 16) - start, MLOCK_ONFAULT) === 0;
  });
  return isLocked ? 'locked' : 'refused';
}

/** Real freezes of the launcher that waits, which is harmless: it waits. */
const FREEZES = 20;
const FREEZE_MS = 1_000;
/** Never woken: waiting for it is sleeping without a timer. */
const SLEEPER: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4));

/** The whole act path on the waiting daemon: an error says which act would not have worked. */
export function rehearseActs(grip: Grip): Result<void, string> {
  const rehearsed = grip.rehearse();
  if (!rehearsed.ok) return rehearsed;
  for (let count = 0; count < FREEZES; count += 1) {
    const isHeld = grip.freeze() && holdsStill(grip);
    if (!(grip.thaw() && isHeld)) return failure(`${grip.reason} does not freeze and thaw`);
  }
  return rehearsed;
}

/** A stop lands when the process is scheduled: on a machine at load 5 that took longer than 50 looks in a row. */
function holdsStill(grip: Grip): boolean {
  const untilMs = monotonicMs() + FREEZE_MS;
  while (!grip.isFrozen()) {
    if (monotonicMs() > untilMs) return false;
    Atomics.wait(SLEEPER, 0, 0, 1);
  }
  return true;
}

/** A look not yet compiled leaves 5 to 7 KB of garbage, after a thousand below 2 (Node 20 to 24). */
const REHEARSED_TICKS = { all: 1500, some: 100 } as const;

/** The tick as it will run, often enough to be compiled. */
export function rehearseTicks(tick: Tick, howMany: keyof typeof REHEARSED_TICKS): void {
  for (let count = 0; count < REHEARSED_TICKS[howMany]; count += 1) {
    if (count % 20 === 0) collectYoung();
    tick.run(monotonicMs());
  }
}

/** Node sorts its timers by how long they last, in a heap of its own; that code, too, runs for the first time some time. */
const TIMERS_MS: readonly number[] = [5, 1, 3, 2, 4];

export async function rehearseTimers(): Promise<void> {
  await Promise.all(
    TIMERS_MS.map(
      (durationMs) =>
        new Promise((resolve) => {
          setTimeout(resolve, durationMs);
          clearTimeout(setTimeout(resolve, durationMs));
        }),
    ),
  );
}
