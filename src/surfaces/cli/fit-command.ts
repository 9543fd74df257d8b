// `syncguard fit [TREE...]`: a plan to get under the wall, and on demand its execution; `--undo` takes that back.

import { type Applied, applySteps } from '../../actuators/leave-out.ts';
import { takeBackLast } from '../../actuators/take-back.ts';
import { SyncguardError } from '../../domain/error.ts';
import { type FitMode, type Fitting, findFit, isAdmitted } from '../../estimation/fit.ts';
import { type Estimate, type EstimateRequest, estimate } from '../../estimation/index.ts';
import type { RootsRequest } from '../../profiles/index.ts';
import { stateDirectory } from '../../settings/places.ts';
import { EXIT } from './exit-code.ts';
import { renderFitJson, renderUndoJson } from './fit-json.ts';
import { renderFit, renderUndo } from './fit-text.ts';
import { type JudgingOptions, judgingRequest } from './judging-request.ts';
import { progressOn } from './progress.ts';
import { paintFor, type Terminal } from './terminal.ts';

export interface FitOptions extends JudgingOptions {
  readonly mode: FitMode;
  readonly apply?: boolean;
  readonly allowLocalDelete?: boolean;
  readonly undo?: boolean;
  readonly force?: boolean;
}

/** Everything that there is to say. */
export interface FitReport {
  readonly mode: FitMode;
  readonly outcome: Fitting['outcome'] | 'applied' | 'not-applied';
  readonly whose: string;
  readonly request: EstimateRequest;
  readonly fitting: Fitting;
  /** What became of each step of the plan; []: nothing was to be applied. */
  readonly applied: readonly Applied[];
  /** Judged again after it; null: nothing was to be applied. */
  readonly now: Estimate | null;
}

const EXIT_OF: Readonly<Record<FitReport['outcome'], number>> = {
  fits: EXIT.ok,
  planned: EXIT.ok,
  applied: EXIT.ok,
  'not-applied': EXIT.refused,
  'no-plan': EXIT.refused,
  unknown: EXIT.unknown,
};

export async function runFit(
  trees: readonly string[],
  options: FitOptions,
  terminal: Terminal,
): Promise<number> {
  checkOptions(trees, options);
  if (options.undo === true) return runUndo(options, terminal);
  const progress = progressOn(terminal, options.quiet === true);
  const { request, whose } = judgingRequest(trees, options, { terminal, progress });
  const fitting = await findFit(request, options.mode);
  if (!fitting.ok) throw fitting.error;
  const done = await applied(fitting.value, { request, options, terminal });
  progress.clear();
  const report = { mode: options.mode, whose, request, fitting: fitting.value, ...done };
  if (options.json === true) terminal.print(renderFitJson(report));
  else if (options.quiet !== true) {
    const { columns } = terminal;
    const isVerbose = options.verbose === true;
    terminal.print(renderFit(report, { paint: paintFor(terminal, options.color), columns, isVerbose }));
  }
  return EXIT_OF[report.outcome];
}

interface Asked {
  readonly request: EstimateRequest;
  readonly options: FitOptions;
  readonly terminal: Terminal;
}

/** What is done is judged again from what is there then, not from what was meant. */
async function applied(
  { outcome, steps }: Fitting,
  { request, options, terminal }: Asked,
): Promise<Pick<FitReport, 'outcome' | 'applied' | 'now'>> {
  if (options.apply !== true || outcome !== 'planned') return { outcome, applied: [], now: null };
  const done = await applySteps(steps, {
    ...placeOf(terminal),
    allowsLocalDelete: options.allowLocalDelete === true,
    at: new Date().toISOString(),
  });
  const now = await estimate(request);
  if (!now.ok) throw now.error;
  return {
    outcome: isAdmitted(now.value.decision) ? 'applied' : 'not-applied',
    applied: done,
    now: now.value,
  };
}

async function runUndo(options: FitOptions, terminal: Terminal): Promise<number> {
  const taken = await takeBackLast({ ...placeOf(terminal), isForced: options.force === true });
  if (taken === null)
    throw new SyncguardError(
      'nothing-applied',
      'There is nothing to take back: syncguard fit --apply has changed nothing that is still changed.',
      'syncguard fit shows what it would change',
    );
  if (options.json === true) terminal.print(renderUndoJson(taken));
  else if (options.quiet !== true)
    terminal.print(
      renderUndo(taken, { paint: paintFor(terminal, options.color), columns: terminal.columns }),
    );
  return taken.some(({ obstacle }) => obstacle !== null) ? EXIT.refused : EXIT.ok;
}

function placeOf({ environment, home }: Terminal): { stateDirectory: string; request: RootsRequest } {
  const isRoot = process.getuid?.() === 0;
  return {
    stateDirectory: stateDirectory({ environment, home, isRoot }),
    request: { home, env: environment, argv: [] },
  };
}

function checkOptions(trees: readonly string[], options: FitOptions): void {
  const usage = (sentence: string, hint: string): never => {
    throw new SyncguardError('usage', sentence, hint);
  };
  if (options.undo === true && (options.apply === true || trees.length > 0))
    usage(
      '--undo takes back the last --apply, whatever it changed: it takes neither --apply nor a tree.',
      'syncguard fit --undo',
    );
  if (options.force === true && options.undo !== true)
    usage('--force goes with --undo only.', 'syncguard fit --undo --force');
  if (options.allowLocalDelete === true && options.apply !== true)
    usage('--allow-local-delete goes with --apply only.', 'syncguard fit --apply --allow-local-delete');
  if (options.apply === true && (options.sysroot !== undefined || options.expect !== undefined))
    usage(
      '--apply changes this machine: it takes neither --sysroot nor --expect.',
      'leave out --apply to see the plan',
    );
}
