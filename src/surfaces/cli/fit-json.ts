// `syncguard fit --json`: schema syncguard/fit/1.

import type { TakenBack } from '../../actuators/take-back.ts';
import type { Estimate, PlanStep } from '../../estimation/index.ts';
import { planJson, resourceJson } from './estimate-json.ts';
import type { FitReport } from './fit-command.ts';
import { renderJson } from './json-text.ts';

const SCHEMA = 'syncguard/fit/1';

export function renderFitJson(report: FitReport): string {
  const { fitting, mode, outcome, whose, now } = report;
  const { before, after, steps } = fitting;
  return renderJson({
    schema: SCHEMA,
    platform: before.platform,
    subject: whose,
    mode,
    outcome,
    before: judgedJson(before),
    after: after === null ? null : judgedJson(after),
    now: now === null ? null : judgedJson(now),
    plan: steps.map((step) => stepJson(step, report)),
    otherMode: fitting.other,
  });
}

const judgedJson = ({ decision, sentence, assessment }: Estimate): unknown => ({
  verdict: decision.verdict,
  reason: decision.reason,
  sentence,
  resources: assessment.rows.map(resourceJson),
});

function stepJson(step: PlanStep, { applied }: FitReport): unknown {
  const done = applied.find((each) => each.step === step);
  return {
    ...planJson(step),
    takes: step.mechanism.takes,
    entries: step.entries,
    others: step.others.map(({ name, effect, consequence }) => ({
      mechanism: name,
      effect,
      warning: consequence,
    })),
    applied: done === undefined ? null : done.obstacle === null,
    obstacle: done?.obstacle ?? null,
    note: done?.note ?? null,
  };
}

export const renderUndoJson = (taken: readonly TakenBack[]): string =>
  renderJson({
    schema: SCHEMA,
    outcome: taken.every(({ obstacle }) => obstacle === null) ? 'undone' : 'not-undone',
    undone: taken,
  });
