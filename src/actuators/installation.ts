// Writes the files of a service and takes them away again: all of them or none, each as it was, the journal first.
// Knows: files, permissions, the journal. May not know: what an init does with them.

import { chmodSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { errnoOf } from '../kernel/errno.ts';
import {
  type Application,
  type Change,
  hashOf,
  keepContent,
  readJournal,
  writeJournal,
} from './change-journal.ts';
import { readForeignFile, replaceForeignFile } from './foreign-file.ts';
import { removeMadeDirectory, restoreFile } from './restore.ts';

export interface WantedFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

export interface InstallRequest {
  /** Of the service. */
  readonly name: string;
  /** This service's own, in the directory of `journalOf`. */
  readonly journal: string;
  /** Now, ISO 8601. */
  readonly at: string;
}

export type Written = 'new' | 'replaced' | 'unchanged';

/** What was installed for a system or a user lies below its state directory, a journal for each. */
export const journalsOf = (stateDirectory: string): string => join(stateDirectory, 'services');

export const installedNames = (journals: string): string[] => {
  try {
    return readdirSync(journals).sort();
  } catch {
    return [];
  }
};

interface Step {
  readonly change: Change;
  readonly act: () => Result<null, string>;
}

/** What became of each file, in their order; the error, one clause, means that nothing has changed. */
export function installFiles(
  files: readonly WantedFile[],
  request: InstallRequest,
): Result<readonly Written[], string> {
  const { journal, at } = request;
  const states: Written[] = [];
  const steps = directorySteps(files);
  for (const file of files) {
    const planned = planFile(file, request);
    if (!planned.ok) return planned;
    states.push(planned.value.state);
    if (planned.value.step !== null) steps.push(planned.value.step);
  }
  if (steps.length === 0) return success(states);
  const changes = steps.map(({ change }) => change);
  const noted = writeJournal(journal, [...readJournal(journal), { at, changes }]);
  if (!noted.ok) return noted;
  const done = carryOut(steps);
  if (done.ok) return success(states);
  takeBack(journal, { isForced: false, isAll: false });
  return done;
}

function carryOut(steps: readonly Step[]): Result<null, string> {
  for (const { act } of steps) {
    const done = act();
    if (!done.ok) return done;
  }
  return success(null);
}

/** null: there is nothing. */
function modeOf(path: string): number | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : stat.mode & 0o7777;
}

interface PlannedFile {
  readonly state: Written;
  /** null: it is so already. */
  readonly step: Step | null;
}

function planFile(
  { path, content, mode }: WantedFile,
  { name, journal }: InstallRequest,
): Result<PlannedFile, string> {
  const now = readForeignFile(path);
  if (!now.ok) return now;
  const after = Buffer.from(content);
  const before = modeOf(now.value.path);
  if (before === mode && hashOf(now.value.bytes) === hashOf(after))
    return success({ state: 'unchanged', step: null });
  const kept = keepContent(journal, now.value, { root: name, after });
  if (!kept.ok) return kept;
  const change = before === null || before === mode ? kept.value : { ...kept.value, mode: before };
  return success({
    state: before === null ? 'new' : 'replaced',
    step: {
      change,
      act: () => named(change.path, 'written', replaceForeignFile(change.path, after, mode)),
    },
  });
}

const named = (path: string, what: string, done: Result<null, string>): Result<null, string> =>
  done.ok ? done : failure(`${path} cannot be ${what} (${done.error})`);

/** Those that are not there yet, the outer first. */
function directorySteps(files: readonly WantedFile[]): Step[] {
  const missing = new Set<string>();
  for (const { path } of files)
    for (let at = dirname(path); modeOf(at) === null; at = dirname(at)) missing.add(at);
  return [...missing].sort().map((path) => ({
    change: { kind: 'directory', path },
    act: () => named(path, 'made', makeDirectory(path)),
  }));
}

/** What everybody may read in /etc. */
const DIRECTORY_MODE = 0o755;

/** The error is the errno. */
function makeDirectory(path: string): Result<null, string> {
  try {
    mkdirSync(path);
    // Whatever the umask of whoever installs.
    chmodSync(path, DIRECTORY_MODE);
    return success(null);
  } catch (error) {
    return failure(errnoOf(error));
  }
}

export interface Restored {
  readonly path: string;
  /** null: it is as it was before; else why not, in one clause. */
  readonly obstacle: string | null;
}

export interface TakeBackRequest {
  /** Also over what somebody else has written since. */
  readonly isForced: boolean;
  /** Everything that was ever installed under this name, or what the last time changed. */
  readonly isAll: boolean;
}

/** The newest first, as two changes of one file are taken back in turn; what could not be stays in the journal. */
export function takeBack(journal: string, { isForced, isAll }: TakeBackRequest): Restored[] {
  const applications = readJournal(journal);
  const kept = isAll ? [] : applications.slice(0, -1);
  const restored: Restored[] = [];
  const left: Application[] = [];
  for (const application of applications.slice(kept.length).toReversed()) {
    const changes = application.changes.toReversed().filter((change) => {
      const done = takeBackOne(change, journal, isForced);
      if (change.kind === 'file') restored.push({ path: change.path, obstacle: done.ok ? null : done.error });
      return !done.ok;
    });
    if (changes.length > 0) left.unshift({ ...application, changes: changes.toReversed() });
  }
  const remaining = [...kept, ...left];
  if (remaining.length === 0) forget(journal);
  else writeJournal(journal, remaining);
  return restored;
}

function takeBackOne(change: Change, journal: string, isForced: boolean): Result<null, string> {
  if (change.kind === 'file') return restoreFile(change, journal, isForced);
  return change.kind === 'directory' ? removeMadeDirectory(change) : success(null);
}

/** With the kept contents, and the directory of the journals when it was the last. */
function forget(journal: string): void {
  rmSync(journal, { recursive: true, force: true });
  try {
    rmdirSync(dirname(journal));
  } catch {
    // Another service is still installed.
  }
}
