// What the walk waits for, from this process's own counters: warm it never sleeps, cold it sleeps once a directory.

import { readKernelFile } from '../kernel/kernel-file.ts';
import type { Walk } from './walk.ts';

/** Directories a judgement needs at least: a cold one of 1000 entries takes 1.3 ms, so a slice has few. */
const FEWEST_DIRECTORIES = 8;
/**
 * Sleeps (voluntary context switches) per directory from which it is the disk or the network that answers.
 * Measured on ext4 of a virtual disk, 6.18: 1.0 cold, 0.001 to 0.006 warm. Not wall against processor time: a cold
 * read costs so much system time there that wall was only 2.0 times the processor time, and a busy machine shows the same.
 */
const SLEEPS_PER_DIRECTORY = 0.4;
/** 512-byte blocks per directory read from disk (ru_inblock) below which the cache answers: 10 cold, 0 warm. */
const BLOCKS_PER_DIRECTORY = 1;
/** Directories between two judgements while many are in flight; doubled at each return, lest it swing. */
const FIRST_WINDOW = 256;

/** proc(5), since Linux 2.6.23. */
const SLEEPS = /^voluntary_ctxt_switches:\s+(\d+)$/m;

/** Of this thread alone: rusage adds the garbage collector's, many a slice. 0 where the kernel does not tell. */
function readSleeps(): number {
  const status = readKernelFile('', '/proc/thread-self/status');
  return status.ok ? Number(SLEEPS.exec(status.value)?.[1] ?? 0) : 0;
}

export class Pace {
  readonly #walk: Walk;
  #sleeps = 0;
  #blocks = 0;
  #directories = 0;
  #window: number = FIRST_WINDOW;

  constructor(walk: Walk) {
    this.#walk = walk;
    this.mark();
  }

  /** Begins a stretch that is judged later. */
  mark(): void {
    this.#sleeps = readSleeps();
    this.#blocks = process.resourceUsage().fsRead;
    this.#directories = this.#walk.tally.visitedDirectories;
  }

  /** Whether one directory after the other has mostly waited since the mark. */
  isWaiting(): boolean {
    const directories = this.#walk.tally.visitedDirectories - this.#directories;
    if (directories < FEWEST_DIRECTORIES) return false;
    return readSleeps() - this.#sleeps > directories * SLEEPS_PER_DIRECTORY;
  }

  /** Whether many at once have found all they wanted in the cache; asked for every directory. */
  isServedFromCache(): boolean {
    const directories = this.#walk.tally.visitedDirectories - this.#directories;
    if (directories < this.#window) return false;
    const blocks = process.resourceUsage().fsRead - this.#blocks;
    this.mark();
    if (blocks > directories * BLOCKS_PER_DIRECTORY) return false;
    this.#window *= 2;
    return true;
  }
}
