// What the guard is told of policy, profile and trees, from the one estimate that admitted the daemon.

import { endTermsOf } from '../domain/end-terms.ts';
import { firmBytes } from '../domain/load.ts';
import type { Policy } from '../domain/policy.ts';
import type { Profile } from '../domain/profile.ts';
import type { Estimate, EstimateRequest } from '../estimation/index.ts';
import type { GuardTerms } from '../formats/gate-record.ts';

/** How long a daemon may take to write its state down after TERM (Syncthing: 0.2 to 1.0 s on an idle machine). */
const GRACE_MS = 8_000;

/** The same where KILL would break it: a third of what service managers wait for an end (systemd: 90 s). */
const UNSAFE_KILL_GRACE_MS = 30_000;

export function guardTermsOf(estimate: Estimate, { settings, walls }: EstimateRequest): GuardTerms {
  const { platform, profiles, load, pinUnitBytes, decision } = estimate;
  const { touchedBytes, pinnedBytes } = load;
  const { throttleAt, pauseAt, stopAt, graceMs } = settings;
  const policy = { throttleAt, pauseAt, stopAt };
  const isAdmitted = decision.verdict === 'admit' || decision.verdict === 'throttle';
  return {
    platform: platform.id,
    policy,
    barriers: Object.fromEntries(walls),
    unpinnedTouchedBytes: Math.max(0, touchedBytes.expected - pinnedBytes.expected),
    pinnedBytes: pinnedBytes.expected,
    pinUnitBytes,
    admitted: isAdmitted ? admittedRows(estimate, policy) : [],
    ownMemoryBytes: isAdmitted ? firmBytes(load).high : 0,
    graceMs: graceMs ?? Math.max(...profiles.map(graceOf)),
    ends: endTermsOf(profiles),
    restartStatuses: profiles.flatMap(({ restartStatuses }) => restartStatuses ?? []),
    pausesItself: profiles.some(({ control }) => control?.releasesWatches === true),
    degradeWords: profiles.find(({ degradeWords }) => degradeWords !== undefined)?.degradeWords ?? null,
  };
}

const graceOf = ({ stop: { graceMs, killSafe } }: Profile): number =>
  graceMs ?? (killSafe === true ? GRACE_MS : UNSAFE_KILL_GRACE_MS);

/** Of the room `ownMemoryBytes` speaks. Only rows whose high end reaches the first threshold: the others are never near a wall by their own cost. */
const admittedRows = ({ assessment }: Estimate, { throttleAt }: Policy): GuardTerms['admitted'] =>
  assessment.rows.flatMap(({ projection: { resource, wall, projected } }) =>
    wall.value !== null && wall.name !== 'room' && projected.high >= throttleAt * wall.value
      ? [{ resource: resource.name, scope: resource.scope, high: Math.ceil(projected.high) }]
      : [],
  );
