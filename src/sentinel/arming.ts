// Everything of one start that is opened, made and tried before the daemon's first instruction.
// Knows: the order, and what can be done at the same time. May not know: what is announced of it, or what a tick does.

import { obstacleToFreezing } from '../actuators/freezing-obstacle.ts';
import type { Grip } from '../actuators/grip.ts';
import { openGrip } from '../actuators/grip-choice.ts';
import type { Result } from '../domain/result.ts';
import type { GuardTerms } from '../formats/gate-record.ts';
import { EMULATION_VARIABLE } from '../formats/gate-request.ts';
import { BEANCOUNTERS_PATH } from '../kernel/beancounters.ts';
import { hasKernelPath } from '../kernel/kernel-file.ts';
import { type GuardParts, openParts } from './guard-parts.ts';
import { type Keeper, startKeeper } from './keeper.ts';
import type { KeeperHold } from './keeper-script.ts';
import { KEEPER_SHELVES } from './keeper-shelf.ts';
import { playCourse } from './played-course.ts';
import { lockPages, type PageLock, rehearseActs, rehearseTicks, rehearseTimers } from './rehearsal.ts';
import { collectYoung } from './settled-heap.ts';
import type { Stage } from './stage.ts';
import type { Started } from './start.ts';

export interface Armed {
  readonly parts: GuardParts;
  /** Why the daemon may not be frozen; null: it may. */
  readonly obstacle: string | null;
  readonly pages: PageLock;
}

export async function arm(started: Started, terms: GuardTerms, stage: Stage): Promise<Armed> {
  const { daemon, detachment } = started;
  const { options, watchpost, say } = stage;
  const grip = openGrip({ home: daemon.traits.home, traits: daemon.traits });
  grip.survey();
  const obstacle = obstacleToFreezing(grip.members()) ?? lackOf(grip);
  // Another process, so that its rehearsal and ours go on at the same time.
  const keeping = obstacle === null && !options.isDryRun ? keeperOrNone(grip, started, stage) : null;
  const parts = openParts({
    daemon,
    subject: detachment === null ? { kind: 'self' } : { kind: 'pid', pid: daemon.pid },
    terms,
    sysroot: emulatedRoot(stage.environment),
    chronicle: watchpost.chronicle,
    grip,
    mayFreeze: obstacle === null,
    isDryRun: options.isDryRun,
  });
  for (const gap of options.verbosity === 'verbose' ? parts.gaps : [])
    say.say(`not watched: ${gap.source} (${gap.reason}, ${gap.detail})`);
  // Below a wall of the daemon's own, too: somebody else may fill the container that its guard is in.
  const pages = lockPages();
  collectYoung();
  playCourse(terms, parts.grace);
  rehearseTicks(parts.tick, 'all');
  parts.will.keeper = await keeping;
  // Once more with somebody who listens, and has heard both wills; the last one stands.
  parts.will.tell('K');
  rehearseTicks(parts.tick, 'some');
  await rehearseTimers();
  return { parts, obstacle, pages };
}

async function keeperOrNone(grip: Grip, started: Started, stage: Stage): Promise<Keeper | null> {
  const keeping = await startKeeping(grip, started, stage);
  if (keeping.ok) return keeping.value;
  stage.say.say(`no keeper: ${keeping.error}`);
  return null;
}

/** A keeper for this grip with the lease in force, who knows its members. */
export async function startKeeping(
  grip: Grip,
  { home }: Started,
  { options, environment }: Stage,
): Promise<Result<Keeper, string>> {
  const started = await startKeeper({
    hold: keeperHoldOf(grip),
    leaseMs: options.leaseMs,
    path: environment['PATH'] ?? '/usr/bin:/bin',
    // Where the daemon shares our wall, a shell whose pages are charged there would wait for them for ever.
    shelves: home.isLimited ? [] : KEEPER_SHELVES,
  });
  if (started.ok) started.value.setMembers(grip.members());
  return started;
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
