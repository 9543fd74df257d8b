// A daemon as it is looked at again and again: what it holds, the most of it, and whether it still changes.

import type { DaemonHeld, MeasuredDaemon } from '../domain/measured-daemon.ts';
import { isSettled, type StillReading } from '../domain/settling.ts';
import { monotonicMs } from '../kernel/clock.ts';
import {
  readCallsOf,
  readDescriptorsHeld,
  readMemoryHeld,
  readProcessShape,
} from '../kernel/process-holdings.ts';
import type { MeasuringRoom } from './measuring-room.ts';

/** Watches are listed one by one in /proc, under the daemon's own lock: never for more than a tenth of the time. */
const CLOSER_LOOK_MS = 200;
const REST_TIMES = 10;
/** Longer than Syncthing takes between reading its index and its first scan (1.2 s), twice over. */
const STILL_MS = 4_000;

type Seen = Pick<
  MeasuredDaemon,
  'peak' | 'last' | 'groups' | 'readCalls' | 'kernelPeakBytes' | 'tookMs' | 'hasForkedAway'
>;

const NOTHING_HELD: DaemonHeld = {
  processes: 0,
  tasks: 0,
  anonymousBytes: 0,
  openFiles: null,
  watches: null,
  watchInstances: null,
};

export class Observation {
  readonly #room: MeasuringRoom;
  readonly #startedAtMs: number = monotonicMs();
  #peak: DaemonHeld = NOTHING_HELD;
  #last: DaemonHeld = NOTHING_HELD;
  #groups = 0;
  #kernelPeakBytes: number | null = null;
  #readings: readonly StillReading[] = [];
  #nextLookAtMs = 0;
  /** By pid, also of those that have ended. */
  readonly #readCalls: Map<number, number> = new Map();
  #memberCount = 0;
  #hasForkedAway = false;

  constructor(room: MeasuringRoom) {
    this.#room = room;
  }

  get elapsedMs(): number {
    return monotonicMs() - this.#startedAtMs;
  }

  get last(): DaemonHeld {
    return this.#last;
  }

  get hasMainEnded(): boolean {
    const { exitCode, signalCode } = this.#room.main;
    return exitCode !== null || signalCode !== null;
  }

  read(): void {
    const pids = this.#room.members();
    const memory = readMemoryHeld(pids);
    this.#memberCount = memory.processes;
    if (memory.processes === 0) return;
    this.#hasForkedAway ||= this.hasMainEnded;
    const kernel = this.#room.account?.readBytes();
    const kernelBytes = kernel?.ok === true ? kernel.value : null;
    this.#kernelPeakBytes = most(this.#kernelPeakBytes, kernelBytes);
    this.#last = { ...this.#last, ...memory };
    if (monotonicMs() >= this.#nextLookAtMs) this.#lookCloser(pids, kernelBytes);
    this.#peak = mostOf(this.#peak, this.#last);
  }

  #lookCloser(pids: readonly number[], kernelBytes: number | null): void {
    const beganAtMs = monotonicMs();
    const descriptors = readDescriptorsHeld(pids);
    for (const pid of pids) {
      const calls = readCallsOf(pid);
      if (calls !== null) this.#readCalls.set(pid, calls);
    }
    const { groups, ...work } = readProcessShape(pids);
    this.#last = {
      ...this.#last,
      ...(descriptors ?? { openFiles: null, watches: null, watchInstances: null }),
    };
    this.#groups = Math.max(this.#groups, groups);
    const atMs = monotonicMs();
    this.#nextLookAtMs = atMs + Math.max(CLOSER_LOOK_MS, (atMs - beganAtMs) * REST_TIMES);
    const { processes, watches } = this.#last;
    const reading = { atMs, processes, watches, kernelBytes, ...work };
    // Two windows are enough to find one.
    const keptFromMs = atMs - 2 * STILL_MS;
    this.#readings = [...this.#readings.filter((each) => each.atMs >= keptFromMs), reading];
  }

  hasSettled(): boolean {
    return isSettled(this.#readings, STILL_MS);
  }

  /** A daemon that forks away has not ended with its first process. */
  hasEnded(): boolean {
    return this.hasMainEnded && this.#memberCount === 0 && this.#room.members().length === 0;
  }

  seen(): Seen {
    const told = this.#room.account?.readPeakBytes() ?? null;
    return {
      peak: this.#peak,
      last: this.#last,
      groups: this.#groups,
      readCalls: this.#readCalls.size === 0 ? null : [...this.#readCalls.values()].reduce((a, b) => a + b, 0),
      kernelPeakBytes: told ?? this.#kernelPeakBytes,
      tookMs: this.elapsedMs,
      hasForkedAway: this.#hasForkedAway,
    };
  }
}

const most = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

const mostOf = (a: DaemonHeld, b: DaemonHeld): DaemonHeld => ({
  processes: Math.max(a.processes, b.processes),
  tasks: Math.max(a.tasks, b.tasks),
  anonymousBytes: Math.max(a.anonymousBytes, b.anonymousBytes),
  openFiles: most(a.openFiles, b.openFiles),
  watches: most(a.watches, b.watches),
  watchInstances: most(a.watchInstances, b.watchInstances),
});
