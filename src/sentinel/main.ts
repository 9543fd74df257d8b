// `syncguard run`: asks the gate, starts the daemon under what can be set, is otherwise not there, and ends as it ended.
// Knows: the order of things, and this process's own arguments, environment and exit; no other file of the room does.
// May not know: how anything is counted, judged, read or written. Imports Node built-ins only, however deep.

import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { readBrakeCapability } from '../actuators/brake.ts';
import { success } from '../domain/result.ts';
import type { GateRecord } from '../formats/gate-record.ts';
import type { GateRequest } from '../formats/gate-request.ts';
import { decideAdmission, renderIntention } from './admission.ts';
import { type Announcer, announcer } from './announcement.ts';
import { type Arguments, type Command, parseArguments } from './arguments.ts';
import { type FoundCommand, findCommand } from './command-path.ts';
import { type Ending, endAs, FAILED, REFUSED } from './ending.ts';
import { askGate, type GateRun } from './gate-client.ts';
import { type Answer, awaitAnswer } from './gatekeeping.ts';
import { findInstalledDaemon, installPathsOf } from './installed-daemon.ts';
import { gateEnvironment, LAUNCH_VARIABLE, parseLaunchFacts, signalName } from './launch-facts.ts';
import { HELP, type RunOptions } from './options.ts';
import { HELD_SECONDS, watchForPinned } from './pinned-watch.ts';
import { relaySignals } from './signals.ts';
import { type Started, startDaemon, vacate } from './start.ts';
import { awaitEnd, pause, signalTargetOf, stopDaemon } from './supervision.ts';

type Run = Extract<Arguments, { kind: 'run' }>;

const STDERR = 2;
const facts = parseLaunchFacts(process.env[LAUNCH_VARIABLE]);
let gate: GateRun | null = null;
const relay = relaySignals(
  facts.ignoredSignals.flatMap((signal) => signalName(signal) ?? []),
  (signal) => {
    gate?.abort();
    endAs({ signal }, process.exit);
  },
);

void main().then((ending) => endAs(ending, process.exit));

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
    process.stdout.write(HELP);
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
      found.error.exitCode === 127 ? 'check its name and PATH' : 'check its mode',
    );
    return { status: found.error.exitCode };
  }
  const request = requestOf(options, [found.value.file, ...command.slice(1)]);
  const { kind, reason } = request.canBrake;
  if (options.verbosity === 'verbose')
    say.say(`asking the gate about ${found.value.file}; brake here: ${kind} (${reason})`);
  const answer = await awaitAnswer({
    options: options.isDryRun ? { ...options, onRefuse: 'exit' } : options,
    announcer: say,
    ask: () => ask(request, options.gateTimeoutMs),
    pause,
    random: Math.random,
  });
  return act(options, answer, { ...found.value, command, say });
}

function requestOf(options: RunOptions, command: readonly string[]): GateRequest {
  const { trees, daemon, requires, barriers, excludes, onRefuse, onUnknown } = options;
  const { sysroot, platform, config, stopAt, throttleAt } = options;
  const canBrake = readBrakeCapability(sysroot ?? '');
  const asked = { trees, daemon, requires, barriers, excludes, onRefuse, onUnknown, command };
  return { mode: 'gate', ...asked, sysroot, platform, config, stopAt, throttleAt, canBrake };
}

function ask(request: GateRequest, timeoutMs: number): Promise<GateRecord> {
  gate = askGate({
    program: join(import.meta.dirname, 'gate.cjs'),
    request,
    timeoutMs,
    environment: gateEnvironment(process.env),
  });
  return gate.record;
}

/** What is needed to speak of the daemon and to start it. */
interface Stage extends FoundCommand {
  readonly command: Command;
  readonly say: Announcer;
}

async function act(options: RunOptions, { record, admission }: Answer, stage: Stage): Promise<Ending> {
  const { file, word, command, say } = stage;
  if (options.isDryRun)
    say.say(`dry run: ${renderIntention(decideAdmission(record, options))}: ${record.message}`);
  else if (admission.kind !== 'start') {
    say.insist(record.message, record.hint);
    return { status: admission.kind === 'fail' ? FAILED : REFUSED };
  }
  const started = await startDaemon({
    command: [word, ...command.slice(1)],
    record,
    isBraked: admission.kind === 'start' && admission.isBraked,
    mayHouse: !options.isDryRun,
    environment: process.env,
    passesNotify: options.passesNotify,
    facts,
  });
  if (!started.ok) {
    say.insist(`${basename(file)} was not started: ${started.error.message}`, 'syncguard doctor');
    return { status: started.error.kind === 'refused' ? REFUSED : FAILED };
  }
  const caution = admission.kind === 'start' && admission.caution !== null ? `; ${admission.caution}` : '';
  const { daemon, protection } = started.value;
  say.say(`${basename(file)} started (pid ${daemon.pid}), ${protection}${caution}. ${record.message}`);
  return guard(started.value, options, stage);
}

async function guard({ daemon, home }: Started, options: RunOptions, { file, say }: Stage): Promise<Ending> {
  relay.forwardTo(signalTargetOf(daemon));
  let hasStopped = false;
  const waiting = home.rooms.find(({ brake }) => brake === 'waiting-cgroup');
  const unwatch = waiting
    ? watchForPinned(waiting.directory, () => {
        hasStopped = true;
        say.insist(
          `${basename(file)} is being stopped: what it pinned did not fit, and for ${HELD_SECONDS} s nothing could be reclaimed`,
          'syncguard fit',
        );
        void stopDaemon(daemon);
      })
    : (): void => {};
  const ending = await awaitEnd(daemon);
  unwatch();
  if (!(await vacate(home))) say.say(`its cgroup ${home.rooms[0]?.directory} could not be removed`);
  return hasStopped && !options.preservesStatus ? { status: REFUSED } : ending;
}
