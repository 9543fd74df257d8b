// One process of a daemon that has no cgroup, held by its own files in /proc: a pid may be given to somebody else, but a
// descriptor of /proc/PID/stat stays bound to the process it was opened on, and answers ESRCH once that is gone.

import { readSync } from 'node:fs';
import { afterBlanks, afterWord, readDecimal } from '../formats/tick-decimal.ts';
import { type HeldFile, openHeld } from '../kernel/held-file.ts';
import { readKernelDirectory } from '../kernel/kernel-file.ts';
import { type Delivery, type Signal, sendSignal } from './signal.ts';

/** A stat line is 52 numbers and a name of at most 64 bytes: below 1 KiB whatever they are. */
const STAT_BYTES = 2_048;
/** Children of one thread, about 500. */
const CHILDREN_BYTES = 4_096;
/** Threads whose children are looked at without opening anything; the next survey sees the rest. */
const MOST_THREADS = 64;

const CLOSING_PARENTHESIS = 0x29;
/** From the name's closing parenthesis to the state, and to the parent's pid behind it. */
const TO_STATE = 2;
const TO_PARENT = 4;

const LETTER = { uninterruptible: 0x44, stopped: 0x54, traced: 0x74, zombie: 0x5a, dead: 0x58 } as const;

/** null: gone already, or not to be looked at. */
export function openTrackedProcess(pid: number): TrackedProcess | null {
  const stat = openHeld(`/proc/${pid}/stat`, STAT_BYTES);
  if (!stat.ok) return null;
  const tracked = new TrackedProcess(pid, stat.value);
  tracked.openChildren();
  return tracked;
}

export class TrackedProcess {
  readonly pid: number;
  /** Whether we stopped it: who was stopped by somebody else is not continued by us. */
  isStoppedByUs = false;
  readonly #stat: HeldFile;
  #children: readonly HeldFile[] = [];

  constructor(pid: number, stat: HeldFile) {
    this.pid = pid;
    this.#stat = stat;
  }

  /** The state's letter, read now; 0: gone. A read that fails for another reason leaves it what it was. */
  #readState(): number {
    const file = this.#stat;
    if (!file.read() && file.errno === 'ESRCH') return 0;
    return file.buffer[this.#nameEnd() + TO_STATE] ?? 0;
  }

  #nameEnd(): number {
    return this.#stat.buffer.lastIndexOf(CLOSING_PARENTHESIS);
  }

  isAlive(): boolean {
    const letter = this.#readState();
    return letter !== 0 && letter !== LETTER.zombie && letter !== LETTER.dead;
  }

  isStopped(): boolean {
    const letter = this.#readState();
    return letter === LETTER.stopped || letter === LETTER.traced;
  }

  /**
   * Stopped, or about to be as soon as it leaves the kernel: a shell that waits for its vfork child, which was stopped
   * before it became its program, stays uninterruptible until that goes on.
   */
  standsStill(): boolean {
    const letter = this.#readState();
    if (letter === LETTER.stopped || letter === LETTER.traced) return true;
    return this.isStoppedByUs && letter === LETTER.uninterruptible;
  }

  /** As of the last look. */
  get parentPid(): number {
    return readDecimal(this.#stat.buffer, this.#nameEnd() + TO_PARENT, this.#stat.buffer.length);
  }

  /** Only to this very process: looked at right before. */
  signal(signal: Signal): Delivery {
    return this.isAlive() ? sendSignal(this.pid, signal) : 'gone';
  }

  /** `sent` only the first time, since a stop takes effect a moment later; `gone` also where somebody else stopped it. */
  stop(): Delivery {
    if (this.isStopped()) return 'gone';
    const delivery = this.signal('SIGSTOP');
    const wasStoppedByUs = this.isStoppedByUs;
    this.isStoppedByUs = delivery === 'sent';
    return wasStoppedByUs && delivery === 'sent' ? 'gone' : delivery;
  }

  resume(): Delivery {
    const delivery = this.signal('SIGCONT');
    if (delivery !== 'denied') this.isStoppedByUs = false;
    return delivery;
  }

  /** Opens what tells of children, per thread, since each lists only those it forked itself (CONFIG_PROC_CHILDREN). */
  openChildren(): void {
    for (const file of this.#children) file.close();
    const threads = readKernelDirectory('', `/proc/${this.pid}/task`);
    const names = threads.ok ? threads.value.slice(0, MOST_THREADS) : [];
    this.#children = names.flatMap((thread) => {
      const file = openHeld(`/proc/${this.pid}/task/${thread}/children`, CHILDREN_BYTES);
      return file.ok ? [file.value] : [];
    });
  }

  /** Calls `meet` with the pid of each child; children of a thread that ended are listed by another. */
  eachChild(meet: (pid: number) => void): void {
    for (const { fd, buffer } of this.#children) {
      const length = readQuietly(fd, buffer);
      for (let at = afterBlanks(buffer, 0, length); at < length; ) {
        const end = afterWord(buffer, at, length);
        meet(readDecimal(buffer, at, end));
        at = afterBlanks(buffer, end, length);
      }
    }
  }

  close(): void {
    this.#stat.close();
    for (const file of this.#children) file.close();
  }
}

/** Bytes read; 0 on any error. HeldFile.read wants a newline at the end, which this file does not have. */
function readQuietly(fd: number, buffer: Uint8Array): number {
  try {
    return readSync(fd, buffer, 0, buffer.length, 0);
  } catch {
    return 0;
  }
}
