// `syncguard fit` for people: every wall before and after, what to leave out and what that does, the next command.

import type { Applied } from '../../actuators/leave-out.ts';
import type { TakenBack } from '../../actuators/take-back.ts';
import type { Mechanism } from '../../domain/leave-out.ts';
import type { Judged } from '../../domain/verdict.ts';
import { isCounted } from '../../estimation/fit.ts';
import { fitCommand } from '../../estimation/fit-words.ts';
import type { Estimate, PlanStep } from '../../estimation/index.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import { renderAmount, renderBytes, renderCount } from '../../formats/quantity-text.ts';
import { BAR_WIDTH, contributorsPart, VERDICT_TONE } from './estimate-text.ts';
import type { FitReport } from './fit-command.ts';
import { type Cell, fold, type Paint, renderBar, renderColumns } from './terminal.ts';
import { labelOf, metRows, shareOf, TONE_OF } from './walls-text.ts';

export interface FitTextOptions {
  readonly paint: Paint;
  readonly columns: number;
  readonly isVerbose: boolean;
}

export function renderFit(report: FitReport, options: FitTextOptions): string {
  const parts = [
    wallsPart(report, options),
    verdictPart(report, options),
    report.outcome === 'no-plan' ? contributorsPart(report.fitting.before, options) : '',
    planPart(report, options),
    appliedPart(report, options),
    nextPart(report, options),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

const endOf = ({ fitting, now }: FitReport): Estimate | null => now ?? fitting.after;

function wallsPart(report: FitReport, { paint, isVerbose }: FitTextOptions): string {
  const { before } = report.fitting;
  const end = endOf(report);
  const head = `${paint('strong', 'Walls')}  of ${escapeForTerminal(report.whose)} on ${before.platform.id}\n`;
  const shown = metRows(before.assessment, isVerbose);
  if (shown.length === 0) return `${head}  none that this daemon would meet\n`;
  const last = report.now === null ? 'with the plan' : 'now';
  const titles = ['resource', 'held', 'demand', 'projected', 'wall', '', ...(end === null ? [] : [last])].map(
    (text, column): Cell => ({
      text,
      tone: 'faint',
      ...(column > 0 && column !== 5 ? { align: 'right' as const } : {}),
    }),
  );
  const rows = shown.map((row) => wallRow(row, sameRow(row, end), labelOf(row, shown)));
  return head + renderColumns([titles, ...rows], paint, '  ');
}

const sameRow = ({ projection }: Judged, end: Estimate | null): Judged | null =>
  end?.assessment.rows.find(
    ({ projection: { resource } }) =>
      resource.name === projection.resource.name && resource.scope === projection.resource.scope,
  ) ?? null;

function wallRow({ projection, standing }: Judged, end: Judged | null, label: string): Cell[] {
  const { resource, demand, projected, wall } = projection;
  const amount = (value: number): string => renderAmount(Math.round(value), resource.unit);
  const cells: Cell[] = [
    { text: label },
    { text: renderAmount(resource.held, resource.unit), align: 'right' },
    { text: `+${amount(demand.expected)}`, align: 'right' },
    { text: amount(projected.expected), align: 'right', tone: TONE_OF[standing] },
    { text: wall.value === null ? 'none' : amount(wall.value), align: 'right' },
    { text: wall.value === null ? '' : wall.name, tone: 'faint' },
  ];
  if (end === null) return cells;
  const { projected: reached, ratio } = end.projection;
  const tone = TONE_OF[end.standing];
  return [
    ...cells,
    { text: amount(reached.expected), align: 'right', tone },
    { text: ratio === null ? '' : `${renderBar(ratio, BAR_WIDTH)} ${shareOf(ratio)}`, tone },
  ];
}

function verdictPart(report: FitReport, { paint, columns }: FitTextOptions): string {
  const { before } = report.fitting;
  const end = endOf(report);
  const word = ({ decision }: Estimate): string => paint(VERDICT_TONE[decision.verdict], decision.verdict);
  const words =
    end === null
      ? word(before)
      : `${word(before)}, ${report.now === null ? 'with the plan' : 'now'} ${word(end)}`;
  const sentences = [before, ...(end === null ? [] : [end])].map(
    ({ sentence }) => `${fold('  ', escapeForTerminal(sentence), columns)}\n`,
  );
  return `${paint('strong', 'Verdict')}  ${words}\n${sentences.join('')}`;
}

function planPart({ fitting, outcome }: FitReport, { paint, columns }: FitTextOptions): string {
  if (outcome === 'no-plan') return noPlan(fitting.before, paint);
  const mechanisms = [...new Set(fitting.steps.map(({ mechanism }) => mechanism))];
  return mechanisms.map((each) => mechanismPart(each, fitting.steps, { paint, columns })).join('\n');
}

function mechanismPart(
  mechanism: Mechanism,
  steps: readonly PlanStep[],
  { paint, columns }: Pick<FitTextOptions, 'paint' | 'columns'>,
): string {
  const own = steps.filter((step) => step.mechanism === mechanism);
  const { name, takes, effect, consequence } = mechanism;
  const title = paint('strong', takes === 'folder' ? 'Leave out' : 'Watch no longer');
  const others = (own[0]?.others ?? []).map(
    (other) =>
      `${fold('  or ', `by ${other.name}; effect: ${other.effect}: ${other.consequence}`, columns)}\n`,
  );
  const lines = own.map(stepLines).join('');
  return `${title}  by ${name}; effect: ${effect}\n${lines}${fold('  note: ', consequence, columns)}\n${others.join('')}`;
}

const stepLines = ({ path, bytes, entries, command }: PlanStep): string =>
  `  ${escapeForTerminal(path)} (${renderBytes(bytes)}, ${renderCount(entries)} entries)\n    ${escapeForTerminal(command)}\n`;

const noPlan = (before: Estimate, paint: Paint): string =>
  isCounted(before)
    ? `${paint('strong', 'No plan')}  no choice of folders is enough, or only one of more folders than anybody would name\n`
    : `${paint('strong', 'No plan')}  the count did not end; --full counts to the end\n`;

function appliedPart({ applied }: FitReport, { paint, columns }: FitTextOptions): string {
  if (applied.length === 0) return '';
  return `${paint('strong', 'Applied')}\n${applied.map((each) => appliedLine(each, paint, columns)).join('')}`;
}

function appliedLine({ step, obstacle, note }: Applied, paint: Paint, columns: number): string {
  const word = obstacle === null ? paint('good', 'done') : paint('bad', 'not done');
  const more = obstacle ?? note;
  const path = `  ${word}  ${escapeForTerminal(step.path)}\n`;
  return more === null ? path : `${path}${fold('    ', escapeForTerminal(more), columns)}\n`;
}

function nextPart(report: FitReport, { paint }: FitTextOptions): string {
  const lines = nextLines(report).map((line) => `  ${escapeForTerminal(line)}\n`);
  return lines.length === 0 ? '' : `${paint('strong', 'Next')}\n${lines.join('')}`;
}

function nextLines({ outcome, fitting, request, mode, applied }: FitReport): string[] {
  const command = fitCommand(request, request.trees, request.daemon);
  const [first] = fitting.steps;
  if (outcome === 'unknown') return ['syncguard doctor'];
  if (applied.some(({ obstacle }) => obstacle === null)) return ['syncguard fit --undo    takes it back'];
  if (first === undefined || outcome === 'applied') return [];
  const modeWords = mode === 'leave-out' ? '' : ` --mode ${mode}`;
  const { effect, means } = first.mechanism;
  const allow = effect === 'deletes-local' ? ' --allow-local-delete' : '';
  const canApply = means.kind !== 'printed' && (effect === 'none' || effect === 'deletes-local');
  return [
    ...(canApply ? [`${command}${modeWords} --apply${allow}`] : []),
    ...(fitting.other === null
      ? []
      : [`${command} --mode ${fitting.other}    ${OTHER_WORDS[fitting.other]}`]),
  ];
}

const OTHER_WORDS = {
  degrade: 'keeps all of it in step, watched no longer',
  'leave-out': 'leaves folders out instead',
} as const;

/** What is again as it was, and what is not. */
export function renderUndo(
  taken: readonly TakenBack[],
  { paint, columns }: Pick<FitTextOptions, 'paint' | 'columns'>,
): string {
  const lines = taken.map(({ path, obstacle, downloads }) => {
    const word = obstacle === null ? paint('good', 'as it was') : paint('bad', 'left as it is');
    const more =
      obstacle ??
      (downloads === 0
        ? 'nothing is downloaded again: no file had gone'
        : `${renderCount(downloads)} files and folders are downloaded again`);
    return `  ${word}  ${escapeForTerminal(path)}\n${fold('    ', escapeForTerminal(more), columns)}\n`;
  });
  const isForcible = taken.some(({ obstacle }) => obstacle?.includes('since') === true);
  const next = isForcible
    ? `${paint('strong', 'Next')}\n  syncguard fit --undo --force    restores it over what was changed since\n`
    : '';
  return `${paint('strong', 'Undo')}\n${lines.join('')}${next}`;
}
