// The stand-in's life: Starting -> Indexing -> Syncing -> Up to date, and back to Indexing when the tree changes.
// Knows: the order of things, and what the daemon says of itself. May not know: process.argv, exit, signals.

import { Library } from './library.ts';
import { type Retained, rampMemory, retainMemory } from './memory.ts';
import type { StandInOptions } from './options.ts';
import { arrangementOf } from './order.ts';
import { paceOf } from './pace.ts';
import { pinEverything } from './pins.ts';
import { hashBlocks } from './reading.ts';
import { type Counts, noCounts, type Reporter, reporter } from './report.ts';

/** What Dropbox prints (its help pages quote it), once, before it carries on without the watches it lacks. */
export const SHORTAGE_MESSAGE: string =
  'Unable to monitor entire Dropbox folder hierarchy. Please run "echo fs.inotify.max_user_watches=100000 | ' +
  'sudo tee -a /etc/sysctl.conf; sudo sysctl -p" and restart Dropbox to fix the problem.';

type Phase = 'starting' | 'indexing' | 'syncing' | 'idle';

export interface Surroundings {
  print(line: string): void;
  /** Ends the process as a crash does. */
  abort(): void;
}

export class StandIn {
  readonly counts: Counts = noCounts();
  readonly report: Reporter;
  readonly library: Library;
  readonly #options: StandInOptions;
  readonly #surroundings: Surroundings;
  readonly #memory: Retained = retainMemory();
  readonly #changed = new Set<string>();
  readonly #unread: string[] = [];
  #phase: Phase = 'starting';
  #hasComplained = false;

  constructor(options: StandInOptions, surroundings: Surroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.report = reporter(options.reportFd, this.counts);
    this.library = new Library({
      counts: this.counts,
      arrange: arrangementOf(options.order, options.seed),
      pauseAfterFile: paceOf(options.delayPerFileMs),
      pauseAfterWatch: paceOf(options.delayPerWatchMs),
      onFile: (path) => this.#take(path),
      onChange: (path) => this.#notice(path),
      onShortage: () => this.#complain(),
    });
  }

  status(): string {
    if (this.#phase === 'starting') return 'Starting...';
    if (this.#phase === 'indexing') return `Indexing ${this.counts.files} files...`;
    return this.#phase === 'syncing' ? `Syncing (${this.#unread.length} files remaining)` : 'Up to date';
  }

  /** Resolves once it is up to date for the first time. */
  async start(): Promise<void> {
    const { rssBaseBytes, growAfterMs } = this.#options;
    this.report('started', this.status());
    this.#memory.hold(Math.max(0, rssBaseBytes - process.memoryUsage.rss()));
    if (growAfterMs === null) this.#grow();
    await this.#index(this.#options.root);
    if (growAfterMs !== null) setTimeout(() => this.#grow(), growAfterMs);
  }

  /** All that is new below `top`; then what changed meanwhile, until nothing does. */
  async #index(top: string): Promise<void> {
    this.#enter('indexing');
    const fresh = await this.library.scan(top);
    if (this.#options.watches) await this.library.watchAll(fresh);
    for (const path of this.#changed) {
      this.#changed.delete(path);
      const found = await this.library.scan(path);
      if (this.#options.watches) await this.library.watchAll(found);
    }
    await this.#read();
    if (this.#changed.size > 0) return this.#index(top);
    this.#enter('idle');
  }

  async #read(): Promise<void> {
    if (this.#unread.length > 0) this.#enter('syncing');
    for (let path = this.#unread.shift(); path !== undefined; path = this.#unread.shift())
      await hashBlocks(path, this.counts);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.report('status', this.status());
  }

  #take(path: string): void {
    const { mode, reads, rssPerFileBytes } = this.#options;
    this.#memory.hold(rssPerFileBytes);
    if (reads) this.#unread.push(path);
    if (this.counts.files % FILES_PER_REPORT === 0) this.report('counts', this.status());
    if (mode.kind === 'panic' && this.counts.files >= mode.atFiles) this.#surroundings.abort();
  }

  #notice(path: string): void {
    this.#changed.add(path);
    if (this.#phase === 'idle') void this.#index(path);
  }

  #complain(): void {
    if (!this.#hasComplained) this.#surroundings.print(SHORTAGE_MESSAGE);
    this.#hasComplained = true;
  }

  #grow(): void {
    const { pins, anonBytesPerSecond, anonLimitBytes } = this.#options;
    if (anonBytesPerSecond > 0) rampMemory(this.#memory, anonBytesPerSecond, anonLimitBytes);
    if (pins)
      void pinEverything(this.library.entries(), this.counts).then(() =>
        this.report('counts', this.status()),
      );
  }
}

const FILES_PER_REPORT = 1000;
