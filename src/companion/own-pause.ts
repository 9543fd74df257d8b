// A pause of the daemon's own, where that gives back what a freeze keeps: its watches, and the memory they pin.
// Knows: when it is asked for, and when it is over. May not know: by which request, or what the sentinel makes of it.
//
//   free --paused at a wall of memory for 5 s, not by hand--> asking --answered, or not--> paused --ample for a minute, and
//    ^  ^ +-a person's word, while it runs------------------>  |  |                          ^  |   at large; a person's resume;
//    |  +----- nobody was asked, until the next pause ---------+  +--resume meanwhile--+    |  v   the end of a person's pause
//    +------------------------------- all are released ------------------------------ releasing (something stays: paused)
//
// At a wall the freeze comes first, and stands until the sentinel lets the daemon hear; when that time is over it judges
// anew, whatever became of us. On a person's word the daemon is asked first, while it hears, and frozen then. A companion
// that comes after one that died finds on disk what was paused, and begins at `paused`.

import { BANDS, PHASES, RULES } from '../domain/lifecycle.ts';
import { RESOURCE_NAMES, type ResourceName } from '../domain/resource.ts';
import type { GuardRecord } from '../formats/guard-record.ts';
import type { HeldBack } from '../formats/guard-status.ts';
import { renderDuration } from '../formats/quantity-text.ts';
import { type AskedPauseScene, askToPause, letHear, RECORD_WITHIN_MS } from './asked-pause.ts';
import type { Folders, RunningFolder } from './folders.ts';
import { isAtLarge } from './releaser.ts';

export interface OwnPauseScene extends AskedPauseScene {
  readonly folders: Pick<Folders, 'readLeftPaused' | 'readRunning' | 'keepPaused'>;
  /** true: a release is under way already, as after a degraded start. */
  isBusy(): boolean;
  release(): Promise<HeldBack | null>;
}

export interface OwnPause {
  /** Called with every record, at least once a second. */
  look(record: GuardRecord): void;
  /** A person wants it paused for so long, null: until `resume`, and it runs yet. Resolves when it may be frozen; false: resumed. */
  pause(forMs: number | null): Promise<boolean>;
  /** A person wants it to run. */
  resume(): void;
  /** What is paused by its own means; null: nothing. */
  readHeldBack(): HeldBack | null;
}

/** A pause that is over sooner needs nobody's help. */
const ASK_AFTER_MS = 5_000;
/** Ample for so long as after any pause, doubled each time that something had to stay paused or was paused again soon. */
const RELIEF_MS = 60_000;
const LONGEST_RELIEF_MS = 3_600_000;
const FLAP_MS = 600_000;

/** A folder that comes back is scanned anew: for a shorter pause than this that costs more than its watches. */
const WORTH_IT_MS = 60_000;
/** What a person waits for at most; 40 000 watches take 27 s, and what is left then is frozen with the rest. */
const LONGEST_BY_WORD_MS = 60_000;
/** A person's pause is over: a signal that is passed on in between thaws for 2 s. */
const OVER_MS = 5_000;

/** The walls that watches fill. */
const PINNED_IN: readonly (ResourceName | undefined)[] = ['memory', 'dcachesize', 'kmemsize'];

type State = 'free' | 'asking' | 'paused' | 'releasing';

export function ownPause(scene: OwnPauseScene): OwnPause {
  return new Course(scene);
}

class Course implements OwnPause {
  readonly #scene: OwnPauseScene;
  #state: State = 'free';
  #heldBack: HeldBack | null = null;
  /** When the condition that leads on began to hold; null: it does not hold. */
  #sinceMs: number | null = null;
  #isByHand = false;
  /** null: no record has come yet. */
  #isAtLarge: boolean | null = null;
  /** Asked once in this pause. */
  #isAsked = false;
  /** Asked on a person's word. */
  #isByWord = false;
  /** A person wanted it to run while it was asked. */
  #isCalledOff = false;
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
    this.#isAtLarge = isAtLarge(record);
    if (this.#isAtLarge) {
      this.#isAsked = this.#state === 'asking';
      this.#isByHand = false;
    } else if (RULES[record.rule] === 'command') this.#isByHand = true;
    if (this.#state === 'free' && this.#hasLasted(this.#isToBeAsked(record), ASK_AFTER_MS))
      void this.#askAtWall();
    if (this.#state === 'paused' && this.#isOver(record)) void this.#release();
  }

  #isToBeAsked(record: GuardRecord): boolean {
    if (this.#isAsked || this.#isByHand || this.#scene.isBusy() || PHASES[record.phase] !== 'paused')
      return false;
    return BANDS[record.band] !== 'ample' && PINNED_IN.includes(RESOURCE_NAMES[record.resource]);
  }

  #isOver(record: GuardRecord): boolean {
    return this.#isByWord
      ? this.#hasLasted(isAtLarge(record), OVER_MS)
      : this.#hasLasted(isFarFromWalls(record), this.#reliefMs);
  }

  #hasLasted(holds: boolean, forMs: number): boolean {
    const nowMs = this.#scene.now();
    this.#sinceMs = holds ? (this.#sinceMs ?? nowMs) : null;
    return this.#sinceMs !== null && nowMs - this.#sinceMs >= forMs;
  }

  #enter(state: State): void {
    this.#state = state;
    this.#sinceMs = null;
  }

  async #askAtWall(): Promise<void> {
    const { folders, order } = this.#scene;
    const asked = this.#beginAsking();
    if (asked.length === 0 || !(await letHear(this.#scene))) return this.#enter('free');
    if (!folders.keepPaused(asked)) {
      order({ order: 'heard', isPaused: false });
      return this.#enter('free');
    }
    await askToPause(asked, Number.POSITIVE_INFINITY, this.#scene);
    const isFlap = this.#scene.now() - this.#releasedAtMs < FLAP_MS;
    this.#reliefMs = isFlap ? Math.min(LONGEST_RELIEF_MS, 2 * this.#reliefMs) : RELIEF_MS;
    // Also what was not answered may have been obeyed, or will be.
    this.#holdPaused(labelsOf(asked));
    this.#endAsking();
  }

  async pause(forMs: number | null): Promise<boolean> {
    const isWorthIt = forMs === null || forMs >= WORTH_IT_MS;
    if (this.#isAtLarge === null) await this.#scene.awaitRecord(() => true, RECORD_WITHIN_MS);
    if (this.#state !== 'free' || !isWorthIt || !this.#isAtLarge || this.#scene.isBusy()) return true;
    const asked = this.#beginAsking();
    if (asked.length === 0 || !this.#scene.folders.keepPaused(asked)) {
      this.#enter('free');
      return true;
    }
    await askToPause(asked, LONGEST_BY_WORD_MS, this.#scene);
    this.#holdPaused(labelsOf(asked), 'released when that pause is over');
    this.#isByWord = true;
    return this.#endAsking();
  }

  #beginAsking(): readonly RunningFolder[] {
    const { folders, say } = this.#scene;
    this.#enter('asking');
    this.#isAsked = true;
    this.#isCalledOff = false;
    const running = folders.readRunning();
    if (!running.ok) say('warn', `it cannot be asked to pause itself: ${running.error}`);
    return running.ok ? running.value : [];
  }

  /** false: a person wanted it to run before it was over. */
  #endAsking(): boolean {
    if (this.#isCalledOff) void this.#release();
    return !this.#isCalledOff;
  }

  #holdPaused(folders: readonly string[], until: string = this.#relief()): void {
    this.#heldBack = { folders, reason: `paused by its own means; ${until}` };
    this.#isByWord = false;
    this.#enter('paused');
  }

  #relief(): string {
    return `released when no wall has been near for ${renderDuration(this.#reliefMs)}`;
  }

  resume(): void {
    this.#isCalledOff = true;
    if (this.#state === 'paused') void this.#release();
  }

  async #release(): Promise<void> {
    this.#enter('releasing');
    this.#isByWord = false;
    const { folders = [] } = this.#heldBack ?? {};
    this.#heldBack = { folders, reason: 'released one after the other, as far as the walls allow' };
    this.#heldBack = await this.#scene.release();
    this.#releasedAtMs = this.#scene.now();
    if (this.#heldBack !== null) this.#reliefMs = Math.min(LONGEST_RELIEF_MS, 2 * this.#reliefMs);
    this.#enter(this.#heldBack === null ? 'free' : 'paused');
  }
}

const isFarFromWalls = ({ phase, band }: GuardRecord): boolean =>
  PHASES[phase] === 'running' && BANDS[band] === 'ample';

const labelsOf = (folders: readonly RunningFolder[]): string[] => folders.map(({ label }) => label);
