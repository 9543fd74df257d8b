// A daemon held by signals, where no cgroup can be had. Who is forked between two lists and leaves its parent at once is
// found by the next survey, not before.

import { failure, type Result, success } from '../domain/result.ts';
import type { Grip } from './grip.ts';
import type { TrackedProcesses } from './tracked-processes.ts';

/** Lists that go on changing belong to a fork bomb; the next tick goes on. */
const MOST_ROUNDS = 16;

/** In place of TERM and KILL: it continues what was stopped right before. */
const HARMLESS = 'SIGCONT';
const REHEARSED = { ask: HARMLESS, end: HARMLESS } as const;
const IN_EARNEST = { ask: 'SIGTERM', end: 'SIGKILL' } as const;
const REHEARSALS = 10;

export class SignalGrip implements Grip {
  readonly kind = 'signals';
  readonly reason: string;
  readonly #tracked: TrackedProcesses;
  /** Whether the freeze under way met a process that takes no signals from us. */
  #isDenied = false;
  #signals: typeof REHEARSED | typeof IN_EARNEST = IN_EARNEST;

  constructor(tracked: TrackedProcesses, reason: string) {
    this.#tracked = tracked;
    this.reason = reason;
  }

  /** Parents first, so that nobody forks behind us; again until a look finds nobody who is still to be stopped. */
  freeze(): boolean {
    this.#isDenied = false;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      this.#tracked.refresh();
      if (this.#stopRunning() === 0) break;
    }
    return !this.#isDenied;
  }

  /** How many it has stopped. */
  #stopRunning(): number {
    let stopped = 0;
    for (const process of this.#tracked.all) {
      const delivery = process.stop();
      if (delivery === 'sent') stopped += 1;
      if (delivery === 'denied') this.#isDenied = true;
    }
    return stopped;
  }

  /** Children first: a parent that goes on finds them as it left them. */
  thaw(): boolean {
    return this.#continue((process) => process.isStoppedByUs);
  }

  #continue(isMeant: (process: TrackedProcesses['all'][number]) => boolean): boolean {
    const { all } = this.#tracked;
    let isTaken = true;
    for (let index = all.length - 1; index >= 0; index--) {
      const process = all[index];
      if (process === undefined || !isMeant(process)) continue;
      if (process.resume() === 'denied') isTaken = false;
    }
    return isTaken;
  }

  /** Stopped first, so that the list holds still; a stopped process dies of KILL as it stands. */
  kill(): boolean {
    const { end } = this.#signals;
    let isTaken = this.freeze();
    for (const process of this.#tracked.all) if (process.signal(end) === 'denied') isTaken = false;
    return isTaken;
  }

  terminate(): void {
    this.#tracked.refresh();
    for (const head of this.#tracked.heads()) head.signal(this.#signals.ask);
    // Also who was stopped by somebody else, or it would never hear it.
    this.#continue(() => true);
  }

  isFrozen(): boolean {
    return this.#tracked.all.every((process) => process.standsStill() || !process.isAlive());
  }

  isFrozenByOthers(): boolean {
    const heads = this.#tracked.heads();
    return heads.length > 0 && heads.every((head) => !head.isStoppedByUs && head.isStopped());
  }

  refresh(): number {
    return this.#tracked.refresh();
  }

  members(): readonly number[] {
    return this.#tracked.all.map(({ pid }) => pid);
  }

  survey(): void {
    this.#tracked.survey();
  }

  rehearse(): Result<void, string> {
    let isTaken = true;
    this.#signals = REHEARSED;
    for (let count = 0; count < REHEARSALS; count++) {
      isTaken = this.kill() && isTaken;
      this.terminate();
    }
    this.#signals = IN_EARNEST;
    return isTaken ? success(undefined) : failure('a process of it takes no signals from us');
  }

  close(): void {
    this.#tracked.close();
  }
}
