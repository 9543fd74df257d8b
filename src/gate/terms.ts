// What the guard is told of policy, profile and trees, from the one estimate that admitted the daemon.

import type { Estimate, EstimateRequest } from '../estimation/index.ts';
import type { GuardTerms } from '../formats/gate-record.ts';

/** How long a daemon may take to write its state down after TERM (Syncthing: 0.2 to 1.0 s on an idle machine). */
const GRACE_MS = 8_000;

export function guardTermsOf(estimate: Estimate, { policy, walls }: EstimateRequest): GuardTerms {
  const { platform, profiles, load, pinUnitBytes } = estimate;
  const { touchedBytes, pinnedBytes } = load;
  return {
    platform: platform.id,
    policy,
    barriers: Object.fromEntries(walls),
    unpinnedTouchedBytes: Math.max(0, touchedBytes.expected - pinnedBytes.expected),
    pinnedBytes: pinnedBytes.expected,
    pinUnitBytes,
    graceMs: Math.max(...profiles.map(({ stop }) => stop.graceMs ?? GRACE_MS)),
    restartStatuses: profiles.flatMap(({ restartStatuses }) => restartStatuses ?? []),
    degradeWords: profiles.find(({ degradeWords }) => degradeWords !== undefined)?.degradeWords ?? null,
  };
}
