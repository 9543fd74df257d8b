// The engine for cold trees: node:fs with many directories in flight, so that the disk is asked for the next while it
// still answers the last. On warm trees it is the slowest of the three (a thread hop costs more than the system call).

import { type Dirent, readdir, type Stats, stat } from 'node:fs';
import { errnoOf } from '../kernel/errno.ts';
import { openable } from './latin1-path.ts';
import {
  asksForSize,
  countListed,
  LARGE_DIRECTORY_BYTES,
  readDirectory,
  readFailed,
} from './readdir-engine.ts';
import type { Walk } from './walk.ts';

/** Directories asked for at once. libuv's pool (4 threads, or UV_THREADPOOL_SIZE) keeps taking from these. */
const MOST_IN_FLIGHT = 32;

/** Reads until the walk is done, or until `isEnough` says that waiting is over; then lets what is in flight land. */
export class AsyncEngine {
  readonly #walk: Walk;
  readonly #isEnough: () => boolean;
  #inFlight = 0;
  #mostInFlight = MOST_IN_FLIGHT;
  #settle: () => void = () => undefined;

  constructor(walk: Walk, isEnough: () => boolean) {
    this.#walk = walk;
    this.#isEnough = isEnough;
  }

  advance(): Promise<void> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#launch();
    });
  }

  #launch(): void {
    const walk = this.#walk;
    while (!walk.isDone && this.#inFlight < this.#mostInFlight && !this.#isEnough()) {
      this.#inFlight++;
      const { row, path } = walk.take();
      this.#read(row, path);
    }
    if (this.#inFlight === 0) this.#settle();
  }

  #read(row: number, path: string): void {
    if (!asksForSize(row)) {
      this.#list(row, path);
      return;
    }
    stat(openable(path), (error, stats) => {
      if (isLarge(error, stats)) {
        readDirectory(this.#walk, row, path);
        this.#land();
      } else {
        this.#list(row, path);
      }
    });
  }

  #list(row: number, path: string): void {
    readdir(openable(path), { withFileTypes: true, encoding: 'latin1' }, (error, entries) => {
      if (error !== null) this.#failed(row, path, error);
      else this.#listed(row, entries);
    });
  }

  #listed(row: number, entries: readonly Dirent[]): void {
    countListed(this.#walk, row, entries);
    this.#land();
  }

  /** Out of descriptors: fewer at once, and this one again when another has landed. */
  #failed(row: number, path: string, error: unknown): void {
    if (errnoOf(error) === 'EMFILE' && this.#inFlight > 1) {
      this.#mostInFlight = Math.max(1, this.#inFlight >> 1);
      this.#walk.putBack(row);
    } else {
      readFailed(this.#walk, row, { path, error });
    }
    this.#land();
  }

  #land(): void {
    this.#inFlight--;
    this.#launch();
  }
}

const isLarge = (error: unknown, stats: Stats): boolean =>
  error === null && stats.size > LARGE_DIRECTORY_BYTES;
