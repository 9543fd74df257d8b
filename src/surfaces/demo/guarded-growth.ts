// Acts two and three: the barrier is doubled, the daemon starts under its guard; then the library grows past the wall.

import { renderCount } from '../../formats/quantity-text.ts';
import { readDaemonStatus } from './daemon-client.ts';
import { DENTRY_BYTES, type EmulatedWall } from './emulated-wall.ts';
import { authorsFor, foldersOf, plantLibrary } from './library.ts';
import {
  type Narrator,
  renderEnding,
  renderHeld,
  renderSeconds,
  renderShare,
  renderWatches,
} from './narration.ts';
import { comesTrue, endingOf, type Playing } from './players.ts';
import { RUN_WORDS } from './refusal.ts';
import type { Stage } from './stage.ts';

export interface Scene {
  readonly stage: Stage;
  readonly narrator: Narrator;
  readonly wall: EmulatedWall;
  readonly signal: AbortSignal;
}

/** As long as the guard runs, and within the patience. */
const happens = async (
  holds: () => boolean | Promise<boolean>,
  scene: Scene,
  run: Playing,
): Promise<boolean> =>
  (await comesTrue(async () => run.ending !== null || (await holds()), scene.signal)) && run.ending === null;

export interface Start {
  readonly run: Playing;
  readonly isUpToDate: boolean;
  readonly durationMs: number;
  readonly watches: number;
  readonly heldBytes: number;
  /** What the guard printed until then. */
  readonly lines: readonly string[];
}

/** Act two. */
export async function playStart(scene: Scene): Promise<Start> {
  const { stage, narrator, wall } = scene;
  narrator.command(RUN_WORDS);
  const run = stage.play(RUN_WORDS, wall.file, narrator.quote);
  const isUpToDate = await happens(
    async () => (await readDaemonStatus(stage.state)) === 'Up to date',
    scene,
    run,
  );
  const durationMs = performance.now() - run.startedAtMs;
  // What is told of it now was counted after it said so: the next reading may have begun before.
  const { readings } = wall;
  await happens(() => wall.readings >= readings + 2, scene, run);
  const { watches } = wall.counts;
  const seen = `${renderWatches(wall)}, ${renderHeld(wall.heldBytes, wall)}`;
  const printed = run.lines.length === 1 ? 'one line' : `${run.lines.length} lines`;
  narrator.say(
    `${isUpToDate ? 'Up to date' : 'Not up to date'} after ${renderSeconds(durationMs)}: ${seen}; the guard has printed ${printed}.`,
  );
  return { run, isUpToDate, durationMs, watches, heldBytes: wall.heldBytes, lines: [...run.lines] };
}

/** The tree is made to need this share of the wall: without a guard the daemon would get there. */
const GROWN_SHARE = 1.05;
/** 0.35 MB of names a second: the headroom above pause-at lasts for 1.7 s. */
const FOLDERS_PER_SECOND = 400;
/** A duty cycle pauses for tenths of a second; only a pause lasts. */
const STANDSTILL_MS = 1_500;

export interface Growth {
  readonly plantedFolders: number;
  readonly neededBytes: number;
  readonly isPaused: boolean;
  readonly durationMs: number;
  readonly watches: number;
  readonly heldBytes: number;
  readonly highestBytes: number;
  readonly refused: number;
  readonly readingsPerSecond: number;
}

/** Act three, up to the pause. `planted` is the number of authors there are already. */
export async function playGrowth(scene: Scene, run: Playing, planted: number): Promise<Growth> {
  const { stage, narrator, wall, signal } = scene;
  const missingBytes = wall.barrierBytes * GROWN_SHARE - wall.heldBytes;
  const authors = authorsFor(Math.ceil(missingBytes / DENTRY_BYTES));
  const neededBytes = wall.heldBytes + foldersOf(authors) * DENTRY_BYTES;
  narrator.say(
    `Planting ${renderCount(foldersOf(authors))} more folders, ${FOLDERS_PER_SECOND} a second: watching all of them would take ${renderShare(neededBytes / wall.barrierBytes)} of the barrier.`,
  );
  const startedAt = performance.now();
  const authorsPerSecond = FOLDERS_PER_SECOND / foldersOf(1);
  await plantLibrary({ tree: stage.tree, from: planted, authors, authorsPerSecond, signal });
  const isPaused = await findPaused(scene, run, foldersOf(planted + authors));
  const durationMs = performance.now() - startedAt;
  tellPause(scene, run, { isPaused, durationMs });
  const { heldBytes, highestBytes, refused } = wall;
  const [{ watches }, readingsPerSecond] = [wall.counts, wall.readingsPerSecond()];
  const plantedFolders = foldersOf(authors);
  return {
    ...{ plantedFolders, neededBytes, isPaused, durationMs, watches },
    ...{ heldBytes, highestBytes, refused, readingsPerSecond },
  };
}

/** A daemon that watches every folder was not held: there is nothing left to wait for. */
async function findPaused(scene: Scene, run: Playing, folders: number): Promise<boolean> {
  const hasCaughtUp = (): boolean => scene.wall.counts.watches >= folders;
  const isPaused = standstillOf(scene, run);
  const isOver = await happens(async () => hasCaughtUp() || (await isPaused()), scene, run);
  return isOver && !hasCaughtUp();
}

function tellPause(
  { narrator, wall }: Scene,
  run: Playing,
  { isPaused, durationMs }: Pick<Growth, 'isPaused' | 'durationMs'>,
): void {
  if (run.ending !== null) narrator.say(`The guard has ended: ${renderEnding(run.ending)}.`);
  narrator.say(
    `${isPaused ? 'Found paused' : 'Not paused'} ${renderSeconds(durationMs)} after the first of them: ${renderWatches(wall)}, ${renderHeld(wall.heldBytes, wall)}, ${renderCount(wall.refused)} charges refused.`,
  );
}

/** The guard says that it paused the daemon, and this kernel counts no new watch of it for a while. */
function standstillOf(scene: Scene, run: Playing): () => Promise<boolean> {
  let [watches, since] = [-1, 0];
  return async () => {
    const now = scene.wall.counts.watches;
    if (now !== watches) [watches, since] = [now, performance.now()];
    return performance.now() - since >= STANDSTILL_MS && (await readPhase(scene, run)) === 'paused';
  };
}

/** null: `status` gave no answer that could be read. */
async function readPhase({ stage, wall, signal }: Scene, run: Playing): Promise<string | null> {
  const asked = stage.play(['status', String(run.pid), '--json'], wall.file);
  await endingOf(asked, signal);
  try {
    const { guards }: { guards?: { state?: unknown }[] } = JSON.parse(asked.lines.join('\n'));
    const state = guards?.[0]?.state;
    return typeof state === 'string' ? state : null;
  } catch {
    return null;
  }
}

export interface Finale {
  readonly why: readonly string[];
  readonly status: number | null;
  readonly signal: string | null;
}

/** The end of act three: the guard tells why, and stops the daemon. */
export async function playFinale({ stage, narrator, wall, signal }: Scene, run: Playing): Promise<Finale> {
  // By its pid, always: other guards may run on this machine, and they are none of ours.
  const ask = async (verb: string): Promise<readonly string[]> => {
    const words = [verb, String(run.pid)];
    narrator.command(words);
    const asked = stage.play(words, wall.file, narrator.quote);
    await endingOf(asked, signal);
    return asked.lines;
  };
  const why = await ask('why');
  if (run.ending === null) await ask('stop');
  const ending = await endingOf(run, signal);
  narrator.say(`run: ${renderEnding(ending)}. The most there was: ${renderHeld(wall.highestBytes, wall)}.`);
  return { why, ...ending };
}
