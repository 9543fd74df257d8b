// What would have to go so that every wall holds: folders to leave out, or trees to watch no longer.

import { countFolders } from '../domain/contributors.ts';
import type { LeaveOutStep, Mechanism } from '../domain/leave-out.ts';
import { type Folder, type Kept, type Need, planFolders, planTrees } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { Projection } from '../domain/projection.ts';
import {
  addWeights,
  at,
  ENTRIES,
  relativePath,
  scaleWeight,
  type Weight,
  weigh,
} from '../domain/subtree-weight.ts';
import { type Assessment, type Judged, refusedFrom } from '../domain/verdict.ts';
import { decodeName } from '../formats/name-text.ts';
import { compileGlobs, renderLeaveOut } from '../profiles/index.ts';
import { demandWeight, joined, listedWeight, NOTHING, touchedWeight } from './folders.ts';
import type { CountedTree, PlanStep } from './request.ts';
import { withoutWatches } from './sites.ts';

export interface Planned {
  readonly trees: readonly CountedTree[];
  readonly assessment: Assessment;
  readonly policy: Policy;
  readonly canBrake: boolean;
  /** Globs of folders to keep. */
  readonly keeps: readonly string[];
}

/** The few folders without which every wall holds; [] when all hold already, null when no choice of folders is enough. */
export function planOf(planned: Planned): PlanStep[] | null {
  const { trees, keeps } = planned;
  const tables = trees.map(({ census }) => census.table);
  const kept = trees.map((tree) => keptRows(tree, keeps));
  const folders = roomiest((room) =>
    planFolders(tables, needsOf(planned, room, { weightIn: demandWeight, touchedIn: touchedWeight }), kept),
  );
  return folders === null ? null : folders.map((folder) => stepOf(folder, 'folder', planned));
}

/** The few trees that, no longer watched, let every wall hold; null when none of them can be, or not even all suffice. */
export function unwatchedPlanOf(planned: Planned): PlanStep[] | null {
  const tables = planned.trees.map(({ census }) => census.table);
  const chosen = roomiest((room) =>
    planTrees(tables, needsOf(planned, room, { weightIn: watchWeight, touchedIn: () => NOTHING })),
  );
  return chosen === null ? null : chosen.map((tree) => stepOf({ tree, row: 0 }, 'watches', planned));
}

/** What a plan leaves of a wall: room to grow in, below where a start is throttled; or just not refused. */
type Room = 'ample' | 'barely';

const roomiest = <T>(planFor: (room: Room) => T | null): T | null => planFor('ample') ?? planFor('barely');

/** What the watches alone weigh; nothing where the daemon cannot go without them. */
function watchWeight(projection: Projection, tree: CountedTree): Weight {
  const { profile } = tree.price;
  if (!profile.leaveOut.some(({ takes }) => takes === 'watches')) return NOTHING;
  const unwatched = { ...tree, price: { ...tree.price, profile: withoutWatches(profile) } };
  return addWeights(demandWeight(projection, tree), scaleWeight(demandWeight(projection, unwatched), -1));
}

interface Weighing {
  readonly weightIn: typeof demandWeight;
  readonly touchedIn: typeof touchedWeight;
}

function needsOf(
  { trees, assessment, policy, canBrake }: Planned,
  room: Room,
  { weightIn, touchedIn }: Weighing,
): Need[] {
  return assessment.rows.flatMap((row) => {
    const amount = excessOf(row, canBrake, levelOf(row, policy, room));
    if (amount === null) return [];
    const isTouched = row.standing === 'touched-over-headroom';
    const weights = trees.map((tree) => {
      const weight = weightIn(row.projection, tree);
      return isTouched ? addWeights(touchedIn(tree), weight) : weight;
    });
    return [{ amount, weights }];
  });
}

/** How high a row may reach; null: it has no wall. */
function levelOf({ projection }: Judged, policy: Policy, room: Room): number | null {
  const refusal = refusedFrom(projection, policy);
  if (refusal === null || projection.wall.value === null) return null;
  return room === 'ample' ? Math.min(policy.throttleAt * projection.wall.value, refusal) : refusal;
}

/** What is too much on one wall, with the error on our side: also the high end must stay below the level. null: it holds. */
function excessOf({ projection, standing }: Judged, canBrake: boolean, level: number | null): number | null {
  const { projected, touched, wall } = projection;
  if (level === null || wall.value === null) return null;
  if (standing === 'over-wall') return projected.high - level;
  if (standing !== 'touched-over-headroom' || canBrake || touched === null) return null;
  return touched.high - (wall.value - projected.high);
}

/** 1 for each folder the globs name; null: they are none. */
function keptRows({ census: { table } }: CountedTree, keeps: readonly string[]): Kept {
  if (keeps.length === 0) return null;
  const globs = compileGlobs(keeps);
  const kept = new Uint8Array(table.count);
  const paths: string[] = [''];
  for (let row = 1; row < table.count; row += 1) {
    const above = paths[at(table.parent, row)] ?? '';
    const path = above === '' ? table.name(row) : `${above}/${table.name(row)}`;
    paths.push(path);
    if (globs.prunesDirectory(path, table.name(row))) kept[row] = 1;
  }
  return kept;
}

/** A profile that says nothing of it. */
const UNKNOWN: Mechanism = {
  name: 'none',
  takes: 'folder',
  effect: 'none',
  consequence: 'how this daemon leaves a folder out is not known',
  command: '',
  means: { kind: 'printed' },
};

function stepOf({ tree, row }: Folder, takes: Mechanism['takes'], planned: Planned): PlanStep {
  const counted = planned.trees[tree];
  if (counted === undefined) throw new RangeError(`plan names tree ${tree} of ${planned.trees.length}`);
  const { census, path: root, price } = counted;
  const weight = listedWeight(planned.trees, planned.assessment.binding)[tree] ?? NOTHING;
  const below = relativePath(census.table, row);
  const mechanisms = price.profile.leaveOut;
  const mechanism = mechanisms.find((each) => each.takes === takes) ?? UNKNOWN;
  const step: LeaveOutStep = {
    root,
    below,
    path: row === 0 ? root : joined(counted, row),
    profile: price.profile.id,
    mechanism,
    entries:
      row === 0 ? at(weigh(census.table, ENTRIES), 0) : (countFolders(census.table, [row])[0]?.entries ?? 0),
  };
  return {
    ...step,
    bytes: Math.round(at(weigh(census.table, weight), row)),
    command: renderLeaveOut(price.profile, mechanism, { root, path: decodeName(below) }),
    others: mechanisms.filter((each) => each !== mechanism),
  };
}
