// `syncguard status`: every guard here, or one, from its companion where it has one, else from what it wrote.

import { decisionSentence, renderJudged } from '../../formats/decision-sentence.ts';
import { type GuardStatus, guardStatusOf } from '../../formats/guard-status.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import type { CommonOptions } from './common-options.ts';
import { askGuard } from './control-client.ts';
import { guardsCalled } from './guard-choice.ts';
import { type FoundGuard, nameOf, readRing } from './guard-place.ts';
import { renderJson } from './json-text.ts';
import { type Cell, type Paint, paintFor, renderColumns, type Terminal, type Tone } from './terminal.ts';
import { renderInstant } from './time-text.ts';

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
  else if (options.quiet !== true)
    terminal.print(renderAll(word, shown, statuses, paintFor(terminal, options.color)));
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

function renderAll(
  word: string | undefined,
  guards: readonly FoundGuard[],
  statuses: readonly GuardStatus[],
  paint: Paint,
): string {
  if (guards.length === 0)
    return `not running: no guard${word === undefined ? '' : ` called ${escapeForTerminal(word)}`} was found\n`;
  return guards
    .map((guard, index) => {
      const status = statuses[index];
      return status === undefined ? '' : renderOne(escapeForTerminal(nameOf(guard)), status, paint);
    })
    .join('\n');
}

const TONE_OF: Partial<Readonly<Record<GuardStatus['state'], Tone>>> = {
  running: 'good',
  starting: 'good',
  throttled: 'warn',
  paused: 'warn',
};

function renderOne(name: string, status: GuardStatus, paint: Paint): string {
  const { state, phase, guard, daemon, last, seenAt } = status;
  const tone = TONE_OF[state] ?? 'bad';
  const pid = daemon.pid === null ? '' : `pid ${daemon.pid}, `;
  const gone =
    state === 'gone'
      ? `; the guard has ended${seenAt === null ? '' : `, last heard ${renderInstant(seenAt)}`}`
      : '';
  const was = state === 'gone' && phase !== null ? `, it was ${phase}` : '';
  const lines = [
    `${name}: ${paint(tone, state)} (${pid}guard ${guard.pid}, profile ${daemon.profile}, since ${renderInstant(guard.startedAt)}${was})${gone}`,
  ];
  const sentence = last === null ? null : decisionSentence(last, name);
  if (last !== null && sentence !== null)
    lines.push(`  last: ${renderInstant(last.at)} ${escapeForTerminal(sentence.text)}`);
  lines.push(
    `  protection: ${escapeForTerminal(guard.protection)}${guard.hasCompanion ? '' : '; no companion, so it takes no orders but signals'}`,
  );
  return `${lines.join('\n')}\n${renderWalls(status, paint)}`;
}

function renderWalls({ walls }: GuardStatus, paint: Paint): string {
  const rows = walls.flatMap((line): Cell[][] => {
    const judged = renderJudged(line);
    return judged === null
      ? []
      : [[{ text: judged }, { text: line.band }, { text: escapeForTerminal(line.scope ?? '') }]];
  });
  return renderColumns(rows, paint, '  ');
}
