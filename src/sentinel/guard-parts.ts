// Everything a guard holds open for one start of the daemon, made in one place and closed in one place.

import { type GraceRoom, openGraceRoom } from '../actuators/grace-room.ts';
import type { Grip } from '../actuators/grip.ts';
import { TAKES_ANY } from '../domain/end-terms.ts';
import { Judge } from '../domain/guard-observation.ts';
import { DEFAULT_POLICY } from '../domain/policy.ts';
import { compileTable } from '../domain/policy-table.ts';
import { RESOURCE_NAMES, type ResourceName } from '../domain/resource.ts';
import type { Gap } from '../domain/snapshot.ts';
import type { GuardTerms } from '../formats/gate-record.ts';
import type { LiveSettings } from '../formats/live-settings.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { detectPlatform } from '../kernel/detect.ts';
import type { Sensor } from '../kernel/sensor.ts';
import { type OpenedSensors, openSensors } from '../kernel/sensors.ts';
import type { Subject } from '../kernel/subject.ts';
import type { Chronicle } from './chronicle.ts';
import { Hold } from './hold.ts';
import { LastWill } from './last-will.ts';
import type { Daemon } from './supervision.ts';
import { Tick } from './tick.ts';

export interface GuardParts {
  readonly grip: Grip;
  readonly will: LastWill;
  /** null: the daemon has no limit of its own. */
  readonly grace: GraceRoom | null;
  readonly hold: Hold;
  readonly tick: Tick;
  readonly judge: Judge;
  readonly sensors: OpenedSensors['sensors'];
  readonly gaps: readonly Gap[];
  /** Shares and walls that are judged by from now on; the walls that are not watched here are returned. */
  adopt(settings: Pick<LiveSettings, 'policy' | 'barriers'>): ResourceName[];
  close(): void;
}

export interface PartsRequest {
  readonly daemon: Daemon;
  /** In whose cgroups the walls stand. */
  readonly subject: Subject;
  /** null: the gate failed; what can be read is judged by the defaults. */
  readonly terms: GuardTerms | null;
  readonly sysroot: string;
  readonly chronicle: Chronicle;
  readonly grip: Grip;
  readonly mayFreeze: boolean;
  readonly isDryRun: boolean;
}

/** What a failed gate leaves: nothing is known of trees and policy. */
export const unknownTerms = (): GuardTerms => ({
  platform: detectPlatform('').platform.id,
  policy: DEFAULT_POLICY,
  barriers: {},
  unpinnedTouchedBytes: 0,
  pinnedBytes: 0,
  pinUnitBytes: 0,
  admitted: [],
  ownMemoryBytes: 0,
  graceMs: 8_000,
  ends: TAKES_ANY,
  restartStatuses: [],
  pausesItself: false,
  degradeWords: null,
});

export function openParts(request: PartsRequest): GuardParts {
  const { daemon, subject, sysroot, chronicle, grip, isDryRun } = request;
  const terms = request.terms ?? unknownTerms();
  const opened = openSensors({
    sysroot,
    platform: terms.platform,
    subject,
    rooms: daemon.traits.home.rooms,
    model: terms,
    barriers: terms.barriers,
  });
  const { sensors, gaps } = opened;
  const grace = openGraceRoom(daemon.traits.home);
  const hold = new Hold({ grip, grace, mayFreeze: request.mayFreeze });
  const resources = Uint8Array.from(sensors, ({ resource }) => RESOURCE_NAMES.indexOf(resource));
  const judge = new Judge({
    walls: sensors,
    policy: terms.policy,
    platform: terms.platform,
    graceMs: terms.graceMs,
    ends: terms.ends,
    admitted: sensors.map((sensor) => admittedAt(sensor, terms)),
  });
  const will = new LastWill();
  const table = compileTable();
  const tick = new Tick({ sensors, resources, judge, table, hold, will, chronicle, isDryRun }, monotonicMs());
  return {
    grip,
    will,
    grace,
    hold,
    tick,
    judge,
    sensors,
    gaps,
    adopt({ policy, barriers }) {
      judge.adopt({ policy, graceMs: terms.graceMs, ends: terms.ends });
      return opened.setBarriers(barriers);
    },
    close() {
      will.keeper?.end();
      opened.close();
      grip.close();
    },
  };
}

/** What the gate foresaw at this wall: of a wall of the daemon's own its own part, of a shared one the whole row's. */
export function admittedAt(
  { resource, scope, isShared }: Sensor,
  { admitted, ownMemoryBytes }: GuardTerms,
): number {
  if (!isShared) return resource === 'memory' ? ownMemoryBytes : 0;
  return admitted.find((row) => row.resource === resource && row.scope === scope)?.high ?? 0;
}
