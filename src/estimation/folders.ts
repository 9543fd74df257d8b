// Contributors and the plan: which folders cost most, and which to leave out, in the daemon's own words.

import { countFolders, heaviestFolders } from '../domain/contributors.ts';
import { type Folder, type Need, planFolders } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { Profile } from '../domain/profile.ts';
import type { Projection } from '../domain/projection.ts';
import { BEANCOUNTER_PAGE_BYTES } from '../domain/resource.ts';
import {
  addWeights,
  at,
  DIRECTORIES,
  ENTRIES,
  relativePath,
  scaleWeight,
  type Weight,
  weigh,
} from '../domain/subtree-weight.ts';
import { type Assessment, type Judged, refusedFrom } from '../domain/verdict.ts';
import { decodeName } from '../formats/name-text.ts';
import { renderLeaveOut } from '../profiles/index.ts';
import type { Contribution, CountedTree, PlanStep } from './request.ts';
import { weightOf } from './tree-costs.ts';

const NOTHING: Weight = { perLeaf: 0, perDirectory: 0, longNameFactor: 0 };

/** What the daemon keeps of itself in memory per entry of the tree. */
const anonymousWeight = ({ cost }: Profile): Weight => ({
  perLeaf: cost.rssPerFileBytes.value,
  perDirectory: cost.rssPerDirectoryBytes.value,
  longNameFactor: 0,
});

/** How a tree's folders weigh in the demand on one resource, in that resource's unit. */
function demandWeight(projection: Projection, tree: CountedTree): Weight {
  const { profile } = tree.price;
  const pinned = weightOf(tree.price, 'pinned');
  switch (projection.resource.name) {
    case 'memory':
      return addWeights(pinned, anonymousWeight(profile));
    case 'physpages':
      return scaleWeight(addWeights(pinned, anonymousWeight(profile)), 1 / BEANCOUNTER_PAGE_BYTES);
    case 'dcachesize':
    case 'kmemsize':
      return pinned;
    case 'inotify_watches':
      return profile.watch.per === 'entry'
        ? ENTRIES
        : profile.watch.per === 'directory'
          ? DIRECTORIES
          : NOTHING;
    case 'disk_space':
      return { perLeaf: profile.cost.indexPerFileBytes.value, perDirectory: 0, longNameFactor: 0 };
    default:
      return NOTHING;
  }
}

const touchedWeight = ({ price }: CountedTree): Weight =>
  scaleWeight(weightOf(price, 'touched'), price.profile.cost.sides);

/** Bytes that folders are listed by: what is pinned; where nothing is pinned or the touched part decides, what is touched. */
function listedWeight(trees: readonly CountedTree[], binding: Judged | null): Weight[] {
  const pinned = trees.map(({ price }) => weightOf(price, 'pinned'));
  const isPinning = pinned.some(({ perDirectory, perLeaf }) => perDirectory + perLeaf > 0);
  const isTouched = binding?.standing === 'touched-over-headroom' || !isPinning;
  return isTouched ? trees.map(touchedWeight) : pinned;
}

/** The heaviest folders of all trees, heaviest first. */
export function contributionsOf(
  trees: readonly CountedTree[],
  binding: Judged | null,
  most: number,
): Contribution[] {
  const weights = listedWeight(trees, binding);
  const bytes = trees.map(({ census }, index) => weigh(census.table, weights[index] ?? NOTHING));
  const total = bytes.reduce((sum, column) => sum + at(column, 0), 0);
  return trees
    .flatMap((tree, index) => contributionsOfTree(tree, bytes[index] ?? new Float64Array(), { most, total }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, most);
}

function contributionsOfTree(
  tree: CountedTree,
  bytes: Float64Array,
  { most, total }: { most: number; total: number },
): Contribution[] {
  const { table } = tree.census;
  const heaviest = heaviestFolders(table, bytes, most);
  const counts = countFolders(
    table,
    heaviest.map(({ row }) => row),
  );
  return heaviest.map(({ row, weight }, index) => ({
    path: joined(tree, row),
    entries: counts[index]?.entries ?? 0,
    directories: counts[index]?.directories ?? 0,
    bytes: Math.round(weight),
    share: total > 0 ? weight / total : 0,
  }));
}

const joined = (tree: CountedTree, row: number): string => {
  const below = decodeName(relativePath(tree.census.table, row));
  return tree.path.endsWith('/') ? `${tree.path}${below}` : `${tree.path}/${below}`;
};

interface Planned {
  readonly trees: readonly CountedTree[];
  readonly assessment: Assessment;
  readonly policy: Policy;
  readonly canBrake: boolean;
}

/** The few folders without which every wall holds; [] when all hold already, null when no choice of folders is enough. */
export function planOf(planned: Planned): PlanStep[] | null {
  const needs = planned.assessment.rows.flatMap((row) => needOf(row, planned));
  const folders = planFolders(
    planned.trees.map(({ census }) => census.table),
    needs,
  );
  return folders === null ? null : folders.map((folder) => stepOf(folder, planned));
}

function needOf({ projection, standing }: Judged, { trees, policy, canBrake }: Planned): Need[] {
  const refusal = refusedFrom(projection, policy);
  if (refusal === null || projection.wall.value === null) return [];
  const weights = trees.map((tree) => demandWeight(projection, tree));
  // With the error on our side: what is left must stay below the refusal even if the high end comes true.
  if (standing === 'over-wall') return [{ amount: projection.projected.high - refusal, weights }];
  if (standing !== 'touched-over-headroom' || canBrake || projection.touched === null) return [];
  const amount = projection.touched.high - (projection.wall.value - projection.projected.high);
  return [
    {
      amount,
      weights: trees.map((tree, index) => addWeights(touchedWeight(tree), weights[index] ?? NOTHING)),
    },
  ];
}

function stepOf({ tree, row }: Folder, { trees, assessment }: Planned): PlanStep {
  const counted = trees[tree];
  if (counted === undefined) throw new RangeError(`plan names tree ${tree} of ${trees.length}`);
  const weight = listedWeight(trees, assessment.binding)[tree] ?? NOTHING;
  const below = decodeName(relativePath(counted.census.table, row));
  const { profile } = counted.price;
  const { mechanism, effect, warning } = profile.leaveOut;
  return {
    path: joined(counted, row),
    bytes: Math.round(at(weigh(counted.census.table, weight), row)),
    mechanism,
    effect,
    command: renderLeaveOut(profile, counted.path, below),
    warning,
  };
}
