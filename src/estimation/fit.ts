// How a tree gets under the wall: it is judged, a plan is made, and judged again as it would be with the plan carried out.
// Knows: estimates and plans. May not know: how a plan is carried out.

import { entriesOf } from '../domain/census.ts';
import type { SyncguardError } from '../domain/error.ts';
import { type Result, success } from '../domain/result.ts';
import type { Decision } from '../domain/verdict.ts';
import { estimate } from './index.ts';
import { plannedOf } from './judgement.ts';
import { unwatchedPlanOf } from './plan.ts';
import type { Estimate, EstimateRequest, PlanStep, Supposed } from './request.ts';

/** What is tried first: to leave folders out, or to watch trees no longer. */
export type FitMode = 'leave-out' | 'degrade';

export interface Fitting {
  /** `unknown`: what is there could not be judged, so that nothing can be planned. */
  readonly outcome: 'fits' | 'planned' | 'no-plan' | 'unknown';
  readonly before: Estimate;
  /** As it would be; null: nothing was planned. */
  readonly after: Estimate | null;
  readonly steps: readonly PlanStep[];
  /** The other mode, if it would do too. */
  readonly other: FitMode | null;
}

const ORDER: Readonly<Record<FitMode, readonly FitMode[]>> = {
  'leave-out': ['leave-out', 'degrade'],
  degrade: ['degrade', 'leave-out'],
};

export const isAdmitted = ({ verdict }: Decision): boolean => verdict === 'admit' || verdict === 'throttle';

/** The first plan after which it fits, in the order of the mode; a plan is never believed before it was judged. */
export async function findFit(
  request: EstimateRequest,
  mode: FitMode,
): Promise<Result<Fitting, SyncguardError>> {
  const judged = await estimate(request);
  if (!judged.ok) return judged;
  const before = judged.value;
  const unplanned = { before, after: null, steps: [], other: null };
  if (isAdmitted(before.decision)) return success({ ...unplanned, outcome: 'fits' });
  if (before.decision.verdict === 'unknown') return success({ ...unplanned, outcome: 'unknown' });
  const plans: JudgedPlan[] = [];
  for (const tried of ORDER[mode]) {
    const plan = await judgedPlan(tried, before, request);
    if (!plan.ok) return plan;
    if (plan.value !== null) plans.push(plan.value);
  }
  const [first, second] = leavesSomething(plans[0], before) ? plans : plans.toReversed();
  if (first === undefined) return success({ ...unplanned, outcome: 'no-plan' });
  const { steps, after } = first;
  return success({ outcome: 'planned', before, after, steps, other: second?.mode ?? null });
}

/** Leaving out more than this is leaving out the whole: only where nothing else will do. */
const WHOLE_SHARE = 0.9;

function leavesSomething(plan: JudgedPlan | undefined, { trees }: Estimate): boolean {
  if (plan === undefined || plan.mode === 'degrade') return true;
  const total = trees.reduce((sum, { census }) => sum + entriesOf(census), 0);
  return plan.steps.reduce((sum, { entries }) => sum + entries, 0) <= WHOLE_SHARE * total;
}

interface JudgedPlan extends Pick<Fitting, 'steps'> {
  readonly mode: FitMode;
  readonly after: Estimate;
}

/** null: there is no plan of this mode, or it would not fit with it either. */
async function judgedPlan(
  mode: FitMode,
  before: Estimate,
  request: EstimateRequest,
): Promise<Result<JudgedPlan | null, SyncguardError>> {
  const steps = isCounted(before) ? stepsOf(mode, before, request) : null;
  if (steps === null || steps.length === 0) return success(null);
  const after = await estimate({ ...request, supposed: supposing(steps) });
  if (!after.ok) return after;
  return success(isAdmitted(after.value.decision) ? { mode, steps, after: after.value } : null);
}

const stepsOf = (mode: FitMode, before: Estimate, request: EstimateRequest): readonly PlanStep[] | null =>
  mode === 'leave-out' ? before.plan : unwatchedPlanOf(plannedOf(request, before));

/** A plan is made of a tree that was counted to its end. */
export const isCounted = ({ trees }: Estimate): boolean =>
  trees.every(({ coverage }) => coverage === 'whole');

function supposing(steps: readonly PlanStep[]): Supposed {
  const leftOut = new Map<string, Set<string>>();
  for (const { root, below } of steps.filter(({ mechanism }) => mechanism.takes === 'folder')) {
    leftOut.set(root, (leftOut.get(root) ?? new Set()).add(below));
  }
  const unwatched = steps.filter(({ mechanism }) => mechanism.takes === 'watches').map(({ root }) => root);
  return { leftOut, unwatched: new Set(unwatched) };
}
