// What a guard did, as one sentence for people: the companion's log line, and the heads of `why`.

import type { Rule } from '../domain/lifecycle.ts';
import type { DecisionLine, Overdue } from './decision-line.ts';
import { renderAmount, renderDuration, renderWait } from './quantity-text.ts';

export interface DecisionSentence {
  readonly weight: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

/** null: there is nothing to tell, a calm reading or what the guard says itself. */
export function decisionSentence(line: DecisionLine, daemon: string): DecisionSentence | null {
  const told = line.kind === 'action' ? actOf(line, daemon) : eventOf(line, daemon);
  return told === null || !line.isDryRun ? told : { ...told, text: `dry run, nothing is done: ${told.text}` };
}

/** The harshest act names the sentence: TERM comes with an UNTHROTTLE, THAW with one too. */
function actOf(line: DecisionLine, daemon: string): DecisionSentence | null {
  const { actions } = line;
  const because = reasonOf(line);
  if (actions.includes('KILL')) return { weight: 'warn', text: `${daemon} is killed: ${because}` };
  if (actions.includes('TERM')) return { weight: 'warn', text: `${daemon} is asked to end: ${because}` };
  if (actions.includes('FREEZE'))
    return { weight: 'warn', text: `${daemon} is paused: ${because}${goesOn(line)}${orElse(line)}` };
  if (line.rule === 'own-pause-asked')
    return { weight: 'info', text: `${daemon} runs in slices for some seconds: ${RULE_CLAUSE[line.rule]}` };
  if (actions.includes('THROTTLE'))
    return { weight: 'info', text: `${daemon} is slowed down: ${because}${goesOn(line)}` };
  if (actions.includes('THAW')) return { weight: 'info', text: `${daemon} goes on: ${because}` };
  if (actions.includes('UNTHROTTLE'))
    return { weight: 'info', text: `${daemon} runs freely again: ${because}` };
  if (line.rule === 'end-put-off')
    return { weight: 'warn', text: `${daemon} stays paused at the wall, and its end is put off: ${because}` };
  if (line.rule === 'own-pause')
    return { weight: 'debug', text: `${daemon} has paused itself, and gives back what it watched` };
  return actions.includes('ALERT') ? { weight: 'warn', text: `${because}; ${daemon} is left alone` } : null;
}

function eventOf(line: DecisionLine, daemon: string): DecisionSentence | null {
  const after = line.amount > 0 ? ` in ${renderWait(line.amount)}` : ' now';
  switch (line.kind) {
    // Both the sentinel has said already.
    case 'waiting':
      return line.rule === 'refused'
        ? {
            weight: 'debug',
            text: `${daemon} is not started yet (${RULE_CLAUSE.refused}); asked again${after}`,
          }
        : { weight: 'debug', text: `${daemon} is started again${after}` };
    case 'held':
      return {
        weight: 'warn',
        text: `${daemon} is not started for now (${RULE_CLAUSE[line.rule]}); looked at again${after}, at once by: syncguard restart --clear-hold`,
      };
    case 'fault':
      return { weight: 'error', text: `an act on ${daemon} failed (errno ${line.amount})` };
    case 'selftest':
      return { weight: 'debug', text: `the guard has rehearsed its acts` };
    default:
      return null;
  }
}

/** `dcachesize 2.9 MiB of 3.0 MiB (92%), rising (its share of the wall)`. */
function reasonOf(line: DecisionLine): string {
  const amounts = renderJudged(line);
  const clause = RULE_CLAUSE[line.rule];
  // What a person or the clock asked for was not decided on any wall.
  const isAsked = line.rule === 'command' || line.rule === 'schedule';
  return amounts === null || isAsked ? clause : `${amounts}${line.isRising ? ', rising' : ''} (${clause})`;
}

/** `dcachesize 2.9 MiB of 3.0 MiB (92%)`; null: the record is about no wall. */
export function renderJudged({ resource, unit, judged, wall, ratio }: DecisionLine): string | null {
  if (resource === null || unit === null) return null;
  if (judged === null || wall === null) return resource;
  const percent = ratio === null ? '' : ` (${Math.round(ratio * 100)}%)`;
  return `${resource} ${renderAmount(Math.round(judged), unit)} of ${renderAmount(Math.round(wall), unit)}${percent}`;
}

function goesOn({ next, unit }: DecisionLine): string {
  if (next === null || next.below === null || unit === null) return '';
  return `; it goes on below ${renderAmount(next.below, unit)} for ${renderDuration(next.forMs)}`;
}

/** A pause that nothing relieves is not left without a word on how it ends. */
function orElse({ phase, next }: DecisionLine): string {
  if (phase !== 'paused' || next === null) return '';
  if (next.orElse === null) return ', and stays paused until then';
  return `, else it is ${OVERDUE[next.orElse.to]} after ${renderDuration(next.orElse.afterMs)}`;
}

const OVERDUE: Readonly<Record<Overdue['to'], string>> = {
  stopping: 'ended',
  throttled: 'let go in slices',
};

/** Why, in a few words, for every rule. */
export const RULE_CLAUSE: Readonly<Record<Rule, string>> = {
  calm: 'nothing to do',
  share: 'its share of the wall',
  failcnt: 'the kernel has refused a charge',
  'under-oom': 'tasks wait for memory',
  hits: 'reclaim runs at the limit',
  stall: 'all its tasks stand still for memory',
  'rises-while-paused': 'it grows although paused',
  'stop-lasts': 'at the wall for a second',
  'pinned-excess': 'the brake is held and nothing comes free: what is over is pinned',
  'first-rise': 'held nears the limit for the first time',
  cache: 'what rose was cache',
  capped: 'this wall may do no more',
  others: 'others fill this wall',
  relief: 'there is room again',
  'pause-over': 'a pause does not last for ever',
  'grace-over': 'it did not end in time',
  gap: 'the wall could not be read',
  'frozen-by-others': 'somebody else has frozen it',
  command: 'on request',
  schedule: 'by schedule',
  'slow-start': 'slow start',
  refused: 'the gate refused',
  'restart-budget': 'too many starts in a short time',
  'stopped-at-wall': 'it was stopped at the wall',
  'own-request': 'it asked for it',
  'own-pause-asked': 'it is asked to pause itself, which frees more; frozen it would not hear',
  'own-pause': 'it has paused itself',
  'end-put-off': 'TERM in the middle of a run breaks it',
};
