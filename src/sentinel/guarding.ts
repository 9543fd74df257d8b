// One start under guard, from the launcher that waits to the last process that is gone.
// Knows: what is opened, tried and told on the way. May not know: what a tick does, or what follows the end.

import { basename } from 'node:path';
import { obstacleToFreezing } from '../actuators/freezing-obstacle.ts';
import type { Grip } from '../actuators/grip.ts';
import type { GuardTerms } from '../formats/gate-record.ts';
import { EMULATION_VARIABLE } from '../formats/gate-request.ts';
import type { ManifestWall } from '../formats/guard-manifest.ts';
import { renderDuration } from '../formats/quantity-text.ts';
import { BEANCOUNTERS_PATH } from '../kernel/beancounters.ts';
import { hasKernelPath, readKernelFile } from '../kernel/kernel-file.ts';
import { readProcessPlace } from '../kernel/process-place.ts';
import type { Sensor } from '../kernel/sensor.ts';
import { accompany } from './accompaniment.ts';
import type { Answer } from './gatekeeping.ts';
import { Guard, type GuardEnd } from './guard.ts';
import { admittedAt, type GuardParts, gripOn, openParts, unknownTerms } from './guard-parts.ts';
import { type Keeper, startKeeper } from './keeper.ts';
import type { KeeperHold } from './keeper-script.ts';
import { KEEPER_SHELVES } from './keeper-shelf.ts';
import { obeyOrders } from './orders.ts';
import { lockPages, type PageLock, rehearseActs, rehearseTicks, warmHeap } from './rehearsal.ts';
import type { Stage } from './stage.ts';
import type { Started } from './start.ts';
import { awaitEnd } from './supervision.ts';

/** Everything of one start that was opened before the daemon's first instruction. */
interface Armed {
  readonly parts: GuardParts;
  /** Why it may not be frozen; null: it may. */
  readonly obstacle: string | null;
  /** Clauses for the start line. */
  readonly protection: readonly string[];
}

export async function guardDaemon(started: Started, answer: Answer, stage: Stage): Promise<GuardEnd> {
  const { daemon, release } = started;
  // From here on, or an end during the preparations would be missed.
  const ended = awaitEnd(daemon);
  const terms = answer.record.terms ?? unknownTerms();
  const armed = await arm(started, terms, stage);
  const guard = new Guard(armed.parts, daemon, terms);
  announceStart(started, answer, { armed, stage });
  guard.begin(armed.obstacle === null && !stage.options.isDryRun);
  release();
  stage.relay.forwardTo(guard.signalTarget);
  stage.watchpost.orders = obeyOrders(guard, armed.parts, stage);
  const dismiss = accompany(started, answer, stage);
  const ending = await ended;
  dismiss();
  guard.close();
  armed.parts.close();
  stage.watchpost.chronicle.note('ended', 'status' in ending ? ending.status : 0);
  return guard.end(ending);
}

async function arm(started: Started, terms: GuardTerms, stage: Stage): Promise<Armed> {
  const { daemon } = started;
  const { options, watchpost, say } = stage;
  const grip = gripOn(daemon);
  grip.survey();
  const obstacle = obstacleToFreezing(grip.members()) ?? lackOf(grip);
  const keeper = obstacle === null && !options.isDryRun ? await keep(grip, started, stage) : null;
  const parts = openParts({
    daemon,
    terms,
    sysroot: emulatedRoot(stage.environment),
    chronicle: watchpost.chronicle,
    keeper,
    grip,
    mayFreeze: obstacle === null,
    isDryRun: options.isDryRun,
  });
  for (const gap of options.verbosity === 'verbose' ? parts.gaps : [])
    say.say(`not watched: ${gap.source} (${gap.reason}, ${gap.detail})`);
  const hasOwnWall = started.home.isLimited;
  const pages = hasOwnWall ? null : lockPages();
  warmHeap();
  rehearseTicks(parts.tick);
  return { parts, obstacle, protection: protectionOf(pages, keeper, obstacle) };
}

async function keep(
  grip: Grip,
  { home }: Started,
  { options, environment, say }: Stage,
): Promise<Keeper | null> {
  const started = await startKeeper({
    hold: keeperHoldOf(grip),
    leaseMs: options.leaseMs,
    path: environment['PATH'] ?? '/usr/bin:/bin',
    // Where the daemon shares our wall, a shell whose pages are charged there would wait for them for ever.
    shelves: home.isLimited ? [] : KEEPER_SHELVES,
  });
  if (!started.ok) {
    say.say(`no keeper: ${started.error}`);
    return null;
  }
  started.value.setMembers(grip.members());
  return started.value;
}

function keeperHoldOf({ kind, reason: directory }: Grip): KeeperHold {
  if (kind === 'signals') return { kind };
  if (kind === 'legacy-freezer') return { kind, directory };
  return { kind, directory, hasKill: hasKernelPath('', `${directory}/cgroup.kill`) };
}

function lackOf(grip: Grip): string | null {
  const rehearsed = rehearseActs(grip);
  return rehearsed.ok ? null : rehearsed.error;
}

/** A table in place of the kernel's own stands below a root of its own, as a recorded machine does. */
function emulatedRoot(environment: Stage['environment']): string {
  const table = environment[EMULATION_VARIABLE] ?? '';
  return table.endsWith(BEANCOUNTERS_PATH) ? table.slice(0, -BEANCOUNTERS_PATH.length) : '';
}

const PAGES: Readonly<Record<PageLock, string>> = {
  locked: 'guard locked in memory',
  'no-koffi': 'guard only warmed (koffi would lock it in memory)',
  refused: 'guard only warmed (RLIMIT_MEMLOCK forbids to lock it in memory)',
};

function protectionOf(pages: PageLock | null, keeper: Keeper | null, obstacle: string | null): string[] {
  const clauses = pages === null ? [] : [PAGES[pages]];
  if (obstacle !== null) clauses.push(`never paused: ${obstacle}`);
  else if (keeper === null)
    clauses.push('no keeper: a pause outlives a guard that is killed until the next start');
  return clauses;
}

function announceStart(
  { daemon, home, protection }: Started,
  { record, admission }: Answer,
  { armed, stage }: { readonly armed: Armed; readonly stage: Stage },
): void {
  const { watchpost, say, options, command, file } = stage;
  const caution = admission.kind === 'start' && admission.caution !== null ? `; ${admission.caution}` : '';
  const { keeper, sensors } = armed.parts;
  const clauses = [protection, ...armed.protection].join(', ');
  say.say(`${basename(file)} started (pid ${daemon.pid}), ${clauses}${caution}. ${record.message}`);
  watchpost.chronicle.note('started', daemon.pid);
  watchpost.announce({
    pid: process.pid,
    startTicks: readProcessPlace('self')?.startTicks ?? 0,
    bootId: readBootId(),
    daemonPid: daemon.pid,
    command,
    profile: record.profile,
    rooms: home.rooms.map(({ directory, kind }) => ({ directory, kind })),
    protection: clauses,
    walls: sensors.map((sensor) => manifestWallOf(sensor, record.terms)),
    lease: keeper === null ? 'none' : `${renderDuration(options.leaseMs)}, kept by ${keeper.kind}`,
    startedAt: new Date().toISOString(),
    ...(record.terms === null ? {} : { policy: record.terms.policy }),
  });
}

function manifestWallOf(sensor: Sensor, terms: GuardTerms | null): ManifestWall {
  const { resource, scope, wall, isShared } = sensor;
  const admitted = terms === null ? 0 : admittedAt(sensor, terms);
  const named = { resource, scope, wall: Number.isFinite(wall) ? wall : null, isShared };
  return admitted > 0 ? { ...named, admitted } : named;
}

/** '' where the kernel has none to tell. */
function readBootId(): string {
  const text = readKernelFile('', '/proc/sys/kernel/random/boot_id');
  return text.ok ? text.value.trim() : '';
}
