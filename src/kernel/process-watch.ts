// One process held by its own files in /proc, for where no cgroup tells who is alive and what it holds.
// A pid may be given to somebody else; a descriptor of /proc/PID/stat stays bound to the process it was opened on, and
// answers ESRCH once that has been reaped (fs/proc/base.c holds a struct pid, not a number).

import { failure, type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { afterBlanks, afterWord, readDecimal } from '../formats/tick-decimal.ts';
import { type HeldFile, openHeld } from './held-file.ts';
import { readPageBytes } from './machine.ts';
import { UNREAD } from './sensor.ts';

/** 52 numbers and a name of at most 64 bytes. */
const STAT_BYTES = 2048;
/** Seven numbers. */
const STATM_BYTES = 256;

const CLOSING_PARENTHESIS = 0x29;
const ZOMBIE = 0x5a;
const DEAD = 0x58;

/** Place of a word in the file, from 0; proc(5) counts stat's from 1. In stat, words are counted from the state, its third. */
const STATE_WORD = 0;
const START_TIME_WORD = 22 - 3;
const RESIDENT_WORD = 1;
const SHARED_WORD = 2;

export interface ProcessWatch {
  readonly pid: number;
  /** Field 22 of stat: clock ticks from boot to the process's start. With pid and boot it names one process for ever. */
  readonly startTicks: number;
  /** False: reaped, or a zombie, of which nothing is left but its status. A read that fails otherwise tells no death. */
  isAlive(): boolean;
  /** Anonymous memory in RAM, bytes, 0 for a zombie; UNREAD where it cannot be read. */
  residentBytes(): number;
  close(): void;
}

/** Opens /proc/PID/stat and statm; a Gap where the process is gone or may not be looked at. */
export function watchProcess(pid: number): Result<ProcessWatch, Gap> {
  const stat = openHeld(`/proc/${pid}/stat`, STAT_BYTES);
  if (!stat.ok) return stat;
  const statm = openHeld(`/proc/${pid}/statm`, STATM_BYTES);
  if (!statm.ok || !stat.value.read()) {
    stat.value.close();
    if (statm.ok) statm.value.close();
    return statm.ok ? failure(goneGap(stat.value)) : statm;
  }
  return success(new HeldProcess(pid, stat.value, statm.value));
}

const goneGap = ({ path, errno }: HeldFile): Gap => ({ source: path, reason: 'absent', detail: errno });

class HeldProcess implements ProcessWatch {
  readonly pid: number;
  readonly startTicks: number;
  private readonly stat: HeldFile;
  private readonly statm: HeldFile;
  private readonly pageBytes: number;

  /** `stat` has just been read. */
  constructor(pid: number, stat: HeldFile, statm: HeldFile) {
    this.pid = pid;
    this.stat = stat;
    this.statm = statm;
    this.pageBytes = readPageBytes('');
    this.startTicks = readDecimal(stat.buffer, wordAt(stat, afterName(stat), START_TIME_WORD), stat.length);
  }

  isAlive(): boolean {
    const { stat } = this;
    if (!stat.read()) return stat.errno !== 'ESRCH';
    const state = stat.buffer[wordAt(stat, afterName(stat), STATE_WORD)];
    return state !== ZOMBIE && state !== DEAD;
  }

  residentBytes(): number {
    const { statm } = this;
    if (!statm.read()) return UNREAD;
    const resident = readDecimal(statm.buffer, wordAt(statm, 0, RESIDENT_WORD), statm.length);
    // File pages and shared memory: mapped by others too, and given back or counted elsewhere.
    const shared = readDecimal(statm.buffer, wordAt(statm, 0, SHARED_WORD), statm.length);
    return resident < 0 || shared < 0 ? UNREAD : Math.max(0, resident - shared) * this.pageBytes;
  }

  close(): void {
    this.stat.close();
    this.statm.close();
  }
}

/** Behind the name in parentheses, which may hold spaces and parentheses itself: what follows are numbers. */
function afterName({ buffer, length }: HeldFile): number {
  let at = length - 1;
  while (at > 0 && buffer[at] !== CLOSING_PARENTHESIS) at--;
  return at + 1;
}

/** Where the word of that number (from 0) begins, counted from byte `from`. */
function wordAt({ buffer, length }: HeldFile, from: number, word: number): number {
  let at = afterBlanks(buffer, from, length);
  for (let passed = 0; passed < word; passed++)
    at = afterBlanks(buffer, afterWord(buffer, at, length), length);
  return at;
}
