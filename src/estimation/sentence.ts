// The verdict in words: one sentence that names the binding resource, the reasons behind it, and what to type next.

import type { ResourceUnit } from '../domain/resource.ts';
import type { Gap } from '../domain/snapshot.ts';
import type { Brake, Decision, Judged } from '../domain/verdict.ts';
import { renderAmount, renderBytes, renderCount } from '../formats/quantity-text.ts';
import type { RootsTrouble } from '../profiles/index.ts';
import type { CountedTree, Estimate } from './request.ts';

type Facts = Pick<Estimate, 'decision' | 'assessment' | 'profiles' | 'trees'> & {
  readonly trouble: RootsTrouble | null;
  /** As far as this daemon stands one. */
  readonly brake: Brake;
  /** The memory limit at which it would be let in, bytes; null: not known, or it is not memory that refuses. */
  readonly wouldDoBytes: number | null;
};

const PERCENT = 100;
/** From here on a percentage is a number nobody pictures. */
const TIMES_FROM = 10;

/** `dcachesize would reach 6.9 MiB of its 3.0 MiB barrier (230%)`; `at least` where the count stopped before the end. */
export function reachOf({ projection }: Judged, isPartial = false): string {
  const { resource, projected, wall, ratio } = projection;
  const reached = renderAmount(Math.round(projected.expected), resource.unit);
  if (wall.value === null) return `${resource.name} would reach ${reached}, and nothing limits it here`;
  const whose =
    wall.name === 'derived' ? 'derived wall' : wall.name === 'what-if' ? 'what-if wall' : wall.name;
  const verb = isPartial ? 'would reach at least' : 'would reach';
  if (wall.value <= 0) return `${resource.name} ${verb} ${reached}, and its ${whose} leaves nothing`;
  return `${resource.name} ${verb} ${reached} of its ${renderAmount(wall.value, resource.unit)} ${whose} (${shareWords(ratio ?? 0)})`;
}

/** `92%`, `26 times that`. */
const shareWords = (share: number): string =>
  share < TIMES_FROM ? percentOf(share) : `${renderCount(Math.round(share))} times that`;

/** The gate stops counting once it cannot fit: what was counted is the least there is. */
export const isStoppedEarly = (trees: readonly CountedTree[]): boolean =>
  trees.some(({ coverage }) => coverage === 'over-wall');

export const percentOf = (share: number): string => `${Math.round(share * PERCENT)}%`;

/** The verdict in one sentence. */
export function sentenceOf(facts: Facts): string {
  const { decision, assessment, trees, trouble } = facts;
  const { binding, missing } = assessment;
  const reach = binding === null ? '' : reachOf(binding, isStoppedEarly(trees));
  switch (decision.reason) {
    case 'fits':
      return `Fits: ${reach}, the tightest wall.`;
    case 'tight':
      return `Fits only just, so it starts throttled: ${reach}.`;
    case 'touched-braked':
      return `Starts throttled: what it pins fits, and what it only looks at (${touchedOf(binding)}) passes under a brake; ${reach}.`;
    case 'touched-needs-brake':
      return `Does not fit: looking at every entry takes ${touchedOf(binding)}, more than the ${headroomOf(binding)} left${ofRoom(binding)}, and it cannot be braked: ${facts.brake.reason}${wouldDo(facts)}.`;
    case 'over-wall':
      return `Does not fit: ${reach}${marginWords(binding)}${wouldDo(facts)}.`;
    case 'no-wall':
      return 'No wall: nothing that this daemon loads is limited here.';
    case 'gap':
    case 'wall-denied':
      return `Unknown: the wall could not be read (${missing.map(gapWords).join('; ')}).`;
    case 'sample':
      return `Unknown: the count stopped after ${renderCount(visited(trees))} directories, too near the wall to judge by a part; ${reach}.`;
    case 'no-roots':
      return `Unknown: its trees are not known: ${trouble?.reason ?? 'none was named'}.`;
    case 'will-grow':
      return `Starts throttled: the tree is smaller than at its last start and will grow again; ${reach}.`;
    case 'root-vanished':
      return 'Does not start: a root is not what it was at the last start.';
  }
}

export const gapWords = ({ source, reason, detail }: Gap): string =>
  `${source} ${reason}${detail === '' ? '' : `: ${detail}`}`;

const visited = (trees: readonly CountedTree[]): number =>
  trees.reduce((sum, { census }) => sum + census.visitedDirectories, 0);

const amountIn = (value: number, unit: ResourceUnit): string => renderAmount(Math.round(value), unit);

function touchedOf(binding: Judged | null): string {
  const projection = binding?.projection;
  return projection?.touched
    ? amountIn(projection.touched.expected, projection.resource.unit)
    : 'an unknown amount';
}

function headroomOf(binding: Judged | null): string {
  const projection = binding?.projection;
  if (projection?.wall.value == null) return 'room';
  return amountIn(
    Math.max(0, projection.wall.value - projection.projected.expected),
    projection.resource.unit,
  );
}

const ofRoom = (binding: Judged | null): string =>
  binding?.projection.wall.name === 'room' ? ` of its ${roomOf(binding)} room` : '';

const roomOf = ({ projection: { wall, resource } }: Judged): string =>
  amountIn(wall.value ?? 0, resource.unit);

/** Below the wall, and refused all the same: what must stay free is named. */
function marginWords(binding: Judged | null): string {
  if (binding === null || binding.projection.wall.value === null) return '';
  const { margin, resource, wall, ratio } = binding.projection;
  const kept =
    (ratio ?? 0) < 1 && margin > 0 ? `, of which ${amountIn(margin, resource.unit)} must stay free` : '';
  return wall.name === 'room'
    ? `${kept}; the room is the container less what is left to the rest of it`
    : kept;
}

const wouldDo = ({ wouldDoBytes }: Facts): string =>
  wouldDoBytes === null ? '' : `; a memory limit of ${renderBytes(wouldDoBytes)} would do`;

/** The next command; '' when nothing is to be done. */
export function hintOf(
  { decision, trees, trouble }: Pick<Facts, 'decision' | 'trees' | 'trouble'>,
  fit: string | null,
): string {
  const where = trees.map(({ path }) => path).join(' ');
  const verdict: Decision['verdict'] = decision.verdict;
  if (decision.reason === 'no-roots') return trouble?.hint ?? '';
  if (decision.reason === 'root-vanished')
    return `check that ${where} is mounted and complete, and if so, start it once with --on-refuse start`;
  if (verdict === 'refuse') return fit ?? 'raise the wall, or start a smaller tree';
  return verdict === 'unknown'
    ? 'syncguard doctor names what could not be read and the command that mends it'
    : '';
}
