// What is paused by the daemon's own means, at a cheap start or at a wall, and comes back as far as the walls allow.
// Knows: how folders, releases and the pause at a wall hang together. May not know: what each of them does.

import { homedir } from 'node:os';
import type { CompanionRequest } from '../formats/companion-request.ts';
import { renderGuardOrder } from '../formats/control-message.ts';
import { type GuardRecord, KINDS } from '../formats/guard-record.ts';
import type { HeldBack } from '../formats/guard-status.ts';
import { foldersOf } from './folders.ts';
import type { Level } from './journal.ts';
import { ownPause } from './own-pause.ts';
import type { GuardMemory } from './records.ts';
import { isAtLarge, releaserOf } from './releaser.ts';
import type { SlowWrites } from './slow-writes.ts';
import { countWatches } from './watch-count.ts';

export interface PausedFoldersScene {
  readonly asked: CompanionRequest;
  readonly memory: GuardMemory;
  readonly slowly: SlowWrites;
  order(line: string): boolean;
  say(level: Level, text: string): void;
}

export interface PausedFolders {
  /** Called with every record. */
  look(record: GuardRecord): void;
  /** A person wants it paused, and waits; false: resumed meanwhile. */
  pause(forMs: number | null): Promise<boolean>;
  /** A person wants it to run. */
  resume(): void;
  /** What is paused, and why; null: nothing. */
  readHeldBack(): HeldBack | null;
}

const STARTED = KINDS.indexOf('started');

/** It cannot be asked, or that gives nothing back. */
const NOBODY_ASKED: PausedFolders = {
  look: () => {},
  pause: async () => true,
  resume: () => {},
  readHeldBack: () => null,
};

export function pausedFolders({
  asked: { folders: asked, rooms },
  ...scene
}: PausedFoldersScene): PausedFolders {
  if (asked === undefined) return NOBODY_ASKED;
  const { memory, slowly, order, say } = scene;
  const isCalm = (): boolean => memory.last === null || isAtLarge(memory.last);
  const place = { home: process.env['HOME'] ?? homedir(), programDirectory: import.meta.dirname };
  const folders = foldersOf({ asked, environment: process.env, ...place, isCalm, say });
  const releaser = releaserOf(folders);
  const begin = (): void => void (asked.isDegraded && releaser.release());
  begin();
  const course = ownPause({
    folders,
    isBusy: () => releaser.isBusy,
    release: releaser.release,
    order: (asking) => order(renderGuardOrder(asking)),
    awaitRecord: memory.awaitRecord,
    countWatches: () => countWatches(rooms),
    reclaim: slowly.reclaim,
    now: () => performance.now(),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    say,
  });
  return {
    look(record) {
      if (record.kind === STARTED) begin();
      course.look(record);
    },
    pause: (forMs) => course.pause(forMs),
    resume: () => course.resume(),
    readHeldBack: () => course.readHeldBack() ?? releaser.readHeldBack(),
  };
}
