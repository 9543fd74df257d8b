// When a daemon's first pass is over, as far as one can see from outside: it holds what it held, and hardly works.

export interface StillReading {
  readonly atMs: number;
  readonly processes: number;
  /** null: cannot be read. */
  readonly watches: number | null;
  readonly kernelBytes: number | null;
  /** Processor time of the living processes so far, in ticks of 10 ms. */
  readonly processorTicks: number;
  /** Threads that wait for a disk. */
  readonly waitingTasks: number;
}

/** Charges are kept in stocks by processor, and an idle daemon's own tables move a little: 0.1 MB seen (Syncthing 1.19, 6.18). */
const KERNEL_NOISE_BYTES = 262_144;
const KERNEL_NOISE_SHARE = 0.01;
/** Syncthing idles at 1 % of a processor; one that hashes, copies or looks through a cold tree takes 20 % and more. */
const IDLE_PROCESSOR_SHARE = 0.08;
const TICK_MS = 10;

/**
 * Whether nothing has changed for `stillMs` up to the last reading. A daemon that waits for its network looks the same: who
 * knows better says how long to look.
 */
export function isSettled(readings: readonly StillReading[], stillMs: number): boolean {
  const last = readings.at(-1);
  if (last === undefined) return false;
  const since = readings.findLastIndex(({ atMs }) => atMs <= last.atMs - stillMs);
  return since >= 0 && isStill(readings.slice(since));
}

function isStill(readings: readonly StillReading[]): boolean {
  const [first] = readings;
  const last = readings.at(-1);
  if (first === undefined || last === undefined) return false;
  const isSame = readings.every(
    ({ processes, watches, waitingTasks }) =>
      processes === first.processes && watches === first.watches && waitingTasks === 0,
  );
  const worked = (last.processorTicks - first.processorTicks) * TICK_MS;
  const isIdle = worked <= (last.atMs - first.atMs) * IDLE_PROCESSOR_SHARE;
  return isSame && isIdle && isLevel(readings.flatMap(({ kernelBytes }) => kernelBytes ?? []));
}

function isLevel(bytes: readonly number[]): boolean {
  if (bytes.length === 0) return true;
  const most = Math.max(...bytes);
  return most - Math.min(...bytes) <= Math.max(KERNEL_NOISE_BYTES, most * KERNEL_NOISE_SHARE);
}
