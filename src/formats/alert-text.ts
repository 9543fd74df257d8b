// An alert message as its receivers take it: a title, a text of a few lines, variables for a hook, JSON for a webhook.
// Knows: words and their order. May not know: who receives it, or how.

import type { Alert, AlertMessage, Untold } from '../domain/alert.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { escapeForTerminal } from './name-text.ts';

/** Of a digest: whoever wants all of a week asks the log. */
const MOST_LINES = 20;

const HEAD_OF: Readonly<Record<Alert['event'], string>> = {
  refuse: 'is not started',
  throttle: 'is slowed down',
  pause: 'is paused',
  stop: 'is stopped',
  hold: 'is on hold',
  pressure: 'is near a wall that others fill',
  recovered: 'runs freely again',
  test: 'is told of by this test, and nothing has happened',
};

/** What the message comes to: how things stand at its end. A message has one alert at least. */
export const lastOf = ({ alerts }: AlertMessage): Alert => alerts[alerts.length - 1] as Alert;

/** One line without control characters, `nas: dropboxd is paused`. */
export function renderAlertTitle(message: AlertMessage): string {
  const { event, daemon } = lastOf(message);
  const waited = message.alerts.length - 1;
  const more = waited === 0 ? '' : ` (and ${waited} earlier)`;
  return escapeForTerminal(`${message.machine}: ${daemon} ${HEAD_OF[event]}${more}`);
}

/** Some lines, the newest alert first; no line end after the last. */
export function renderAlertText(message: AlertMessage): string {
  const { alerts, droppedCount } = message;
  const last = lastOf(message);
  const earlier = alerts.slice(0, -1).slice(-MOST_LINES).reverse();
  const unsaid = alerts.length - 1 - earlier.length + droppedCount;
  const lines = [
    sentenceOf(last),
    ...(last.hint === '' ? [] : [`Next: ${last.hint}`]),
    ...(earlier.length === 0 ? [] : ['', 'Not told until now, because this way to you was closed:']),
    ...earlier.map((alert) => `${alert.at} ${sentenceOf(alert)}`),
    ...(unsaid === 0 ? [] : [`and ${unsaid} older ${unsaid === 1 ? 'one' : 'ones'}, not kept.`]),
  ];
  return lines.map(escapeForTerminal).join('\n');
}

const sentenceOf = ({ sentence, untold }: Alert): string => {
  const counts = renderUntold(untold);
  return counts === '' ? `${sentence}.` : `${sentence}. Since the last message also: ${counts}.`;
};

const renderUntold = (untold: Untold): string =>
  Object.entries(untold)
    .map(([event, count]) => `${event} ${count === 1 ? 'once' : `${count} times`}`)
    .join(', ');

const numberText = (value: number | null): string => (value === null ? '' : String(Math.round(value)));
const shareOf = ({ judged, wall }: Alert): number | null =>
  judged === null || wall === null || wall === 0 ? null : judged / wall;

/** For a hook; what is not known is empty. */
export function alertVariables(message: AlertMessage): Readonly<Record<string, string>> {
  const last = lastOf(message);
  const share = shareOf(last);
  return {
    SYNCGUARD_EVENT: last.event,
    SYNCGUARD_AT: last.at,
    SYNCGUARD_MACHINE: message.machine,
    SYNCGUARD_DAEMON: last.daemon,
    SYNCGUARD_RESOURCE: last.resource ?? '',
    SYNCGUARD_UNIT: last.unit ?? '',
    SYNCGUARD_SCOPE: last.scope ?? '',
    SYNCGUARD_HELD: numberText(last.held),
    SYNCGUARD_JUDGED: numberText(last.judged),
    SYNCGUARD_WALL: numberText(last.wall),
    SYNCGUARD_PERCENT: share === null ? '' : String(Math.round(share * 100)),
    SYNCGUARD_RULE: last.rule,
    SYNCGUARD_SENTENCE: escapeForTerminal(last.sentence),
    SYNCGUARD_HINT: last.hint,
    SYNCGUARD_TITLE: renderAlertTitle(message),
    SYNCGUARD_TEXT: renderAlertText(message),
    SYNCGUARD_COUNT: String(message.alerts.length),
    SYNCGUARD_DROPPED: String(message.droppedCount),
  };
}

/** For a webhook: the last alert's fields, and all of them. */
export const alertJson = (message: AlertMessage): object => ({
  schema: 'syncguard/alert/1',
  machine: message.machine,
  title: renderAlertTitle(message),
  text: renderAlertText(message),
  ...lastOf(message),
  droppedCount: message.droppedCount,
  alerts: message.alerts,
});

/** What one of our own programs wrote; anything else is an error value. */
export function parseAlert(value: unknown): Result<Alert, string> {
  if (typeof value !== 'object' || value === null) return failure('no object');
  const { event, at, daemon, sentence, hint, rule, untold } = value as Record<string, unknown>;
  const isWhole =
    [at, daemon, sentence, hint, rule].every((text) => typeof text === 'string') &&
    typeof event === 'string' &&
    Object.hasOwn(HEAD_OF, event) &&
    typeof untold === 'object' &&
    untold !== null;
  return isWhole ? success(value as Alert) : failure('no alert');
}
