// Which folders cost most, and how any folder weighs in what is demanded of a wall.

import { countFolders, heaviestFolders } from '../domain/contributors.ts';
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
import type { Judged } from '../domain/verdict.ts';
import { decodeName } from '../formats/name-text.ts';
import type { Contribution, CountedTree } from './request.ts';
import { weightOf } from './tree-costs.ts';

export const NOTHING: Weight = { perLeaf: 0, perDirectory: 0, longNameFactor: 0 };

/** What the daemon keeps of itself in memory per entry of the tree. */
const anonymousWeight = ({ cost }: Profile): Weight => ({
  perLeaf: cost.rssPerFileBytes.value,
  perDirectory: cost.rssPerDirectoryBytes.value,
  longNameFactor: 0,
});

/** How a tree's folders weigh in the demand on one resource, in that resource's unit. */
export function demandWeight(projection: Projection, tree: CountedTree): Weight {
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

export const touchedWeight = ({ price }: CountedTree): Weight =>
  scaleWeight(weightOf(price, 'touched'), price.profile.cost.sides);

/** Bytes that folders are listed by: what is pinned; where nothing is pinned or the touched part decides, what is touched. */
export function listedWeight(trees: readonly CountedTree[], binding: Judged | null): Weight[] {
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

/** The path of a row as people read it. */
export const joined = (tree: CountedTree, row: number): string => {
  const below = decodeName(relativePath(tree.census.table, row));
  return tree.path.endsWith('/') ? `${tree.path}${below}` : `${tree.path}/${below}`;
};
