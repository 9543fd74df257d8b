// What is told of a start: one line for people, and the manifest by which the guard is found.

import { basename } from 'node:path';
import type { GuardTerms } from '../formats/gate-record.ts';
import type { ManifestWall } from '../formats/guard-manifest.ts';
import { renderDuration } from '../formats/quantity-text.ts';
import { readProcessPlace } from '../kernel/process-place.ts';
import type { Sensor } from '../kernel/sensor.ts';
import type { Armed } from './arming.ts';
import type { Answer } from './gatekeeping.ts';
import { admittedAt } from './guard-parts.ts';
import type { Keeper } from './keeper.ts';
import { readOwnIdentity } from './own-identity.ts';
import type { PageLock } from './rehearsal.ts';
import type { Stage } from './stage.ts';
import type { Started } from './start.ts';

const PAGES: Readonly<Record<PageLock, string>> = {
  locked: 'guard locked in memory',
  'no-koffi': 'guard only warmed (koffi would lock it in memory)',
  refused: 'guard only warmed (RLIMIT_MEMLOCK forbids to lock it in memory)',
};

function protectionOf({ pages, parts, obstacle }: Armed): string[] {
  const clauses = [PAGES[pages]];
  const { grip, will } = parts;
  if (obstacle !== null) return [...clauses, `never paused: ${obstacle}`];
  if (grip.kind === 'signals') clauses.push(`paused by signals: ${grip.reason}`);
  if (will.keeper === null)
    clauses.push('no keeper: a pause outlives a guard that is killed until the next start');
  else if (will.keeper.kind === 'dash')
    clauses.push('a guard that hangs is not noticed (bash in PATH would keep the lease)');
  return clauses;
}

export function announceStart(
  { daemon, home, protection, detachment }: Started,
  { record, admission }: Answer,
  { armed, stage }: { readonly armed: Armed; readonly stage: Stage },
): void {
  const { watchpost, say, options, command, file } = stage;
  const caution = admission.kind === 'start' && admission.caution !== null ? `; ${admission.caution}` : '';
  const { will, sensors } = armed.parts;
  const clauses = [protection, ...protectionOf(armed)].join(', ');
  const what = detachment === null ? 'started' : 'is guarded from now on';
  say.say(`${basename(file)} ${what} (pid ${daemon.pid}), ${clauses}${caution}. ${record.message}`);
  watchpost.chronicle.note('started', daemon.pid);
  watchpost.announce({
    ...readOwnIdentity(),
    daemonPid: daemon.pid,
    command,
    profile: record.profile,
    rooms: home.rooms.map(({ directory, kind }) => ({ directory, kind })),
    protection: clauses,
    walls: sensors.map((sensor) => manifestWallOf(sensor, record.terms)),
    lease: leaseClause(will.keeper, options.leaseMs),
    startedAt: new Date().toISOString(),
    ...(detachment === null ? {} : { daemonStartTicks: readProcessPlace(daemon.pid)?.startTicks ?? 0 }),
    ...(record.terms === null ? {} : { policy: record.terms.policy, ends: record.terms.ends }),
  });
}

/** How the lease is kept, in words. */
export const leaseClause = (keeper: Keeper | null, leaseMs: number): string =>
  keeper === null ? 'none' : `${renderDuration(leaseMs)}, kept by ${keeper.kind}`;

function manifestWallOf(sensor: Sensor, terms: GuardTerms | null): ManifestWall {
  const { resource, scope, wall, isShared } = sensor;
  const admitted = terms === null ? 0 : admittedAt(sensor, terms);
  const named = { resource, scope, wall: Number.isFinite(wall) ? wall : null, isShared };
  return admitted > 0 ? { ...named, admitted } : named;
}
