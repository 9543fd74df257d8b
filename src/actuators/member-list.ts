// The processes of a cgroup, listed by one held descriptor into an array made at the start.
// Knows: cgroup.procs. May not know: what is done to a process.
//
// A v1 list is a snapshot that lives until a second after its last reader (kernel/cgroup/cgroup-v1.c,
// CGROUP_PIDLIST_DESTROY_DELAY): a descriptor read more often shows the same processes for ever. Only the first read of a
// newly opened one makes a new snapshot, and that is then everybody's.

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { readDecimal } from '../formats/tick-decimal.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { type HeldFile, openHeld } from '../kernel/held-file.ts';
import { type Signal, sendSignal } from './signal.ts';

/** Processes listed at once; a daemon with more is a fork bomb, and every act is repeated until none is left. */
const CAPACITY = 4_096;
/** A pid has at most 7 digits (PID_MAX_LIMIT is 2^22) and a newline. */
const BYTES_EACH = 8;
const NEWLINE = 0x0a;
/** Lists that go on changing belong to a fork bomb; the next tick goes on. */
const MOST_ROUNDS = 16;
/** How long a v1 list must be left alone to be made anew: HZ, and a margin for the timer. */
const SNAPSHOT_MS = 1_100;

/** `isSnapshot`: a v1 list. */
export function openMemberList(directory: string, isSnapshot: boolean): Result<MemberList, Gap> {
  const file = openHeld(`${directory}/cgroup.procs`, CAPACITY * BYTES_EACH);
  return file.ok ? success(new MemberList(file.value, isSnapshot)) : file;
}

export class MemberList {
  readonly #file: HeldFile;
  readonly #isSnapshot: boolean;
  readonly #path: Buffer;
  readonly #oneByte: Uint8Array = new Uint8Array(1);
  readonly #pids: Int32Array = new Int32Array(CAPACITY);
  #count = 0;
  #readAtMs = Number.NEGATIVE_INFINITY;
  /** What tells one list from another without keeping both. */
  #fingerprint = 0;

  constructor(file: HeldFile, isSnapshot: boolean) {
    this.#file = file;
    this.#isSnapshot = isSnapshot;
    this.#path = Buffer.from(file.path);
  }

  /** Processes listed, on v1 up to 1.1 s ago; -1: not readable, and the last list stands. Opens nothing. */
  read(): number {
    if (this.#isSnapshot) {
      const nowMs = monotonicMs();
      if (nowMs - this.#readAtMs < SNAPSHOT_MS) return this.#count;
      const count = this.#readHeld();
      if (count >= 0) this.#readAtMs = nowMs;
      return count;
    }
    return this.#readHeld();
  }

  /** Processes as of now, which on v1 needs an open; where that fails, as of the last snapshot. */
  readNow(): number {
    if (this.#isSnapshot) {
      this.#readAtMs = Number.NEGATIVE_INFINITY;
      this.#renewSnapshot();
    }
    return this.#readHeld();
  }

  #renewSnapshot(): void {
    try {
      const descriptor = openSync(this.#path, constants.O_RDONLY);
      try {
        readSync(descriptor, this.#oneByte, 0, 1, 0);
      } finally {
        closeSync(descriptor);
      }
    } catch {
      // ENOMEM in an exhausted container: the list is then a second old at most, and every act is repeated.
    }
  }

  #readHeld(): number {
    const file = this.#file;
    const isWhole = file.readToEnd();
    if (!isWhole && file.errno !== 'empty' && file.errno !== 'too long') return -1;
    // `too long` has filled the buffer; all but the number it cuts are good.
    this.#parse(isWhole ? file.length : file.errno === 'empty' ? 0 : file.buffer.length);
    return this.#count;
  }

  #parse(length: number): void {
    const { buffer } = this.#file;
    this.#count = 0;
    this.#fingerprint = 0;
    for (let start = 0, at = 0; at < length && this.#count < CAPACITY; at++) {
      if (buffer[at] !== NEWLINE) continue;
      this.#add(readDecimal(buffer, start, at));
      start = at + 1;
    }
  }

  /** v1 lists a process of an outer pid namespace as 0; ourselves nothing is done to. */
  #add(pid: number): void {
    if (pid <= 0 || pid === process.pid) return;
    this.#pids[this.#count] = pid;
    this.#count += 1;
    this.#fingerprint = (Math.imul(this.#fingerprint, 31) + pid) | 0;
  }

  /** False: at least one refused it. */
  signal(signal: Signal): boolean {
    let isTaken = true;
    for (let index = 0; index < this.#count; index++)
      if (sendSignal(this.#pids[index] ?? 0, signal) === 'denied') isTaken = false;
    return isTaken;
  }

  /**
   * To everybody, and again to everybody as long as the list changes: whoever was forked meanwhile is met too. What is
   * known without an open comes first, so that an open that hangs finds it done.
   */
  signalUntilStill(signal: Signal): boolean {
    this.read();
    let isTaken = this.signal(signal);
    let before = Number.NaN;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      if (this.readNow() < 0 || this.#fingerprint === before) break;
      if (!this.signal(signal)) isTaken = false;
      before = this.#fingerprint;
    }
    return isTaken;
  }

  has(pid: number): boolean {
    for (let index = 0; index < this.#count; index++) if (this.#pids[index] === pid) return true;
    return false;
  }

  copy(): number[] {
    return [...this.#pids.subarray(0, this.#count)];
  }

  get path(): string {
    return this.#file.path;
  }

  close(): void {
    this.#file.close();
  }
}
