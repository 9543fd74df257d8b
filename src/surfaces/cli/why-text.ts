// A guard's decisions as text: when, what was done, on which numbers, by which rule, and what would change it.

import type { EndTerms } from '../../domain/end-terms.ts';
import type { DecisionLine } from '../../formats/decision-line.ts';
import { RULE_CLAUSE, renderJudged } from '../../formats/decision-sentence.ts';
import type { GuardDecisions } from '../../formats/guard-status.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import { renderAmount, renderCount, renderDuration, renderWait } from '../../formats/quantity-text.ts';
import { fold, type Paint } from './terminal.ts';
import { renderInstant } from './time-text.ts';

export interface WhyPage {
  readonly paint: Paint;
  readonly columns: number;
}

export function renderWhy(name: string, why: GuardDecisions, page: WhyPage): string {
  const { state, guard, daemon, decisions } = why;
  const head = `${escapeForTerminal(name)} (guard ${guard.pid}): ${state}`;
  if (decisions.length === 0) return `${head}; nothing was decided yet\n`;
  return `${head}\n${decisions.map((line) => renderDecision(line, daemon.ends, page)).join('')}`;
}

const INDENT = '    ';

function renderDecision(line: DecisionLine, ends: EndTerms, { paint, columns }: WhyPage): string {
  const acts = line.actions.length === 0 ? '' : `: ${line.actions.join(', ')}`;
  const dry = line.isDryRun ? ' (dry run, nothing is done)' : '';
  const what = line.kind === line.phase ? line.kind : `${line.kind} -> ${line.phase}`;
  const head = `${renderInstant(line.at)}  ${paint('strong', what)}${acts}${dry}`;
  const inputs = inputsOf(line);
  const lines = [head];
  if (inputs !== '') lines.push(fold(INDENT, inputs, columns));
  if (line.rule !== 'calm') lines.push(`${INDENT}rule ${line.rule}: ${RULE_CLAUSE[line.rule]}`);
  const afterwards = recoveryFrom(line, ends);
  if (afterwards !== null) lines.push(fold(INDENT, escapeForTerminal(afterwards), columns));
  const next = nextOf(line);
  if (next !== null) lines.push(`${INDENT}${next}`);
  return `${lines.join('\n')}\n`;
}

/** What an end that the daemon does not take well makes necessary; null: it was none. */
function recoveryFrom({ actions, isDryRun }: DecisionLine, ends: EndTerms): string | null {
  const { isTermSafe, isKillSafe, recover } = ends;
  const isBroken = (actions.includes('TERM') && !isTermSafe) || (actions.includes('KILL') && !isKillSafe);
  return isBroken && !isDryRun && recover !== null ? `afterwards: ${recover}` : null;
}

/** What the decision was made on. */
function inputsOf(line: DecisionLine): string {
  const judged = renderJudged(line);
  if (judged === null) return AMOUNT_OF[line.kind]?.(line.amount) ?? '';
  const { unit, held, failcnt, scope, band, isRising, isConfirmed, isShared } = line;
  const parts = [
    `${judged}${scope === null ? '' : ` in ${escapeForTerminal(scope)}`}`,
    `band ${band}`,
    held === null || unit === null ? '' : `held ${renderAmount(Math.round(held), unit)}`,
    failcnt === null ? '' : `failcnt ${renderCount(failcnt)}`,
    isRising ? 'rising' : '',
    isConfirmed ? 'confirmed by a second signal' : '',
    isShared ? 'shared with others' : '',
  ];
  return parts.filter(Boolean).join(', ');
}

const AMOUNT_OF: Partial<Readonly<Record<DecisionLine['kind'], (amount: number) => string>>> = {
  started: (pid) => `pid ${pid}`,
  ended: (status) => `status ${status}`,
  fault: (errno) => `errno ${errno}`,
};

/** `running follows below 2.3 MiB for 1min, else stopping after 30min`. */
function nextOf({ next, unit }: DecisionLine): string | null {
  if (next === null) return null;
  const { to, below, from, forMs, orElse } = next;
  const lasting = forMs > 0 ? ` for ${renderDuration(forMs)}` : '';
  const overdue = orElse === null ? '' : `, else ${orElse.to} after ${renderDuration(orElse.afterMs)}`;
  if (below !== null && unit !== null)
    return `${to} follows below ${renderAmount(below, unit)}${lasting}${overdue}`;
  if (from !== null && unit !== null) return `${to} follows from ${renderAmount(from, unit)} on`;
  return forMs > 0 ? `${to} follows in ${renderWait(forMs)}` : null;
}
