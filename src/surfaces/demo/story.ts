// The story of May 2012, played: a library that the container cannot hold, refused; the same one in a larger container,
// guarded; and what the guard does when it grows. Knows: the order of the acts. May not know: the terminal, exit codes.

import { renderCount } from '../../formats/quantity-text.ts';
import { type EmulatedWall, emulateWall } from './emulated-wall.ts';
import {
  type Finale,
  type Growth,
  playFinale,
  playGrowth,
  playStart,
  type Scene,
  type Start,
} from './guarded-growth.ts';
import { filesOf, foldersOf, plantLibrary } from './library.ts';
import { type Narrator, renderSeconds, renderShare } from './narration.ts';
import { playersOf } from './players.ts';
import { doubledTable } from './recorded-table.ts';
import { isAsTold, playRefusal, type Refusal } from './refusal.ts';
import type { Stage } from './stage.ts';
import { readPidFile } from './stand-in/state-directory.ts';

/** 3 000 books: their folders would take 124 % of the barrier of 2012 and 62 % of its double. */
const AUTHORS = 750;

export interface Story {
  readonly refusal: Refusal;
  readonly start: Omit<Start, 'run'>;
  /** null: the daemon was not up to date, so there was nothing to watch grow. */
  readonly growth: (Growth & Finale) | null;
  readonly barrierBytes: number;
  /** Whether all went as the story is told: refused, then started, then paused below the wall, nothing left behind. */
  readonly isAsTold: boolean;
}

export async function playStory(stage: Stage, narrator: Narrator, signal: AbortSignal): Promise<Story> {
  await plant(stage, narrator, signal);
  narrator.title('Act one: the barrier of May 2012');
  const refusal = await playRefusal(stage, narrator, signal);
  narrator.title('Act two: the same container with every barrier doubled');
  const wall = emulateWall({
    file: stage.tableOf('larger container'),
    rest: doubledTable(),
    pid: () => readPidFile(stage.state),
  });
  try {
    return await playGuarded({ stage, narrator, wall, signal }, refusal);
  } finally {
    wall.stop();
  }
}

async function playGuarded(scene: Scene, refusal: Refusal): Promise<Story> {
  const { narrator, wall, stage } = scene;
  const { run, ...start } = await playStart(scene);
  const growth = start.isUpToDate ? await playOn(scene, run) : null;
  const isBelow = growth?.isPaused === true && growth.refused === 0;
  const isEmpty = playersOf(stage.directory).length === 0;
  narrator.say(tellResult(wall, isBelow, isEmpty));
  return {
    refusal,
    start,
    growth,
    barrierBytes: wall.barrierBytes,
    isAsTold: isAsTold(refusal) && isBelow && isEmpty,
  };
}

async function playOn(scene: Scene, run: Start['run']): Promise<Growth & Finale> {
  scene.narrator.title('Act three: the library grows while the daemon runs');
  const growth = await playGrowth(scene, run, AUTHORS);
  return { ...growth, ...(await playFinale(scene, run)) };
}

function tellResult(wall: EmulatedWall, isBelow: boolean, isEmpty: boolean): string {
  const left = isEmpty ? 'Nothing of it runs any more.' : 'Something of it still runs.';
  const share = renderShare(wall.highestBytes / wall.barrierBytes);
  return isBelow ? `The wall was never met (${share} at most). ${left}` : `It did not go as told. ${left}`;
}

async function plant(stage: Stage, narrator: Narrator, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  await plantLibrary({ tree: stage.tree, from: 0, authors: AUTHORS, authorsPerSecond: null, signal });
  const seconds = renderSeconds(performance.now() - startedAt);
  narrator.say(
    `A library as Calibre lays one out: ${renderCount(foldersOf(AUTHORS))} folders, ${renderCount(filesOf(AUTHORS))} empty files, planted in ${seconds}.`,
  );
}
