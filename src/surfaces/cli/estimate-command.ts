// `syncguard estimate [TREE...]`: options to request, estimate to text or JSON, verdict to exit status.

import { type Estimate, estimate } from '../../estimation/index.ts';
import { monotonicMs } from '../../kernel/clock.ts';
import { renderEstimateJson } from './estimate-json.ts';
import { renderEstimate } from './estimate-text.ts';
import { EXIT, EXIT_OF_VERDICT } from './exit-code.ts';
import { type JudgingOptions, judgingRequest } from './judging-request.ts';
import { progressOn } from './progress.ts';
import { paintFor, type Terminal } from './terminal.ts';

export interface EstimateOptions extends JudgingOptions {
  readonly gate?: boolean;
  readonly strict?: boolean;
  readonly timing?: boolean;
}

export async function runEstimate(
  trees: readonly string[],
  options: EstimateOptions,
  terminal: Terminal,
): Promise<number> {
  const startedAt = monotonicMs();
  const progress = progressOn(terminal, options.quiet === true);
  const { request, whose } = judgingRequest(trees, options, { terminal, progress });
  const found = await estimate({ ...request, purpose: options.gate === true ? 'gate' : 'people' });
  progress.clear();
  if (!found.ok) throw found.error;
  print(found.value, whose, options, terminal);
  if (options.timing === true) terminal.complain(timingLine(found.value, startedAt));
  return exitCodeOf(found.value, options.strict === true);
}

function print(found: Estimate, subject: string, options: EstimateOptions, terminal: Terminal): void {
  if (options.json === true) terminal.print(renderEstimateJson(found, subject));
  if (options.json === true || options.quiet === true) return;
  const paint = paintFor(terminal, options.color);
  terminal.print(
    renderEstimate(found, { paint, columns: terminal.columns, subject, isVerbose: options.verbose === true }),
  );
}

function exitCodeOf({ trees, decision }: Estimate, isStrict: boolean): number {
  const isPartial = trees.some(({ census }) => census.unreadable.count > 0);
  return isStrict && isPartial ? EXIT.partial : EXIT_OF_VERDICT[decision.verdict];
}

/** Milliseconds since the process began, by part. */
function timingLine({ trees }: Estimate, startedAt: number): string {
  const censusMs = trees.reduce((sum, { census }) => sum + census.elapsedMs, 0);
  const totalMs = monotonicMs();
  const loadMs = startedAt;
  const restMs = totalMs - loadMs - censusMs;
  const part = (name: string, ms: number): string => `${name} ${ms.toFixed(1)} ms`;
  return `timing: ${[part('start and load', loadMs), part('census', censusMs), part('kernel and judgement', restMs), part('in all', totalMs)].join(', ')}\n`;
}
