// `syncguard run`: asks the gate, starts the daemon, guards it, and ends as it ended.
// Knows: this process's own arguments, environment and exit, and which rooms are put together; no other file of the room does.
// May not know: how anything is counted, judged, read or written. Imports Node built-ins only, however deep; koffi's door,
// kernel/native.ts, is opened at the start or never.

import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { thawAbandoned } from '../actuators/abandoned.ts';
import { readBrakeCapability } from '../actuators/brake.ts';
import { askGate, type GateRun } from '../actuators/gate-client.ts';
import { success } from '../domain/result.ts';
import type { GateRecord } from '../formats/gate-record.ts';
import type { GateRequest } from '../formats/gate-request.ts';
import type { RunSettings } from '../formats/run-settings.ts';
import { isMachine } from '../kernel/kernel-file.ts';
import { alertsDirectory, stateDirectory } from '../settings/places.ts';
import { type Announcer, announcer, escapeControls } from './announcement.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import { findCommand } from './command-path.ts';
import { type Ending, endAs, FAILED } from './ending.ts';
import { type Errands, openErrands } from './errands.ts';
import { renderHelp } from './help.ts';
import { findInstalledDaemon, installPathsOf } from './installed-daemon.ts';
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
import { collectYoung } from './settled-heap.ts';
import { relaySignals } from './signals.ts';
import { startMemories } from './start-memory.ts';
import { openWatchpost, type Watchpost } from './watchpost.ts';

type Run = Extract<Arguments, { kind: 'run' }>;

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
    parsed.ok && parsed.value.kind === 'run' ? parsed.value.options.verbosity : 'normal',
  );
  if (!parsed.ok) {
    say.insist(parsed.error.message, parsed.error.hint);
    return { status: FAILED };
  }
  if (parsed.value.kind === 'help') {
    process.stdout.write(renderHelp());
    return { status: 0 };
  }
  try {
    return await run(parsed.value, say);
  } catch (error) {
    say.insist(`it failed before it could act: ${String(error)}`, 'syncguard doctor');
    return { status: FAILED };
  }
}

async function run(asked: Run, say: Announcer): Promise<Ending> {
  const { options } = asked;
  let inForce = options;
  const follow = (settings: Partial<RunSettings>): void => {
    inForce = { ...inForce, ...settings };
  };
  if (options.sysroot !== null && !isMachine(options.sysroot)) {
    say.insist(
      `--sysroot ${options.sysroot}: there is no such folder`,
      'name the one that holds proc/ and sys/',
    );
    return { status: FAILED };
  }
  const path = process.env['PATH'] ?? null;
  const installed = asked.command ? success(asked.command) : findInstalledDaemon({ path, home: homedir() });
  if (!installed.ok) {
    say.insist(installed.error, 'syncguard run --help');
    return { status: FAILED };
  }
  const command = installed.value;
  const found = findCommand({ command: command[0], path, installPaths: installPathsOf(homedir()) });
  if (!found.ok) {
    say.insist(
      found.error.message,
      found.error.exitCode === 127 ? 'check its name and PATH' : `ls -ld ${command[0]}, then name a program`,
    );
    return { status: found.error.exitCode };
  }
  const request = requestOf(options, [found.value.file, ...command.slice(1)]);
  const { kind, reason } = request.canBrake;
  if (options.verbosity === 'verbose')
    say.say(`asking the gate about ${found.value.file}; brake here: ${kind} (${reason})`);
  const daemon = escapeControls(basename(found.value.file));
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
  const subject = [...request.command, ...request.trees];
  errands = openErrands({
    directory: alertsDirectory(ownStateDirectory(), subject),
    daemon,
    options: () => inForce,
    isAccompanied: () => watchpost?.chronicle.link?.isAlive() === true,
    environment: companionEnvironment(process.env),
  });
  return runRounds({
    ...found.value,
    errands,
    command,
    facts,
    environment: process.env,
    relay,
    memories: startMemories(ownStateDirectory(), subject),
    watchpost,
    readiness,
    say,
    gateRequest: request,
    get options() {
      return inForce;
    },
    follow,
    ask: () => ask(request, inForce.gateTimeoutMs, follow),
  });
}

function requestOf(options: RunOptions, command: readonly string[]): GateRequest {
  const { trees, daemon, excludes, sysroot, platform, config, flags } = options;
  const canBrake = readBrakeCapability(sysroot ?? '');
  return { mode: 'gate', trees, daemon, excludes, command, sysroot, platform, config, flags, canBrake };
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
