// From what was read and counted to an estimate: no more reading from here on.

import type { PinSizes } from '../domain/firm.ts';
import type { Profile } from '../domain/profile.ts';
import { NO_AMOUNTS, ownRoomBytes, project } from '../domain/projection.ts';
import { compareRoot, type RootChange, type RootMemory, rememberedCensus } from '../domain/root-memory.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { assess, brakeFor, type Coverage, type Decision, decideStart } from '../domain/verdict.ts';
import type { RunningDaemon } from '../kernel/running-daemon.ts';
import type { RootsTrouble } from '../profiles/index.ts';
import { fitCommand } from './fit-words.ts';
import { contributionsOf } from './folders.ts';
import { limitThatWouldDo } from './least-limit.ts';
import { missingWalls } from './missing-walls.ts';
import { type Planned, planOf } from './plan.ts';
import { contextOf } from './projection-context.ts';
import { reasonsOf } from './reasons.ts';
import type { CountedTree, Estimate, EstimateRequest } from './request.ts';
import { hintOf, sentenceOf } from './sentence.ts';
import { costsOf, ruleOf } from './tree-costs.ts';
import { loadOf } from './tree-load.ts';

/** All that was read and counted. */
export interface Scene {
  readonly request: EstimateRequest;
  readonly profiles: readonly Profile[];
  readonly snapshot: Snapshot;
  readonly constants: Estimate['constants'];
  readonly trees: readonly CountedTree[];
  readonly running: RunningDaemon;
  readonly trouble: RootsTrouble | null;
}

/** Projection, verdict, reasons, folders: everything that follows from what was read. */
export function judge(scene: Scene): Estimate {
  const { request, profiles, snapshot, constants, trees, running, trouble } = scene;
  const { policy } = request;
  const brake = brakeFor(request.brake, profiles);
  const changes = changesOf(trees, request);
  const load = loadOf(
    profiles,
    trees.map((tree) => remembered(tree, request, changes)),
  );
  const context = contextOf({ request, trees, running });
  const assessment = assess(project(snapshot, load, context), missingWalls(snapshot), policy);
  const counted = decideStart(assessment, brake, worstCoverage(trees));
  const remembering = afterMemory(counted, changes, () => {
    const local = project(snapshot, loadOf(profiles, trees), context);
    return decideStart(assess(local, missingWalls(snapshot), policy), brake, worstCoverage(trees));
  });
  const decision = trouble === null ? remembering : withoutTrees(remembering);
  const isWhole = trees.every(({ coverage }) => coverage === 'whole');
  const plan = isWhole ? planOf(plannedOf(request, { trees, assessment, profiles })) : null;
  const paths = trees.map(({ path }) => path);
  const mayFit = trees.length > 0 && (!isWhole || plan !== null || profiles.some(canUnwatch));
  const wouldDoBytes = isWhole
    ? limitThatWouldDo({ decision, assessment }, { snapshot, load, context, policy, brake })
    : null;
  const facts = { decision, assessment, profiles, trees, trouble, brake, wouldDoBytes };
  return {
    platform: snapshot.platform,
    subject: request.subject.kind,
    decision,
    assessment,
    profiles,
    trees,
    constants,
    rule: ruleInForce(trees),
    load,
    gaps: snapshot.gaps,
    sentence: sentenceOf(facts),
    hint: hintOf(facts, mayFit ? fitCommand(request, paths, daemonOf(profiles)) : null),
    because: reasonsOf({ assessment, brake, trees, changes }),
    contributors: request.purpose === 'gate' ? [] : contributionsOf(trees, assessment.binding, request.top),
    plan,
    // Of the kernel's own limits: a wall put in their place is judged by, and makes no room larger or smaller.
    ownLimitBytes: ownRoomBytes(snapshot, { ...context, walls: NO_AMOUNTS }),
    pinUnitBytes: pinUnitOf(context),
  };
}

const daemonOf = ([only, more]: readonly Profile[]): string | null =>
  only === undefined || more !== undefined ? null : only.id;

const canUnwatch = ({ leaveOut }: Profile): boolean => leaveOut.some(({ takes }) => takes === 'watches');

/** What a plan is made from. */
export const plannedOf = (
  { policy, brake, keeps }: EstimateRequest,
  { trees, assessment, profiles }: Pick<Estimate, 'trees' | 'assessment' | 'profiles'>,
): Planned => ({
  trees,
  assessment,
  policy,
  canBrake: brakeFor(brake, profiles).kind !== 'none',
  keeps,
});

/** Where beancounters count names, their unit; else what a watch pins in a memory cgroup. */
const pinUnitOf = ({ beancounterUnitBytes, watchPinBytes }: PinSizes): number =>
  beancounterUnitBytes > 0 ? beancounterUnitBytes : watchPinBytes;

function ruleInForce([first]: readonly CountedTree[]): string | null {
  return first === undefined ? null : ruleOf(first.census, first.price);
}

type Changes = readonly { readonly path: string; readonly change: RootChange }[];

const memoryOf = (path: string, { memories }: EstimateRequest): RootMemory | null =>
  memories.find((memory) => memory.path === path) ?? null;

/** A count that stopped early tells nothing of what is gone. */
const changesOf = (trees: readonly CountedTree[], request: EstimateRequest): Changes =>
  trees
    .filter(({ coverage }) => coverage === 'whole')
    .map((tree) => ({ path: tree.path, change: compareRoot(memoryOf(tree.path, request), tree) }));

/** An emptied folder is not a small one: where the tree shrank, the larger count of the last start is projected. */
function remembered(tree: CountedTree, request: EstimateRequest, changes: Changes): CountedTree {
  const memory = memoryOf(tree.path, request);
  const isSmaller = changes.some(({ path, change }) => path === tree.path && change.kind === 'will-grow');
  if (!isSmaller || memory === null) return tree;
  const census = rememberedCensus(memory);
  return { ...tree, census, costs: costsOf(census, tree.price) };
}

/** A vanished root is refused; a tree that fits now but not as it was starts throttled. */
function afterMemory(judged: Decision, changes: Changes, localDecision: () => Decision): Decision {
  if (changes.some(({ change }) => change.kind === 'root-vanished'))
    return { verdict: 'refuse', reason: 'root-vanished' };
  if (!changes.some(({ change }) => change.kind === 'will-grow')) return judged;
  if (localDecision().verdict === 'refuse') return judged;
  return judged.verdict === 'unknown' ? judged : { verdict: 'throttle', reason: 'will-grow' };
}

/** The daemon itself may be over a wall already; beyond that nothing is known. */
const withoutTrees = (judged: Decision): Decision =>
  judged.verdict === 'refuse' ? judged : { verdict: 'unknown', reason: 'no-roots' };

function worstCoverage(trees: readonly CountedTree[]): Coverage {
  const coverages = trees.map(({ coverage }) => coverage);
  return coverages.includes('over-wall') ? 'over-wall' : coverages.includes('sample') ? 'sample' : 'whole';
}
