// What every way of leaving out is given, and how it answers.

import type { LeaveOutStep, Mechanism } from '../domain/leave-out.ts';
import type { Result } from '../domain/result.ts';
import type { RootsRequest } from '../profiles/index.ts';
import { type Change, journalDirectory, readJournal, writeJournal } from './change-journal.ts';

export interface ApplyScene {
  readonly stateDirectory: string;
  /** How the daemon's own configuration is found. */
  readonly request: RootsRequest;
  readonly allowsLocalDelete: boolean;
  /** Names what one call does in the journal, ISO 8601. */
  readonly at: string;
}

/** All steps of one mechanism in one root. */
export interface Group {
  readonly root: string;
  readonly mechanism: Mechanism;
  readonly steps: readonly LeaveOutStep[];
}

/** The error is why nothing was done, in one clause; the note, what is still to be known. */
export type Done = Result<{ readonly note: string | null }, string>;

/** Writes down what is about to be done; without that it is not done. */
export function noteChange(change: Change, { stateDirectory, at }: ApplyScene): Result<null, string> {
  const directory = journalDirectory(stateDirectory);
  const applications = readJournal(directory);
  const last = applications.at(-1);
  const isOurs = last?.at === at;
  const earlier = isOurs ? applications.slice(0, -1) : applications;
  return writeJournal(directory, [...earlier, { at, changes: [...(isOurs ? last.changes : []), change] }]);
}
