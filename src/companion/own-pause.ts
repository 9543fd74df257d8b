// A pause of the daemon's own, where that gives back what a freeze keeps: its watches, and the memory they pin.
// Knows: when it is asked for, and when it is over. May not know: by which request, or what the sentinel makes of it.
//
//   free ----paused at a wall of memory for 5 s, not by hand----> asking --answered--> paused --ample and at large for a
//    ^  ^                                                           |                    |  ^   minute, or a person's resume
//    |  +------------- nobody was asked, until the next pause ------+                    v  | something stays: later again
//    +------------------------------- all are released ------------------------------ releasing
//
// The freeze came first and stands until the sentinel lets the daemon hear; when that time is over it judges anew, whatever
// became of us. A companion that comes after one that died finds on disk what was paused, and begins at `paused`.

import { BANDS, PHASES, RULES } from '../domain/lifecycle.ts';
import { RESOURCE_NAMES, type ResourceName } from '../domain/resource.ts';
import type { GuardOrder } from '../formats/control-message.ts';
import type { GuardRecord } from '../formats/guard-record.ts';
import type { HeldBack } from '../formats/guard-status.ts';
import { renderCount, renderDuration } from '../formats/quantity-text.ts';
import type { Folders, RunningFolder } from './folders.ts';
import type { Level } from './journal.ts';
import { isAtLarge } from './releaser.ts';

export interface OwnPauseScene {
  readonly folders: Pick<Folders, 'readLeftPaused' | 'readRunning' | 'keepPaused'>;
  /** true: a release is under way already, as after a degraded start. */
  isBusy(): boolean;
  release(): Promise<HeldBack | null>;
  /** false: it could not be written. */
  order(order: GuardOrder): boolean;
  /** Whether such a record comes within the time. */
  awaitRecord(isSuch: (record: GuardRecord) => boolean, timeoutMs: number): Promise<boolean>;
  /** How many watches it holds; null: that cannot be seen. */
  countWatches(): number | null;
  /** What is no longer pinned is given back. */
  reclaim(): Promise<void>;
  now(): number;
  pause(ms: number): Promise<void>;
  say(level: Level, text: string): void;
}

export interface OwnPause {
  /** Called with every record, at least once a second. */
  look(record: GuardRecord): void;
  /** A person wants it to run. */
  resume(): void;
  /** What is paused by its own means; null: nothing. */
  readHeldBack(): HeldBack | null;
}

/** A pause that is over sooner needs nobody's help. */
const ASK_AFTER_MS = 5_000;
/** Syncthing answers at once; in slices of a quarter, at a wall, with an index to close, it may take seconds. */
const ANSWER_WITHIN_MS = 10_000;
/** The sentinel carries an order out at once; a busy one within its next tick. */
const HEARD_WITHIN_MS = 2_000;
/** Ample for so long as after any pause, doubled each time that something had to stay paused or was paused again soon. */
const RELIEF_MS = 60_000;
const LONGEST_RELIEF_MS = 3_600_000;
const FLAP_MS = 600_000;

const LOOK_MS = 1_000;

const NO_ANSWER = 'it does not answer';

/** The walls that watches fill. */
const PINNED_IN: readonly (ResourceName | undefined)[] = ['memory', 'dcachesize', 'kmemsize'];

export function ownPause(scene: OwnPauseScene): OwnPause {
  return new Course(scene);
}

class Course implements OwnPause {
  readonly #scene: OwnPauseScene;
  #state: 'free' | 'asking' | 'paused' | 'releasing' = 'free';
  #heldBack: HeldBack | null = null;
  /** When the condition that leads on began to hold; null: it does not hold. */
  #sinceMs: number | null = null;
  #isByHand = false;
  /** Asked once in this pause. */
  #isAsked = false;
  #reliefMs = RELIEF_MS;
  #releasedAtMs = Number.NEGATIVE_INFINITY;

  constructor(scene: OwnPauseScene) {
    this.#scene = scene;
    const left = scene.isBusy() ? [] : scene.folders.readLeftPaused();
    if (left.length > 0) this.#holdPaused(left);
  }

  readHeldBack(): HeldBack | null {
    return this.#heldBack;
  }

  look(record: GuardRecord): void {
    if (isAtLarge(record)) {
      this.#isAsked = this.#state === 'asking';
      this.#isByHand = false;
    } else if (RULES[record.rule] === 'command') this.#isByHand = true;
    if (this.#state === 'free' && this.#hasLasted(this.#isToBeAsked(record), ASK_AFTER_MS)) void this.#ask();
    if (this.#state === 'paused' && this.#hasLasted(isFarFromWalls(record), this.#reliefMs))
      void this.#release();
  }

  #isToBeAsked(record: GuardRecord): boolean {
    if (this.#isAsked || this.#isByHand || this.#scene.isBusy() || PHASES[record.phase] !== 'paused')
      return false;
    return BANDS[record.band] !== 'ample' && PINNED_IN.includes(RESOURCE_NAMES[record.resource]);
  }

  #hasLasted(holds: boolean, forMs: number): boolean {
    const nowMs = this.#scene.now();
    this.#sinceMs = holds ? (this.#sinceMs ?? nowMs) : null;
    return this.#sinceMs !== null && nowMs - this.#sinceMs >= forMs;
  }

  #enter(state: 'free' | 'asking' | 'paused' | 'releasing'): void {
    this.#state = state;
    this.#sinceMs = null;
  }

  async #ask(): Promise<void> {
    const { folders, say } = this.#scene;
    this.#enter('asking');
    this.#isAsked = true;
    const running = folders.readRunning();
    if (!running.ok) say('warn', `it cannot be asked to pause itself: ${running.error}`);
    const asked = running.ok ? running.value : [];
    if (asked.length === 0 || !(await this.#isHearing())) return this.#enter('free');
    if (!folders.keepPaused(asked)) {
      this.#scene.order({ order: 'heard', isPaused: false });
      return this.#enter('free');
    }
    await this.#askEach(asked);
  }

  /** No request is made before: one that a frozen daemon has not read is obeyed whenever it thaws. */
  #isHearing(): Promise<boolean> {
    const { order, awaitRecord } = this.#scene;
    const isHeard = awaitRecord(({ rule }) => RULES[rule] === 'own-pause-asked', HEARD_WITHIN_MS);
    order({ order: 'hear', forMs: ANSWER_WITHIN_MS });
    return isHeard;
  }

  async #askEach(asked: readonly RunningFolder[]): Promise<void> {
    const { order, say, now, countWatches } = this.#scene;
    const endMs = now() + ANSWER_WITHIN_MS;
    const isOver = this.#scene.pause(ANSWER_WITHIN_MS).then((): string => NO_ANSWER);
    const before = countWatches();
    const trouble = await Promise.race([pauseAll(asked, () => now() >= endMs), isOver]);
    const labels = asked.map(({ label }) => label);
    if (trouble === null) {
      await this.#giveBack();
      say('info', `it has paused ${labels.join(', ')} itself${renderWatches(before, countWatches())}`);
    } else say('warn', `it was asked to pause ${labels.join(', ')} itself: ${trouble}`);
    order({ order: 'heard', isPaused: trouble === null });
    // Also what was not answered may have been obeyed, or will be.
    const isFlap = this.#scene.now() - this.#releasedAtMs < FLAP_MS;
    this.#reliefMs = isFlap ? Math.min(LONGEST_RELIEF_MS, 2 * this.#reliefMs) : RELIEF_MS;
    this.#holdPaused(labels);
  }

  /** Syncthing 1.19 answers before the last watch is gone: 10 000 take it 2 s when it runs freely, 40 000 take 27. */
  async #giveBack(): Promise<void> {
    const { now, pause, countWatches, order, reclaim } = this.#scene;
    let left = countWatches() ?? 0;
    for (let fellAtMs = now(); left > 0 && now() - fellAtMs < ANSWER_WITHIN_MS; ) {
      await pause(LOOK_MS);
      const held = countWatches() ?? 0;
      if (held >= left) continue;
      left = held;
      fellAtMs = now();
      order({ order: 'hear', forMs: ANSWER_WITHIN_MS });
    }
    await Promise.race([reclaim(), pause(ANSWER_WITHIN_MS)]);
  }

  #holdPaused(folders: readonly string[]): void {
    const reason = `paused by its own means; released when no wall has been near for ${renderDuration(this.#reliefMs)}`;
    this.#heldBack = { folders, reason };
    this.#enter('paused');
  }

  resume(): void {
    if (this.#state === 'paused') void this.#release();
  }

  async #release(): Promise<void> {
    this.#enter('releasing');
    this.#heldBack = await this.#scene.release();
    this.#releasedAtMs = this.#scene.now();
    if (this.#heldBack !== null) this.#reliefMs = Math.min(LONGEST_RELIEF_MS, 2 * this.#reliefMs);
    this.#enter(this.#heldBack === null ? 'free' : 'paused');
  }
}

const isFarFromWalls = ({ phase, band }: GuardRecord): boolean =>
  PHASES[phase] === 'running' && BANDS[band] === 'ample';

const renderWatches = (before: number | null, after: number | null): string =>
  before === null || after === null
    ? ''
    : `: ${renderCount(before)} watches before, ${renderCount(after)} now`;

/** One after the other: Syncthing writes its configuration for each. null: all of them are paused. */
async function pauseAll(folders: readonly RunningFolder[], isOver: () => boolean): Promise<string | null> {
  for (const folder of folders) {
    if (isOver()) return NO_ANSWER;
    const answer = await folder.pause();
    if (!answer.ok) return answer.error;
  }
  return null;
}
