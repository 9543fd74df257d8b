// The gate: one shot, one answer. Counts, judges, writes one fixed record to descriptor 3 and ends.
// Knows: how to turn a request into a record. May not know: how the daemon is started, or what is done with the verdict.

import { writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { EXIT_CODE_OF, SyncguardError } from '../domain/error.ts';
import { rememberRoot } from '../domain/root-memory.ts';
import { hasAlertSink, type Settings } from '../domain/settings.ts';
import { type Estimate, estimate } from '../estimation/index.ts';
import { type GateRecord, renderGateRecord } from '../formats/gate-record.ts';
import { type GateRequest, parseGateRequest } from '../formats/gate-request.ts';
import { type RunSettings, renderRunSettings } from '../formats/run-settings.ts';
import { stateDirectory } from '../settings/places.ts';
import { readSettings, sentenceOf } from '../settings/settings-file.ts';
import { estimateRequestOf } from './request.ts';
import { readRootMemories, writeRootMemories } from './root-memories.ts';
import { guardTermsOf } from './terms.ts';

const RECORD_DESCRIPTOR = 3;

/** A program of ours that tells starts within this on a busy machine. */
const ALERT_START_MS = 2_000;
/** A service manager that ends a unit gives it 90 s (DefaultTimeoutStopSec); a person at a terminal has less patience. */
const LONGEST_ALERT_WAIT_MS = 10_000;

const home = process.env['HOME'] ?? homedir();
const directory = stateDirectory({ environment: process.env, home, isRoot: process.getuid?.() === 0 });

void answer(process.argv[2] ?? '').then((status) => {
  process.exitCode = status;
});

/** 0 with a record; without one the status of the error, by which the sentinel tells a bad request from an unknown wall. */
async function answer(text: string): Promise<number> {
  const asked = parseGateRequest(text);
  if (!asked.ok)
    return complain(
      new SyncguardError(
        'internal',
        `The gate was asked nothing it knows: ${asked.error}.`,
        'run it through syncguard run',
      ),
    );
  try {
    const request = requestOf(asked.value);
    const found = await estimate(request);
    if (!found.ok) return complain(found.error);
    if (mayStart(found.value, request.settings)) remember(found.value, asked.value);
    writeSync(RECORD_DESCRIPTOR, renderGateRecord(recordOf(found.value, request)));
    return 0;
  } catch (error) {
    return complain(
      error instanceof SyncguardError
        ? error
        : new SyncguardError('internal', `The gate failed: ${String(error)}.`, 'syncguard doctor', error),
    );
  }
}

function requestOf(asked: GateRequest): ReturnType<typeof estimateRequestOf> {
  const { config: explicitFile, flags } = asked;
  const settings = readSettings({ explicitFile, env: process.env, flags });
  if (!settings.ok) throw new SyncguardError('bad-config', sentenceOf(settings.error), settings.error.hint);
  writeSync(RECORD_DESCRIPTOR, renderRunSettings(runSettingsOf(settings.value.settings)));
  return estimateRequestOf(asked, {
    settings: settings.value.settings,
    memories: readRootMemories(directory),
    environment: process.env,
    home,
    stateDirectory: directory,
  });
}

function runSettingsOf({ restart, alerts, ...settings }: Settings): RunSettings {
  const { onRefuse, onUnknown, gateTimeoutMs, leaseMs, companion, preservesStatus, passesNotify } = settings;
  const asked = { onRefuse, onUnknown, gateTimeoutMs, leaseMs, companion, preservesStatus, passesNotify };
  const alertWaitMs = hasAlertSink(alerts)
    ? Math.min(LONGEST_ALERT_WAIT_MS, alerts.timeoutMs + ALERT_START_MS)
    : 0;
  return { ...asked, restart: restart.policy, isScheduled: restart.at !== null, alertWaitMs };
}

/** `start`: the daemon starts whatever the verdict, so its roots are remembered as they are now. */
const mayStart = ({ decision }: Estimate, { onRefuse }: Settings): boolean =>
  decision.verdict === 'admit' || decision.verdict === 'throttle' || onRefuse === 'start';

/** Only whole counts are remembered, what is not there is forgotten, and nothing is of a recorded machine. */
function remember({ trees }: Estimate, { sysroot }: GateRequest): void {
  const absent = trees.filter(({ device }) => device === 0).map(({ path }) => path);
  const whole = trees.filter(({ coverage, device }) => coverage === 'whole' && device !== 0);
  if (sysroot === null && whole.length + absent.length > 0)
    writeRootMemories(directory, whole.map(rememberRoot), absent);
}

/** One line: the sentence, and behind it what it does not say already. */
function messageOf(sentence: string, because: readonly string[]): string {
  const more = because.filter((reason) => !sentence.includes(reason));
  return more.length === 0 ? sentence : `${sentence} (${more.join('; ')})`;
}

const recordOf = (estimate: Estimate, asked: ReturnType<typeof requestOf>): GateRecord => {
  const { decision, assessment, profiles, sentence, hint, because, ownLimitBytes } = estimate;
  return {
    verdict: decision.verdict,
    reason: decision.reason,
    binding: assessment.binding?.projection.resource.name ?? '',
    profile: profiles.map(({ id }) => id).join('+'),
    enomemSafe: profiles.every(({ enomemSafe }) => enomemSafe),
    message: messageOf(sentence, because),
    hint,
    ownLimitBytes,
    terms: guardTermsOf(estimate, asked),
  };
};

function complain(error: SyncguardError): number {
  process.stderr.write(`syncguard: ${error.message}\nhint: ${error.hint}\n`);
  return EXIT_CODE_OF[error.code];
}
