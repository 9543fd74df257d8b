// Why the verdict is what it is: every row that is not ample, and everything the numbers cannot know.

import type { Unreadable } from '../domain/census.ts';
import { bodiesRead } from '../domain/cost-model.ts';
import type { AtWatchLimit } from '../domain/profile.ts';
import type { RootChange } from '../domain/root-memory.ts';
import type { Assessment, Brake, Judged } from '../domain/verdict.ts';
import { decodeName } from '../formats/name-text.ts';
import { renderAmount, renderCount } from '../formats/quantity-text.ts';
import type { CountedTree } from './request.ts';
import { gapWords, isStoppedEarly, reachOf } from './sentence.ts';

interface Reasoned {
  readonly assessment: Assessment;
  readonly brake: Brake;
  readonly trees: readonly CountedTree[];
  readonly changes: readonly { readonly path: string; readonly change: RootChange }[];
}

export function reasonsOf({ assessment, brake, trees, changes }: Reasoned): string[] {
  return [
    ...toldRows(assessment, brake).flatMap((row) => rowReason(row, brake, isStoppedEarly(trees))),
    ...watchLimitReasons(assessment, trees),
    ...assessment.missing.map((gap) => `not read: ${gapWords(gap)}`),
    ...trees.flatMap(treeReasons),
    ...changes.flatMap(({ path, change }) => changeReason(path, change)),
  ];
}

/** What is only touched is said once, of the innermost wall (the room comes last), and not where the verdict says it. */
function toldRows({ rows, binding }: Assessment, brake: Brake): Judged[] {
  const isSaid = brake.kind === 'none' && binding?.standing === 'touched-over-headroom';
  const innermost = rows.findLast(({ standing }) => standing === 'touched-over-headroom');
  return rows.filter((row) => row.standing !== 'touched-over-headroom' || (!isSaid && row === innermost));
}

function rowReason(row: Judged, brake: Brake, isPartial: boolean): string[] {
  const { projection, standing } = row;
  if (standing === 'ample' || standing === 'no-wall') return [];
  if (standing !== 'touched-over-headroom') return [reachOf(row, isPartial)];
  const touched = renderAmount(Math.round(projection.touched?.expected ?? 0), projection.resource.unit);
  const under =
    brake.kind === 'none'
      ? `it cannot be braked: ${brake.reason}`
      : `braked by ${brake.kind} (${brake.reason})`;
  return [`${touched} touched once exceeds the headroom of ${projection.resource.scope}: ${under}`];
}

/** What each daemon does when the kernel refuses it another watch, behind its name. */
export const AT_WATCH_LIMIT: Readonly<Record<AtWatchLimit, string>> = {
  nothing: 'needs none',
  ends: 'ends at its start',
  'watches-none': 'stays up, watches nothing and calls itself idle',
  'watches-part': 'goes on with the folders it has and does not watch the others',
  rescans: 'looks at the whole tree again and again instead',
  'disables-root': 'stops syncing that tree',
  unknown: 'does what is not known',
};

/** Where watches are near their wall, what comes of it: hardly a daemon says so itself. */
function watchLimitReasons({ rows }: Assessment, trees: readonly CountedTree[]): string[] {
  const isNear = rows.some(
    ({ projection, standing }) =>
      projection.resource.name === 'inotify_watches' && standing !== 'ample' && standing !== 'no-wall',
  );
  const profiles = new Map(trees.map(({ price: { profile } }) => [profile.id, profile]));
  return [...profiles.values()].flatMap(({ title, watch }) =>
    isNear && watch.atLimit !== 'unknown' && watch.atLimit !== 'nothing'
      ? [`out of watches ${title} ${AT_WATCH_LIMIT[watch.atLimit]}`]
      : [],
  );
}

function treeReasons({ path, census, caveat, price }: CountedTree): string[] {
  const { unreadable, statted, vanished } = census;
  const notes: string[] = [];
  if (unreadable.count > 0)
    notes.push(`${path}: ${unreadableWords(unreadable)}; the numbers are a lower bound`);
  if (census.stop !== null)
    notes.push(
      `${path}: counting stopped (${census.stop}) after ${renderCount(census.visitedDirectories)} directories`,
    );
  if (statted > 0)
    notes.push(
      `${path}: the filesystem does not tell kinds; ${renderCount(statted)} entries had to be looked at one by one`,
    );
  if (vanished > 0) notes.push(`${path}: ${renderCount(vanished)} folders vanished while counting`);
  if (census.files > 0 && bodiesRead(price.filesystem, price.profile))
    notes.push(
      `${path}: file sizes are not looked at; of each file's body one node of page index is counted`,
    );
  if (caveat !== null) notes.push(`${path}: ${caveat}`);
  return notes;
}

/** How many, and the first of them by name. */
function unreadableWords({ count, examples }: Unreadable): string {
  const named = examples.slice(0, MOST_NAMED).map(({ path, errno }) => `${decodeName(path)} ${errno}`);
  const more = count > named.length ? ', ...' : '';
  return `${renderCount(count)} ${count === 1 ? 'folder' : 'folders'} could not be read (${named.join(', ')}${more})`;
}

const MOST_NAMED = 3;

function changeReason(path: string, change: RootChange): string[] {
  if (change.kind === 'root-vanished') return [`${path}: ${change.detail}`];
  if (change.kind !== 'will-grow') return [];
  return [
    `${path}: ${renderCount(change.missingEntries)} entries fewer than at the last start; the larger count is judged`,
  ];
}
