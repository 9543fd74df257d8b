// Releases folders, never twice at a time, and remembers what had to stay paused.

import { PHASES, type Phase } from '../domain/lifecycle.ts';
import type { GuardRecord } from '../formats/guard-record.ts';
import type { HeldBack } from '../formats/guard-status.ts';
import type { Folders } from './folders.ts';

export interface Releaser {
  readonly isBusy: boolean;
  /** Resolves with what stays paused; null: nothing, or another release is under way. */
  release(): Promise<HeldBack | null>;
  /** What the last release left paused; null: nothing, or it is not over. */
  readHeldBack(): HeldBack | null;
}

export function releaserOf(folders: Pick<Folders, 'release'>): Releaser {
  let isBusy = false;
  let heldBack: HeldBack | null = null;
  return {
    get isBusy() {
      return isBusy;
    },
    async release() {
      if (isBusy) return null;
      isBusy = true;
      try {
        heldBack = await folders.release();
        return heldBack;
      } finally {
        isBusy = false;
      }
    },
    readHeldBack: () => heldBack,
  };
}

const AT_LARGE: readonly (Phase | undefined)[] = ['starting', 'running', 'throttled'];

/** false: the guard has paused or is ending the daemon. */
export const isAtLarge = ({ phase }: GuardRecord): boolean => AT_LARGE.includes(PHASES[phase]);
