// How the guarded daemon takes the two signals that end it: what the guard is told of its profiles' `stop`.

import { TAKES_KILL, TAKES_TERM } from './policy-table.ts';
import type { EndSafety, Profile } from './profile.ts';

export interface EndTerms {
  /** TERM leaves it whole whatever it is doing. */
  readonly isTermSafe: boolean;
  /** So does KILL. */
  readonly isKillSafe: boolean;
  /** What makes it whole again after an end that it did not take well; null: its next start does. */
  readonly recover: string | null;
}

export const TAKES_ANY: EndTerms = { isTermSafe: true, isKillSafe: true, recover: null };

/** Of several daemons behind one command the one that takes it worst. `idle-only` counts as unsafe: at a wall it is at work. */
export function endTermsOf(profiles: readonly Pick<Profile, 'stop'>[]): EndTerms {
  const isSafe = (safety: EndSafety): boolean => safety === true;
  return {
    isTermSafe: profiles.every(({ stop }) => isSafe(stop.termSafe)),
    isKillSafe: profiles.every(({ stop }) => isSafe(stop.killSafe)),
    recover: profiles.find(({ stop }) => stop.recover !== undefined)?.stop.recover ?? null,
  };
}

/** The same as the table's index has it. */
export const takenEnds = ({ isTermSafe, isKillSafe }: EndTerms): number =>
  (isTermSafe ? TAKES_TERM : 0) | (isKillSafe ? TAKES_KILL : 0);
