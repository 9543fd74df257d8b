// `syncguard alerts test [SINK]`: one marked alert through the very code that tells of real ones, and what each sink says.

import { hostname } from 'node:os';
import { SINK_NAMES, type Sink, type SinkTrouble } from '../../companion/alerts/sink.ts';
import { sinksOf } from '../../companion/alerts/sinks.ts';
import type { Alert } from '../../domain/alert.ts';
import { SyncguardError } from '../../domain/error.ts';
import type { Result } from '../../domain/result.ts';
import { nearestWord } from '../../formats/nearest-word.ts';
import { stateDirectory } from '../../settings/places.ts';
import { type CommonOptions, settingsOf } from './common-options.ts';
import { EXIT } from './exit-code.ts';
import { renderJson } from './json-text.ts';
import { paintFor, renderColumns, type Terminal } from './terminal.ts';

interface Answer {
  readonly sink: Sink;
  readonly said: Result<string, SinkTrouble>;
}

/** 0: every sink took it; 1: some did not. */
export async function runAlertsTest(
  name: string | undefined,
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  const { alerts } = settingsOf(options, terminal);
  const { environment, home } = terminal;
  const state = stateDirectory({ environment, home, isRoot: process.getuid?.() === 0 });
  const sinks = chosen(sinksOf(alerts, state), name);
  const message = { machine: alerts.machine ?? hostname(), alerts: [testAlert()], droppedCount: 0 };
  const answers = await Promise.all(
    sinks.map(async (sink): Promise<Answer> => ({ sink, said: await sink.deliver(message) })),
  );
  if (options.json === true) terminal.print(renderJson(jsonOf(answers)));
  else if (options.quiet !== true) terminal.print(textOf(answers, options, terminal));
  return answers.every(({ said }) => said.ok) ? EXIT.ok : EXIT.warned;
}

function chosen(sinks: readonly Sink[], name: string | undefined): readonly Sink[] {
  if (name !== undefined && !SINK_NAMES.some((known) => known === name)) {
    const near = nearestWord(name, SINK_NAMES);
    const hint = near === null ? 'syncguard alerts test' : `did you mean syncguard alerts test ${near}?`;
    throw new SyncguardError('usage', `There is no sink ${name}; known are ${SINK_NAMES.join(', ')}.`, hint);
  }
  const wanted = sinks.filter((sink) => name === undefined || sink.name === name);
  if (wanted.length > 0) return wanted;
  const which = name === undefined ? 'No sink is' : `The sink ${name} is not`;
  throw new SyncguardError(
    'bad-config',
    `${which} configured, so it tells nobody.`,
    'syncguard config show --verbose lists the keys of [alerts]',
  );
}

const testAlert = (): Alert => ({
  event: 'test',
  at: new Date().toISOString(),
  daemon: 'syncguard',
  resource: null,
  unit: null,
  scope: null,
  held: null,
  judged: null,
  wall: null,
  rule: '',
  sentence: 'This is a test that somebody sent by hand, and nothing has happened',
  hint: '',
  untold: {},
});

const jsonOf = (answers: readonly Answer[]): object => ({
  schema: 'syncguard/alerts-test/1',
  sinks: answers.map(({ sink: { name, where }, said }) => ({
    name,
    where,
    isTaken: said.ok,
    answer: said.ok ? said.value : said.error.reason,
  })),
});

const textOf = (answers: readonly Answer[], options: CommonOptions, terminal: Terminal): string =>
  renderColumns(
    answers.map(({ sink: { name, where }, said }) => [
      { text: said.ok ? 'taken' : 'failed', tone: said.ok ? 'good' : 'bad' },
      { text: name },
      { text: where },
      { text: said.ok ? said.value : said.error.reason },
    ]),
    paintFor(terminal, options.color),
  );
