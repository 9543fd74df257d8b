// Which of the guard's records somebody is told of, and in which words. Pure but for its arguments.

import type { Alert, AlertEvent } from '../../domain/alert.ts';
import type { Phase } from '../../domain/lifecycle.ts';
import type { DecisionLine } from '../../formats/decision-line.ts';
import { decisionSentence, renderJudged } from '../../formats/decision-sentence.ts';

/** `before`: the phase until then; null: it is not known. The answer null: nobody is told. */
export function alertOf(line: DecisionLine, before: Phase | null, daemon: string): Alert | null {
  const event = eventOf(line, before);
  const sentence = event === null ? null : decisionSentence(line, daemon);
  if (event === null || sentence === null) return null;
  return { ...alertAbout(line, daemon), event, sentence: sentence.text, hint: 'syncguard why' };
}

/** A person's own order, the clock's and a dry run are no news to anybody. */
function eventOf({ kind, rule, actions, isDryRun }: DecisionLine, before: Phase | null): AlertEvent | null {
  if (kind !== 'action' || isDryRun || rule === 'command' || rule === 'schedule') return null;
  if (actions.includes('TERM')) return 'stop';
  // KILL behind TERM is the end of what was told already.
  if (actions.includes('KILL')) return before === 'stopping' || before === 'killing' ? null : 'stop';
  if (actions.includes('FREEZE')) return 'pause';
  if (actions.includes('THROTTLE')) return 'throttle';
  return actions.includes('ALERT') ? 'pressure' : null;
}

/** Of a daemon that runs after somebody was told of trouble. */
export function recoveryOf(line: DecisionLine, daemon: string): Alert {
  const judged = renderJudged(line);
  return {
    ...alertAbout(line, daemon),
    event: 'recovered',
    sentence: `${daemon} runs freely again${judged === null ? '' : `: ${judged}`}`,
    hint: '',
  };
}

const alertAbout = (
  { at, resource, unit, scope, held, judged, wall, rule }: DecisionLine,
  daemon: string,
): Omit<Alert, 'event' | 'sentence' | 'hint'> => ({
  at,
  daemon,
  resource,
  unit,
  scope,
  held,
  judged,
  wall,
  rule,
  untold: {},
});
