// The companion: everything a guard has beyond guarding, in a process that may die at any moment.
// Knows: how the parts of this room hang together; its own arguments, environment, descriptors and exit.
// May not know: the tree (it never touches it), or how a decision is made. It acts on the daemon only by orders to the
// sentinel, and on the daemon's cgroup only by the writes that may take seconds.
//
//   fd 0  frames from the sentinel; its end is ours        fd 3     orders to the sentinel
//   fd 2  the log                                          control  the socket for status, pause, why, ...

import './own-streams.ts';
import { readFileSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { type CompanionRequest, parseCompanionRequest } from '../formats/companion-request.ts';
import { type GuardManifest, parseGuardManifest } from '../formats/guard-manifest.ts';
import type { Frame } from '../formats/guard-notice.ts';
import { type GuardRecord, KINDS } from '../formats/guard-record.ts';
import { type Alerting, openAlerting } from './alerts/alerting.ts';
import { answerCommand, type CommandScene } from './commands.ts';
import { openControlSocket } from './control-socket.ts';
import { runErrand } from './errand.ts';
import { followConfiguration } from './followed-configuration.ts';
import { readFrames } from './frames.ts';
import { type Journal, lineShapeOf, openJournal } from './journal.ts';
import { type OwnThrottle, ownThrottle, throttlePlaceOf } from './own-throttle.ts';
import { type PausedFolders, pausedFolders } from './paused-folders.ts';
import { react } from './reaction.ts';
import { guardMemory } from './records.ts';
import { type SlowWrites, slowWrites } from './slow-writes.ts';

const STDERR = 2;
const ORDERS = 3;
/** Looks at a lowered memory.high; PSI totals need no finer grain. */
const LOOK_MS = 1000;
/** Of what is just being told when the guard has gone: nobody waits for it, and it is kept on disk. */
const FAREWELL_MS = 10_000;
/** A daemon that is gone refuses at once, one that is frozen never answers. */
const LAST_REQUEST_MS = 1000;
const STARTED = KINDS.indexOf('started');

const request = parseCompanionRequest(process.argv[2]);
if (request.ok) {
  if (request.value.isErrand === true) void goOnErrand(request.value);
  else accompany(request.value);
} else {
  writeSync(STDERR, `syncguard: the companion ${request.error}\nhint: syncguard run --help\n`);
  process.exitCode = 64;
}

function now(): number {
  return performance.now();
}

function openLog({ verbosity }: CompanionRequest): Journal {
  return openJournal({ descriptor: STDERR, verbosity, shape: lineShapeOf(STDERR, process.env), now });
}

async function goOnErrand(asked: CompanionRequest): Promise<void> {
  await runErrand(asked, openLog(asked).say);
  process.exit(0);
}

function accompany(asked: CompanionRequest): void {
  const { runtimeDirectory, daemon, rooms } = asked;
  const { say } = openLog(asked);
  const memory = guardMemory();
  const slowly = slowWrites({ rooms, stateFile: join(runtimeDirectory, 'memory-high.json'), say, now });
  const order = openOrders();
  const readManifest = (): GuardManifest | null => manifestIn(runtimeDirectory);
  const paused = pausedFolders({ asked, memory, slowly, order, say });
  const rate = ownThrottle({
    place: throttlePlaceOf(asked.profile, readManifest()?.command ?? [], process.env),
    stateFile: join(runtimeDirectory, 'bandwidth-limit.json'),
    say,
  });
  const brakes = [slowly, rate];
  const configuration = followConfiguration({ asked, memory, readManifest, order, say });
  const alerting = openAlerting({
    directory: asked.alerts,
    daemon,
    readSettings: () => configuration.settings?.alerts ?? null,
    readManifest,
    say,
  });
  listen(
    (record) => {
      const before = memory.last;
      react(record, { daemon, memory, brakes, readManifest, say });
      alerting.note(record, before);
      if (record.kind === STARTED) configuration.noteStart();
      paused.look(record);
    },
    { say, slowly, rate, paused, alerting },
  );
  const scene = { memory, readManifest, paused, configuration, order };
  void answerOn(join(runtimeDirectory, 'control'), scene, say);
}

type Say = Journal['say'];

interface Dependents {
  readonly say: Say;
  readonly slowly: SlowWrites;
  readonly rate: OwnThrottle;
  readonly paused: PausedFolders;
  readonly alerting: Alerting;
}

/**
 * The pipe's end is ours: the guard has gone, or wants another companion. What was lowered is put back first, and what is
 * just being told is told.
 */
function listen(
  onRecord: (record: GuardRecord) => void,
  { say, slowly, rate, paused, alerting }: Dependents,
): void {
  const end = (): void => {
    slowly.unthrottle();
    const isLifted = rate.unthrottle();
    const { folders = [] } = paused.readHeldBack() ?? {};
    if (folders.length > 0)
      say('warn', `${folders.join(', ')}: still paused; the next syncguard run releases what fits`);
    setTimeout(() => process.exit(0), FAREWELL_MS);
    const isLate = new Promise((resolve) => setTimeout(resolve, LAST_REQUEST_MS));
    void Promise.all([alerting.settled(), Promise.race([isLifted, isLate])]).then(() => process.exit(0));
  };
  const onFrame = (frame: Frame): void => {
    if (frame.kind === 'damaged') say('error', `the guard sent what is no frame: ${frame.reason}`);
    if (frame.kind === 'record') onRecord(frame.record);
  };
  readFrames(new Socket({ fd: 0, readable: true, writable: false }), onFrame, end);
  process.on('SIGTERM', end);
  setInterval(slowly.look, LOOK_MS).unref();
}

async function answerOn(path: string, scene: CommandScene, say: Say): Promise<void> {
  const opened = await openControlSocket({ path, answer: (command) => answerCommand(command, scene) });
  if (!opened.ok) say('error', `status, pause and their like are not answered: ${opened.error}`);
}

/** Orders are few and short: what the sentinel does not take within a socket's buffer, it does not take at all. */
function openOrders(): (line: string) => boolean {
  const pipe = new Socket({ fd: ORDERS, readable: false, writable: true });
  pipe.on('error', () => {});
  return (line) => {
    if (!pipe.writable || pipe.writableNeedDrain) return false;
    pipe.write(line);
    return true;
  };
}

function manifestIn(directory: string): GuardManifest | null {
  try {
    const parsed = parseGuardManifest(readFileSync(join(directory, 'guard.json'), 'utf8'));
    return parsed.ok ? parsed.value : null;
  } catch {
    return null;
  }
}
