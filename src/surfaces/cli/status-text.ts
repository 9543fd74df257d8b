// The status of guards as text: one line for each, and below it what was done last, by which means, and the walls.

import type { EndTerms } from '../../domain/end-terms.ts';
import { decisionSentence, renderJudged } from '../../formats/decision-sentence.ts';
import type { GuardStatus, HeldBack } from '../../formats/guard-status.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import { type Cell, fold, type Paint, renderColumns, type Tone } from './terminal.ts';
import { renderInstant } from './time-text.ts';

export interface StatusPage {
  readonly paint: Paint;
  readonly columns: number;
}

const TONE_OF: Partial<Readonly<Record<GuardStatus['state'], Tone>>> = {
  running: 'good',
  starting: 'good',
  throttled: 'warn',
  paused: 'warn',
};

export function renderStatus(name: string, status: GuardStatus, { paint, columns }: StatusPage): string {
  const { state, guard, daemon } = status;
  const pid = daemon.pid === null ? '' : `pid ${daemon.pid}, `;
  const head = `${escapeForTerminal(name)}: ${paint(TONE_OF[state] ?? 'bad', state)} (${pid}guard ${guard.pid}, profile ${daemon.profile})`;
  const facts = factsOf(name, status).map(([label, text]) =>
    fold(`  ${label.padEnd(LABEL_WIDTH)}`, escapeForTerminal(text), columns),
  );
  return `${[head, ...facts].join('\n')}\n${renderWalls(status, paint)}`;
}

const LABEL_WIDTH = 12;

function factsOf(
  name: string,
  { state, phase, guard, daemon, heldBack, configuration, last, seenAt }: GuardStatus,
): [string, string][] {
  const facts: [string, string][] = [['since', renderInstant(guard.startedAt)]];
  if (state === 'gone')
    facts.push(['ended', `${phase === null ? '' : `it was ${phase}, `}${lastHeard(seenAt)}`]);
  const sentence = last === null ? null : decisionSentence(last, name);
  if (last !== null && sentence !== null) facts.push(['last', `${renderInstant(last.at)}  ${sentence.text}`]);
  if (heldBack !== null) facts.push(['paused', renderHeldBack(heldBack)]);
  if (!daemon.ends.isTermSafe) facts.push(['end', renderEnds(daemon.ends, state)]);
  facts.push(['protection', guard.protection]);
  const config = renderConfiguration(configuration);
  if (config !== null) facts.push(['config', config]);
  if (state !== 'gone' && !guard.hasCompanion)
    facts.push(['companion', WITHOUT_COMPANION[state] ?? 'none: it takes no orders but signals']);
  return facts;
}

/** A guard that has no daemon hears by itself what there is to say to it. */
const WITHOUT_COMPANION: Partial<Readonly<Record<GuardStatus['state'], string>>> = {
  waiting: 'none: it takes restart and stop',
  held: 'none: it takes restart and stop',
};

/** Where even the folders are not known, all of them are. */
export const renderHeldBack = ({ folders, reason }: HeldBack): string =>
  `${folders.length === 0 ? 'every folder' : folders.join(', ')}: ${reason}`;

/** null: all of it is followed, or a companion would have to tell. */
function renderConfiguration(configuration: GuardStatus['configuration']): string | null {
  if (configuration?.trouble) return `not followed: ${configuration.trouble}`;
  return configuration?.waiting.length ? `from the next start on: ${configuration.waiting.join(', ')}` : null;
}

/** What becomes of a daemon that TERM in the middle of a run breaks. */
function renderEnds({ recover }: EndTerms, state: GuardStatus['state']): string {
  const when = state === 'paused' ? 'put off while it is paused' : 'TERM in the middle of a run breaks it';
  const after = recover === null ? '' : `; if it comes to that: ${recover}`;
  return `${when}; at a wall it is paused first, and ended last${after}`;
}

const lastHeard = (seenAt: string | null): string =>
  seenAt === null ? 'never heard of' : `last heard of ${renderInstant(seenAt)}`;

/** Of a cgroup's path its end tells most. */
const LONGEST_SCOPE = 40;
const shortened = (scope: string): string =>
  scope.length <= LONGEST_SCOPE ? scope : `...${scope.slice(3 - LONGEST_SCOPE)}`;

function renderWalls({ walls }: GuardStatus, paint: Paint): string {
  const rows = walls.flatMap((line): Cell[][] => {
    const judged = renderJudged(line);
    if (judged === null) return [];
    return [
      [{ text: judged }, { text: line.band }, { text: escapeForTerminal(shortened(line.scope ?? '')) }],
    ];
  });
  return renderColumns(rows, paint, '  ');
}
