// What is tried before the daemon's first instruction: pages that shall stay, a heap that is there, and every act.
// A guard whose act runs for the first time when it is needed has never survived an exhausted container (0 of 6).

import type { Grip } from '../actuators/grip.ts';
import type { Result } from '../domain/result.ts';
import { failure } from '../domain/result.ts';
import { readKernelFile } from '../kernel/kernel-file.ts';
import { loadLibc } from '../kernel/native.ts';
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

/** Short garbage, so that the young generation has its pages and V8 its machinery before there is a wall. */
const WARM_BYTES = 64 * 1024 * 1024;
const WARM_PIECE_WORDS = 256;

/** Best while somebody else is waited for: it takes 20 to 40 ms. */
export const warmHeap = (): number => litter(WARM_BYTES);

/** A few times the young generation, after all that stays was made: what survives is moved where it stays, which takes pages. */
const SETTLE_BYTES = 8 * 1024 * 1024;

export const settleHeap = (): number => litter(SETTLE_BYTES);

function litter(bytes: number): number {
  let kept = 0;
  for (let made = 0; made < bytes; made += WARM_PIECE_WORDS * 8)
    kept += new Array<number>(WARM_PIECE_WORDS).fill(made).length;
  return kept;
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
  const untilMs = performance.now() + FREEZE_MS;
  while (!grip.isFrozen()) {
    if (performance.now() > untilMs) return false;
    Atomics.wait(SLEEPER, 0, 0, 1);
  }
  return true;
}

/** A look not yet compiled leaves 5 to 7 KB of garbage, after a thousand below 2 (Node 20 to 24). */
const REHEARSED_TICKS = { all: 1500, some: 100 } as const;

/** The tick as it will run, often enough to be compiled. */
export function rehearseTicks(tick: Tick, howMany: keyof typeof REHEARSED_TICKS): void {
  for (let count = 0; count < REHEARSED_TICKS[howMany]; count += 1) tick.run(performance.now());
}
