// Which guard is meant: by the daemon's name, its profile, its pid or the guard's; without a word, the only one.

import { SyncguardError } from '../../domain/error.ts';
import { type FoundGuard, nameOf, readGuards } from './guard-place.ts';
import type { Terminal } from './terminal.ts';

/** The living guard that is meant, or where `mayBeGone` the last one that was; none or several is the one error to show. */
export function chooseGuard(
  word: string | undefined,
  { mayBeGone }: { readonly mayBeGone: boolean },
  terminal: Terminal,
): FoundGuard {
  const guards = guardsCalled(word, terminal);
  const living = guards.filter(({ isAlive }) => isAlive);
  const [first, second] = living;
  if (first !== undefined && second !== undefined) throw several(word, living);
  const chosen = first ?? (mayBeGone ? guards[0] : undefined);
  if (chosen !== undefined) return chosen;
  throw noGuard(word, guards[0]);
}

/** All of that name; without one, all. */
export function guardsCalled(word: string | undefined, terminal: Terminal): FoundGuard[] {
  const guards = readGuards(terminal);
  if (word === undefined) return guards;
  return guards.filter(
    (guard) =>
      [nameOf(guard), guard.manifest.profile].includes(word) ||
      [guard.manifest.pid, guard.manifest.daemonPid].map(String).includes(word),
  );
}

function several(word: string | undefined, guards: readonly FoundGuard[]): SyncguardError {
  const list = guards.map((guard) => `${nameOf(guard)} (guard ${guard.manifest.pid})`).join(', ');
  const which = word === undefined ? 'Several guards run' : `Several guards are called ${word}`;
  return new SyncguardError(
    'usage',
    `${which}: ${list}.`,
    'name one by its number, as in syncguard status PID',
  );
}

function noGuard(word: string | undefined, gone: FoundGuard | undefined): SyncguardError {
  const which = word === undefined ? 'No guard runs here' : `No guard called ${word} runs here`;
  const last = gone === undefined ? '' : `; the last one was ${nameOf(gone)}'s (guard ${gone.manifest.pid})`;
  const hint =
    gone === undefined
      ? 'syncguard run COMMAND starts one; one that root has started is seen by root'
      : `syncguard why ${gone.manifest.pid} tells what it did last`;
  return new SyncguardError('no-guard', `${which}${last}.`, hint);
}
