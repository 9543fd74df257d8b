// `syncguard run`: asks the gate, starts the daemon, guards it, and ends as it ended.
// Knows: this process's own arguments, environment and exit, and which rooms are put together; no other file of the room does.
// May not know: how anything is counted, judged, read or written. Imports Node built-ins only, however deep; koffi's door,
// kernel/native.ts, is opened at the start or never.

import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { thawAbandoned } from '../actuators/abandoned.ts';
import { readBrakeCapability } from '../actuators/brake.ts';
import { askGate, type GateRun } from '../actuators/gate-client.ts';
import type { GateRecord } from '../formats/gate-record.ts';
import type { GateRequest } from '../formats/gate-request.ts';
import type { RunSettings } from '../formats/run-settings.ts';
import { alertsDirectory, stateDirectory } from '../settings/places.ts';
import { type Announcer, announcer, escapeControls } from './announcement.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import { renderAttachHelp } from './attach-help.ts';
import { findAttachable } from './attachable.ts';
import { attachTo } from './attaching.ts';
import { chooseCommand, type Refusal } from './command-choice.ts';
import type { FoundCommand } from './command-path.ts';
import { type Ending, endAs, FAILED } from './ending.ts';
import { type Errands, openErrands } from './errands.ts';
import { renderHelp } from './help.ts';
import {
  companionEnvironment,
  gateEnvironment,
  LAUNCH_VARIABLE,
  parseLaunchFacts,
  signalName,
} from './launch-facts.ts';
import type { RunOptions } from './options.ts';
import { Readiness } from './readiness.ts';
import { runRounds } from './rounds.ts';
import { runtimeParent } from './runtime-place.ts';
import { collectYoung } from './settled-heap.ts';
import { relaySignals } from './signals.ts';
import type { Stage } from './stage.ts';
import { startMemories } from './start-memory.ts';
import { openWatchpost, type Watchpost } from './watchpost.ts';

type Asked<Kind extends Arguments['kind']> = Extract<Arguments, { kind: Kind }>;

const STDERR = 2;
const facts = parseLaunchFacts(process.env[LAUNCH_VARIABLE]);
let gate: GateRun | null = null;
let watchpost: Watchpost | null = null;
let readiness: Readiness | null = null;
let errands: Errands | null = null;
const relay = relaySignals(
  facts.ignoredSignals.flatMap((signal) => signalName(signal) ?? []),
  (signal) => {
    gate?.abort();
    finish({ signal });
  },
);

collectYoung();
void main().then(leave);

/** What is just being told of the end is told, as far as the configuration has patience; a signal ends us at once. */
async function leave(ending: Ending): Promise<void> {
  await errands?.settled(closeDown());
  endAs(ending, process.exit);
}

function finish(ending: Ending): void {
  void closeDown();
  endAs(ending, process.exit);
}

/** Once: a signal may come while the alerts of the end are told. Resolves when the companion has gone. */
function closeDown(): Promise<void> {
  const closing = watchpost?.close();
  readiness?.close();
  [watchpost, readiness] = [null, null];
  return closing ?? Promise.resolve();
}

async function main(): Promise<Ending> {
  const parsed = parseArguments(process.argv.slice(2));
  const say = announcer(
    STDERR,
    parsed.ok && parsed.value.kind !== 'help' ? parsed.value.options.verbosity : 'normal',
  );
  if (!parsed.ok) {
    say.insist(parsed.error.message, parsed.error.hint);
    return { status: parsed.error.status };
  }
  const asked = parsed.value;
  if (asked.kind === 'help') {
    process.stdout.write(asked.of === 'run' ? renderHelp() : renderAttachHelp());
    return { status: 0 };
  }
  try {
    return asked.kind === 'run' ? await run(asked, say) : await attach(asked, say);
  } catch (error) {
    say.insist(`it failed before it could act: ${String(error)}`, 'syncguard doctor');
    return { status: FAILED };
  }
}

async function run({ options, command: asked }: Asked<'run'>, say: Announcer): Promise<Ending> {
  const chosen = chooseCommand(asked, { path: process.env['PATH'] ?? null, sysroot: options.sysroot });
  if (!chosen.ok) return refuse(chosen.error, say);
  const { found, command } = chosen.value;
  const canBrake = readBrakeCapability(options.sysroot ?? '');
  const gateRequest = { ...requestOf(options), command: [found.file, ...command.slice(1)], canBrake };
  if (options.verbosity === 'verbose')
    say.say(`asking the gate about ${found.file}; brake here: ${canBrake.kind} (${canBrake.reason})`);
  return runRounds(openStage({ ...found, command, gateRequest, options, say }));
}

async function attach({ options, target }: Asked<'attach'>, say: Announcer): Promise<Ending> {
  const parent = runtimeParent(process.env);
  // Before it is looked at, or a daemon that a killed guard has left stopped could not be had.
  for (const done of thawAbandoned(parent)) say.say(done);
  const found = findAttachable(target, parent);
  if (!found.ok) return refuse(found.error, say);
  const { command, pid } = found.value;
  const canBrake = { kind: 'none', reason: 'what runs already is not moved below a limit' } as const;
  const gateRequest = { ...requestOf(options), command, canBrake, runningPid: pid };
  const [file] = command;
  return attachTo(found.value, openStage({ file, word: file, command, gateRequest, options, say }));
}

function refuse({ status, message, hint }: Refusal, say: Announcer): Ending {
  say.insist(message, hint);
  return { status };
}

type StageBasis = FoundCommand & Pick<Stage, 'command' | 'gateRequest' | 'options' | 'say'>;

function openStage({ options, ...basis }: StageBasis): Stage {
  const { file, gateRequest, say } = basis;
  let inForce = options;
  const follow = (settings: Partial<RunSettings>): void => {
    inForce = { ...inForce, ...settings };
  };
  const daemon = escapeControls(basename(file));
  const named = {
    environment: process.env,
    daemon,
    isDryRun: options.isDryRun,
    say,
  };
  readiness = new Readiness(named);
  watchpost = openWatchpost({
    ...named,
    isQuiet: options.verbosity === 'quiet',
    notice: readiness.notice,
  });
  // A pause of a guard that is gone ends with the next start, if nothing ended it before.
  for (const done of watchpost.place === null ? [] : thawAbandoned(watchpost.place.parent)) say.say(done);
  const subject = [...gateRequest.command, ...gateRequest.trees];
  errands = openErrands({
    directory: alertsDirectory(ownStateDirectory(), subject),
    daemon,
    options: () => inForce,
    isAccompanied: () => watchpost?.chronicle.link?.isAlive() === true,
    environment: companionEnvironment(process.env),
  });
  return {
    ...basis,
    errands,
    facts,
    environment: process.env,
    relay,
    memories: startMemories(ownStateDirectory(), subject),
    watchpost,
    readiness,
    get options() {
      return inForce;
    },
    follow,
    ask: () => ask(gateRequest, inForce.gateTimeoutMs, follow),
  };
}

function requestOf(options: RunOptions): Omit<GateRequest, 'command' | 'canBrake'> {
  const { trees, daemon, excludes, sysroot, platform, config, flags } = options;
  return { mode: 'gate', trees, daemon, excludes, sysroot, platform, config, flags, runningPid: null };
}

function ownStateDirectory(): string {
  const home = process.env['HOME'] ?? homedir();
  return stateDirectory({ environment: process.env, home, isRoot: process.getuid?.() === 0 });
}

function ask(
  request: GateRequest,
  timeoutMs: number,
  onSettings: (settings: RunSettings) => void,
): Promise<GateRecord> {
  collectYoung();
  gate = askGate({
    program: join(import.meta.dirname, 'gate.cjs'),
    request,
    timeoutMs,
    onSettings,
    environment: gateEnvironment(process.env),
  });
  collectYoung();
  return gate.record;
}
