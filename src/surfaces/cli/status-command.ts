// `syncguard status`: every guard here, or one, from its companion where it has one, else from what it wrote.

import { type GuardStatus, guardStatusOf } from '../../formats/guard-status.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import type { CommonOptions } from './common-options.ts';
import { askGuard } from './control-client.ts';
import { guardsCalled } from './guard-choice.ts';
import { type FoundGuard, nameOf, readRing } from './guard-place.ts';
import { renderJson } from './json-text.ts';
import { renderStatus, type StatusPage } from './status-text.ts';
import { paintFor, type Terminal } from './terminal.ts';

/** As systemctl's and LSB's: 3 not running, 4 unknown. */
const EXIT_RUNNING = 0;
const EXIT_NOT_RUNNING = 3;
const EXIT_UNKNOWN = 4;

export async function runStatus(
  word: string | undefined,
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  const found = guardsCalled(word, terminal);
  const living = found.filter(({ isAlive }) => isAlive);
  // Of those that have gone only the last is told, and only where none lives.
  const shown = living.length > 0 ? living : found.slice(0, 1);
  const statuses = await Promise.all(shown.map(readStatus));
  if (options.json === true) terminal.print(renderJson({ schema: 'syncguard/status/1', guards: statuses }));
  else if (options.quiet !== true) {
    const page = { paint: paintFor(terminal, options.color), columns: terminal.columns };
    terminal.print(shown.length === 0 ? renderNobody(word) : renderAll(shown, statuses, page));
  }
  return statuses.length === 0 ? EXIT_NOT_RUNNING : Math.max(...statuses.map(exitOf));
}

function exitOf({ state }: GuardStatus): number {
  if (state === 'unknown') return EXIT_UNKNOWN;
  return ['gone', 'ended', 'waiting', 'held'].includes(state) ? EXIT_NOT_RUNNING : EXIT_RUNNING;
}

async function readStatus({ directory, manifest, isAlive }: FoundGuard): Promise<GuardStatus> {
  const reply = isAlive ? await askGuard(directory, { command: 'status' }) : null;
  if (reply?.ok && reply.value.ok && reply.value.status !== undefined) {
    const { status } = reply.value;
    // A companion that was started late has heard nothing yet; the ring has.
    if (status.state !== 'unknown') return status;
  }
  return guardStatusOf(manifest, readRing(directory), { isAlive, hasCompanion: reply?.ok === true });
}

/** One below the other, a blank line between. */
function renderAll(
  guards: readonly FoundGuard[],
  statuses: readonly GuardStatus[],
  page: StatusPage,
): string {
  return guards
    .flatMap((guard, index) => {
      const status = statuses[index];
      return status === undefined ? [] : [renderStatus(nameOf(guard), status, page)];
    })
    .join('\n');
}

const renderNobody = (word: string | undefined): string =>
  `not running: no guard${word === undefined ? '' : ` called ${escapeForTerminal(word)}`} was found\n`;
