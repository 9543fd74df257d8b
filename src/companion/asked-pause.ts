// One request to a daemon that it pause itself, until its watches are given back.
// Knows: how long its answer and its watches may take. May not know: why it is asked, or what comes after.

import { RULES } from '../domain/lifecycle.ts';
import type { Result } from '../domain/result.ts';
import type { GuardOrder } from '../formats/control-message.ts';
import type { GuardRecord } from '../formats/guard-record.ts';
import { renderCount } from '../formats/quantity-text.ts';
import type { RunningFolder } from './folders.ts';
import type { Level } from './journal.ts';

export interface AskedPauseScene {
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

/** Syncthing answers at once; in slices of a quarter, at a wall, with an index to close, it may take seconds. */
const ANSWER_WITHIN_MS = 10_000;
/** One a second, and one at once for an order that was carried out; a busy sentinel comes to it with its next tick. */
export const RECORD_WITHIN_MS = 2_000;

const LOOK_MS = 1_000;

const NO_ANSWER = 'it does not answer';

/** Whether a frozen daemon hears from now on. Asked before, it would obey whenever it thaws. */
export function letHear({ order, awaitRecord }: AskedPauseScene): Promise<boolean> {
  const isHeard = awaitRecord(({ rule }) => RULES[rule] === 'own-pause-asked', RECORD_WITHIN_MS);
  order({ order: 'hear', forMs: ANSWER_WITHIN_MS });
  return isHeard;
}

/** Ends with the word to the sentinel that there is nothing more to hear. `forMs`: all of it, at most. */
export async function askToPause(
  asked: readonly RunningFolder[],
  forMs: number,
  scene: AskedPauseScene,
): Promise<void> {
  const { order, say, now, countWatches } = scene;
  const beganMs = now();
  const isOver = scene.pause(ANSWER_WITHIN_MS).then((): string => NO_ANSWER);
  const before = countWatches();
  const isLate = (): boolean => now() - beganMs >= ANSWER_WITHIN_MS;
  const trouble = await Promise.race([pauseAll(asked, isLate), isOver]);
  const labels = asked.map(({ label }) => label).join(', ');
  if (trouble === null) {
    await giveBack(beganMs + forMs, scene);
    say('info', `it has paused ${labels} itself${renderWatches(before, countWatches())}`);
  } else say('warn', `it was asked to pause ${labels} itself: ${trouble}`);
  order({ order: 'heard', isPaused: trouble === null });
}

/** One after the other: Syncthing writes its configuration for each. null: all of them are paused. */
async function pauseAll(folders: readonly RunningFolder[], isLate: () => boolean): Promise<string | null> {
  for (const folder of folders) {
    if (isLate()) return NO_ANSWER;
    const answer: Result<null, string> = await folder.pause();
    if (!answer.ok) return answer.error;
  }
  return null;
}

/** Syncthing 1.19 answers before the last watch is gone: 10 000 take it 2 s when it runs freely, 40 000 take 27. */
async function giveBack(endMs: number, scene: AskedPauseScene): Promise<void> {
  const { now, pause, countWatches, order, reclaim } = scene;
  let left = countWatches() ?? 0;
  for (let fellAtMs = now(); left > 0 && now() - fellAtMs < ANSWER_WITHIN_MS && now() < endMs; ) {
    await pause(LOOK_MS);
    const held = countWatches() ?? 0;
    if (held >= left) continue;
    left = held;
    fellAtMs = now();
    order({ order: 'hear', forMs: ANSWER_WITHIN_MS });
  }
  await Promise.race([reclaim(), pause(ANSWER_WITHIN_MS)]);
}

const renderWatches = (before: number | null, after: number | null): string =>
  before === null || after === null
    ? ''
    : `: ${renderCount(before)} watches before, ${renderCount(after)} now`;
