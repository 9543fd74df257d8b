// assess and decide: may this daemon start?
// Knows: projections, gaps, the policy and whether a brake can be set. May not know: how anything was read or counted.
//
//   row                          | over-wall                | tight                    | else
//   -----------------------------+--------------------------+--------------------------+------
//   any wall                     | expected >= stop-at      | high >= throttle-at      | ample
//   memory wall, besides         | expected >= wall - margin|                          |
//   memory cgroup, touched       | touched > headroom, no brake | touched > headroom, brake |
//   the daemon's own room        | as any memory wall, held 0; margin max(10 %, touched up to 16 MiB)
//   no enforced wall readable and a gap where one would be  -> unknown; a denied beancounter table is said apart
//   census is a sample and not far from the wall            -> unknown

import type { Policy } from './policy.ts';
import type { Projection } from './projection.ts';
import type { Gap } from './snapshot.ts';

export type Verdict = 'admit' | 'throttle' | 'refuse' | 'unknown';
export type Standing = 'no-wall' | 'ample' | 'tight' | 'touched-over-headroom' | 'over-wall';

export interface Brake {
  readonly kind: 'memory-high' | 'waiting-cgroup' | 'none';
  /** What was seen; for `none`, which permission would change it. */
  readonly reason: string;
}

/**
 * The brake as this daemon stands it: in a waiting cgroup the kernel may refuse a call instead of waiting (0 to 6 of 60 060
 * lstat calls in rooms of 16 to 48 MiB, 6.18), and who takes that for a deletion, or never comes back to it, is not made to
 * wait. memory.high only slows down.
 */
export function brakeFor(
  capability: Brake,
  daemons: readonly { readonly title: string; readonly enomemSafe: boolean }[],
): Brake {
  const unsafe = daemons.filter(({ enomemSafe }) => !enomemSafe).map(({ title }) => title);
  if (capability.kind !== 'waiting-cgroup' || unsafe.length === 0) return capability;
  const reason = `on cgroup v1 a daemon that waits for memory is refused a call now and then, which ${unsafe.join(' and ')} would take for a file that is gone or done; cgroup v2 has a brake without that`;
  return { kind: 'none', reason };
}

export interface Judged {
  readonly projection: Projection;
  readonly standing: Standing;
}

export interface Assessment {
  readonly rows: readonly Judged[];
  /** The row that decides: the worst standing, then the nearest to its wall; null without any wall. */
  readonly binding: Judged | null;
  /** Walls that the load would meet but that could not be read. */
  readonly missing: readonly Gap[];
}

const SEVERITY: Readonly<Record<Standing, number>> = {
  'no-wall': 0,
  ample: 1,
  tight: 2,
  'touched-over-headroom': 3,
  'over-wall': 4,
};

/** The number at which a row is refused: stop-at of the wall, and for memory the margin below it. */
export const refusedFrom = ({ wall, margin }: Projection, policy: Policy): number | null =>
  wall.value === null
    ? null
    : Math.min(policy.stopAt * wall.value, wall.name === 'derived' ? wall.value : wall.value - margin);

export function standingOf(projection: Projection, policy: Policy): Standing {
  const { wall, projected, demand, touched } = projection;
  const refusal = refusedFrom(projection, policy);
  if (wall.value === null || refusal === null) return 'no-wall';
  // A row that the daemon adds nothing to is somebody else's trouble: it is shown, and never refuses.
  if (demand.high === 0) return 'ample';
  if (projected.expected >= refusal) return 'over-wall';
  if (touched !== null && touched.expected > wall.value - projected.expected) return 'touched-over-headroom';
  return projected.high >= Math.min(policy.throttleAt * wall.value, refusal) ? 'tight' : 'ample';
}

export function assess(
  projections: readonly Projection[],
  missing: readonly Gap[],
  policy: Policy,
): Assessment {
  const rows = projections.map((projection) => ({ projection, standing: standingOf(projection, policy) }));
  const walled = rows.filter((row) => row.standing !== 'no-wall');
  const binding = walled.reduce<Judged | null>(
    (worst, row) => (worst === null || isWorse(row, worst) ? row : worst),
    null,
  );
  return { rows, binding, missing };
}

function isWorse(row: Judged, than: Judged): boolean {
  const difference = SEVERITY[row.standing] - SEVERITY[than.standing];
  if (difference !== 0) return difference > 0;
  // A derived wall restates a memory wall: the kernel's own row is named.
  if (isDerived(row) !== isDerived(than)) return isDerived(than);
  return weightOf(row) > weightOf(than);
}

const isDerived = ({ projection }: Judged): boolean => projection.wall.name === 'derived';

/**
 * Within one standing: over the wall by the ratio; below it by the part of the headroom that the load takes, as a disk
 * that is half full already says nothing about this tree.
 */
function weightOf({ standing, projection }: Judged): number {
  const { ratio, wall, demand, judged } = projection;
  if (standing === 'over-wall') return ratio ?? 0;
  return demand.expected / Math.max(1, (wall.value ?? 0) - judged);
}

/** How much of the tree the numbers speak of. */
export type Coverage = 'whole' | 'sample' | 'over-wall';

/** A sample may speak for a tree only this far from the wall: sampling errs by tens of percent, seldom by two. */
const SAMPLE_ADMITS_BELOW = 0.5;

export interface Decision {
  readonly verdict: Verdict;
  /** Stable word for scripts and the gate's record. */
  readonly reason:
    | 'fits'
    | 'tight'
    | 'touched-braked'
    | 'touched-needs-brake'
    | 'over-wall'
    | 'no-wall'
    | 'gap'
    | 'wall-denied'
    | 'sample'
    | 'no-roots'
    | 'will-grow'
    | 'root-vanished';
}

/** The gate's whole decision; a pure function of what was projected. */
export function decideStart(assessment: Assessment, brake: Brake, coverage: Coverage): Decision {
  const { binding, missing } = assessment;
  if (binding?.standing === 'over-wall') return { verdict: 'refuse', reason: 'over-wall' };
  if (missing.some(isDeniedTable)) return { verdict: 'unknown', reason: 'wall-denied' };
  if (missing.length > 0) return { verdict: 'unknown', reason: 'gap' };
  if (binding === null) return { verdict: 'admit', reason: 'no-wall' };
  if (coverage === 'sample' && highestShare(assessment) >= SAMPLE_ADMITS_BELOW)
    return { verdict: 'unknown', reason: 'sample' };
  if (binding.standing === 'touched-over-headroom') {
    return brake.kind === 'none'
      ? { verdict: 'refuse', reason: 'touched-needs-brake' }
      : { verdict: 'throttle', reason: 'touched-braked' };
  }
  return binding.standing === 'tight'
    ? { verdict: 'throttle', reason: 'tight' }
    : { verdict: 'admit', reason: 'fits' };
}

/** The one file that holds every wall of a beancounter container, there and not to be read: not a start to be risked. */
const isDeniedTable = ({ source, reason }: Gap): boolean =>
  reason === 'denied' && source.endsWith('/user_beancounters');

const highestShare = ({ rows }: Assessment): number =>
  Math.max(0, ...rows.map(({ projection }) => shareOfWall(projection)));

function shareOfWall({ wall, projected, demand }: Projection): number {
  return wall.value === null || demand.high === 0 ? 0 : projected.high / Math.max(1, wall.value);
}
