// Which engine reads next. One slice at a time, by turns with the event loop:
//
//   readdir --(2 000 directories, 20 000 entries or one large directory; koffi there)--> getdents64
//   readdir, getdents64 --(the walk sleeps: cold)--> async-readdir --(the cache answers again)--> back

import type { Census } from '../domain/census.ts';
import { loadDirectoryCalls } from '../kernel/directory-calls.ts';
import { deepenThreadPool } from '../kernel/thread-pool.ts';
import { AsyncEngine } from './async-engine.ts';
import { GetdentsEngine } from './getdents-engine.ts';
import { Pace } from './pace.ts';
import { advanceByReaddir, LARGE_DIRECTORY_BYTES } from './readdir-engine.ts';
import type { CensusRequest } from './request.ts';
import type { Root } from './root.ts';
import type { Walk } from './walk.ts';

/** Below either, loading koffi (11 to 13 ms) costs more than it saves: 9 us a directory against 6, warm. */
const NATIVE_FROM_DIRECTORIES = 2000;
const NATIVE_FROM_ENTRIES = 20_000;
/** Of the root alone: so many branches rarely hold fewer directories than the first number. */
const NATIVE_FROM_SUBDIRECTORIES = 500;

interface Engine {
  readonly name: Exclude<Census['engine'], 'expected'>;
  readonly readsAttributes?: boolean;
  advance(): void | Promise<void>;
  /** Lets go of what it holds, so that another may take over. */
  release(): void;
}

export class Conductor {
  readonly #walk: Walk;
  readonly #pace: Pace;
  readonly #root: Root;
  readonly #request: CensusRequest;
  readonly #workBy = new Map<Engine['name'], number>();
  readonly #readdir: Engine;
  readonly #async: Engine;
  #native: Engine | null | undefined;

  constructor(walk: Walk, root: Root, request: CensusRequest) {
    this.#walk = walk;
    this.#pace = new Pace(walk);
    this.#root = root;
    this.#request = request;
    this.#readdir = { name: 'readdir', advance: () => advanceByReaddir(walk), release: () => undefined };
    this.#async = this.#asyncEngine();
  }

  /** Reads until the walk is done. */
  async run(): Promise<void> {
    await this.#runFrom(this.#first());
    await this.#readTooDeep();
  }

  async #runFrom(first: Engine): Promise<void> {
    let engine = first;
    while (!this.#walk.isDone) {
      await this.#slice(engine);
      const next = this.#next(engine);
      if (next !== engine || this.#walk.isDone) engine.release();
      engine = next;
      await eventLoopTurn();
    }
  }

  /** The engine that opened and counted the most. */
  get engine(): Engine['name'] {
    let most: [Engine['name'], number] = ['readdir', 0];
    for (const credit of this.#workBy) if (credit[1] > most[1]) most = credit;
    return most[0];
  }

  /** Paths over PATH_MAX, which node:fs could not open: descriptors lead there, or they stay unreadable. */
  async #readTooDeep(): Promise<void> {
    const rows = this.#walk.tooDeep.splice(0);
    const engine = rows.length > 0 && this.#isFree ? this.#nativeOrReaddir() : this.#readdir;
    if (engine === this.#readdir) {
      for (const row of rows) this.#walk.tally.failed(this.#walk.absolutePathOf(row), 'ENAMETOOLONG');
      return;
    }
    for (const row of rows) this.#walk.putBack(row);
    while (!this.#walk.isDone) await this.#slice(engine);
    engine.release();
  }

  async #slice(engine: Engine): Promise<void> {
    const { attribute } = this.#request.exclusions ?? {};
    if (attribute !== undefined && engine.readsAttributes !== true) this.#walk.tally.isAttributeUnread = true;
    const before = this.#workDone();
    this.#walk.beginSlice();
    this.#pace.mark();
    await engine.advance();
    this.#workBy.set(engine.name, (this.#workBy.get(engine.name) ?? 0) + this.#workDone() - before);
  }

  #workDone(): number {
    const { tally } = this.#walk;
    return tally.visitedDirectories + tally.progress().leaves;
  }

  #first(): Engine {
    if (this.#request.engine === 'async-readdir') return this.#cold();
    const isNative = this.#request.engine === 'getdents64' || this.#isLargeRoot || this.#needsNative;
    return isNative ? this.#nativeOrReaddir() : this.#readdir;
  }

  /** A root that already tells of a large tree; btrfs and overlay tell no number of subdirectories. */
  get #isLargeRoot(): boolean {
    const { sizeBytes, subdirectories } = this.#root;
    return (
      this.#isFree && (sizeBytes > LARGE_DIRECTORY_BYTES || subdirectories >= NATIVE_FROM_SUBDIRECTORIES)
    );
  }

  get #isFree(): boolean {
    return (this.#request.engine ?? 'auto') === 'auto';
  }

  /** Attributes are read from open descriptors, which node:fs does not give: one engine then reads it all, cold or not. */
  get #needsNative(): boolean {
    return this.#isFree && this.#request.exclusions?.attribute !== undefined;
  }

  #next(engine: Engine): Engine {
    if (!this.#isFree || (this.#needsNative && engine === this.#native)) return engine;
    if (engine !== this.#async && this.#pace.isWaiting()) return this.#cold();
    return this.#isWorthNative() ? this.#nativeOrReaddir() : this.#readdir;
  }

  #cold(): Engine {
    deepenThreadPool();
    return this.#async;
  }

  #isWorthNative(): boolean {
    const { directories, entries } = this.#walk.tally.progress();
    return directories >= NATIVE_FROM_DIRECTORIES || entries >= NATIVE_FROM_ENTRIES;
  }

  #nativeOrReaddir(): Engine {
    if (this.#native === undefined) this.#native = this.#nativeEngine();
    return this.#native ?? this.#readdir;
  }

  #nativeEngine(): Engine | null {
    const calls = loadDirectoryCalls();
    if (!calls.ok) return null;
    const engine = new GetdentsEngine(calls.value, this.#walk);
    return {
      name: 'getdents64',
      readsAttributes: engine.readsAttributes,
      advance: () => engine.advance(),
      release: () => engine.release(),
    };
  }

  #asyncEngine(): Engine {
    const isEnough = (): boolean => this.#isFree && this.#pace.isServedFromCache();
    const engine = new AsyncEngine(this.#walk, isEnough);
    return { name: 'async-readdir', advance: () => engine.advance(), release: () => undefined };
  }
}

const eventLoopTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
