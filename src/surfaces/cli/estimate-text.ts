// `syncguard estimate` for people: the census, the costs, every wall with a bar, the verdict, the folders.

import { type Census, entriesOf } from '../../domain/census.ts';
import type { Costs } from '../../domain/costs.ts';
import type { Range } from '../../domain/units.ts';
import type { Judged, Verdict } from '../../domain/verdict.ts';
import type { CountedTree, Estimate } from '../../estimation/index.ts';
import { percentOf } from '../../estimation/sentence.ts';
import { sumCosts } from '../../estimation/tree-load.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import { renderAmount, renderBytes, renderCount } from '../../formats/quantity-text.ts';
import { type Cell, fold, type Paint, renderBar, renderColumns, type Tone } from './terminal.ts';
import { labelOf, metRows, shareOf, TONE_OF } from './walls-text.ts';

export interface TextOptions {
  readonly paint: Paint;
  readonly columns: number;
  /** In words: whose walls. */
  readonly subject: string;
  readonly isVerbose: boolean;
}

export const BAR_WIDTH = 16;

export function renderEstimate(estimate: Estimate, options: TextOptions): string {
  const parts = [
    treesPart(estimate, options),
    costsPart(estimate, options),
    wallsPart(estimate, options),
    verdictPart(estimate, options),
    contributorsPart(estimate, options),
    planPart(estimate, options),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function treesPart({ trees, profiles }: Estimate, { paint }: TextOptions): string {
  const titles = profiles.map(({ title, verified }) => (verified === 'any' ? title : `${title} ${verified}`));
  const ids = profiles.map(({ id }) => id).join(', ');
  const title = `${paint('strong', 'Tree')}  as ${titles.join(' and ')} would load it (profile ${ids})\n`;
  return title + renderColumns(trees.map(treeRow), paint, '  ');
}

function treeRow({ path, label, filesystem, census }: CountedTree): Cell[] {
  const kinds = [
    `${renderCount(census.files)} files`,
    `${renderCount(census.directories)} directories`,
    ...(census.onlyWatchedDirectories > 0
      ? [`of them ${renderCount(census.onlyWatchedDirectories)} watched though ignored`]
      : []),
    ...(census.symlinks > 0 ? [`${renderCount(census.symlinks)} symlinks`] : []),
    ...(census.other > 0 ? [`${renderCount(census.other)} other`] : []),
    ...(census.excludedDirectories > 0 ? [`${renderCount(census.excludedDirectories)} folders ignored`] : []),
  ];
  const named = label === null || label === path ? path : `${path} (${label})`;
  return [
    { text: escapeForTerminal(named) },
    { text: filesystem.type },
    { text: kinds.join(', ') },
    { text: countedIn(census), tone: 'faint' },
  ];
}

const countedIn = ({ engine, elapsedMs, complete }: Census): string =>
  engine === 'expected'
    ? 'as expected, not counted'
    : `${complete ? '' : 'in part, '}${Math.round(elapsedMs)} ms by ${engine}`;

const COST_ROWS: readonly { readonly key: keyof Costs; readonly what: string }[] = [
  { key: 'walked', what: 'to list it: directories only' },
  { key: 'touched', what: 'to look at every entry once; reclaim can take it back' },
  { key: 'pinned', what: 'to watch it; stays as long as the daemon' },
  { key: 'pageCache', what: 'page cache beside it, reclaimable' },
];

function costsPart({ trees, constants, load, rule }: Estimate, { paint }: TextOptions): string {
  if (trees.length === 0) return '';
  const { source, errorPercent, kernelRelease, architecture } = constants;
  const costs = sumCosts(trees.map((tree) => tree.costs));
  const sizes = `object sizes from ${source} (error ${errorPercent}%), kernel ${kernelRelease} ${architecture}`;
  const head = `${paint('strong', 'Cost')}  in kernel memory; ${rule ?? sizes}\n`;
  const rows = COST_ROWS.map(({ key, what }) =>
    costRow(key === 'pageCache' ? 'page cache' : key, costs[key], what),
  );
  const daemon = costRow('daemon', load.anonymousBytes, "the daemon's own memory");
  return head + renderColumns([...rows, daemon], paint, '  ');
}

const costRow = (name: string, range: Range, what: string): Cell[] => [
  { text: name },
  { text: renderBytes(Math.round(range.expected)), align: 'right' },
  { text: spread(range), tone: 'faint' },
  { text: what, tone: 'faint' },
];

const spread = ({ low, high }: Range): string =>
  renderBytes(Math.round(low)) === renderBytes(Math.round(high))
    ? ''
    : `${renderBytes(Math.round(low))} .. ${renderBytes(Math.round(high))}`;

function wallsPart({ assessment, platform }: Estimate, { paint, subject, isVerbose }: TextOptions): string {
  const head = `${paint('strong', 'Walls')}  of ${escapeForTerminal(subject)} on ${platform.id}${platform.container === null ? '' : ` (${platform.container})`}\n`;
  const shown = metRows(assessment, isVerbose);
  if (shown.length === 0) return `${head}  none that this daemon would meet\n`;
  const titles = ['resource', 'held', 'demand', 'projected', 'wall', ''].map(
    (text, column): Cell => ({
      text,
      tone: 'faint',
      ...(column > 0 && column < 5 ? { align: 'right' as const } : {}),
    }),
  );
  return (
    head + renderColumns([titles, ...shown.map((row) => wallRow(row, labelOf(row, shown)))], paint, '  ')
  );
}

function wallRow({ projection, standing }: Judged, label: string): Cell[] {
  const { resource, demand, projected, wall, ratio } = projection;
  const amount = (value: number): string => renderAmount(Math.round(value), resource.unit);
  const tone = TONE_OF[standing];
  return [
    { text: label },
    { text: renderAmount(resource.held, resource.unit), align: 'right' },
    { text: `+${amount(demand.expected)}`, align: 'right' },
    { text: amount(projected.expected), align: 'right', tone },
    { text: wall.value === null ? 'none' : amount(wall.value), align: 'right' },
    { text: wall.value === null ? '' : wall.name, tone: 'faint' },
    { text: ratio === null ? '' : `${renderBar(ratio, BAR_WIDTH)} ${shareOf(ratio)}`, tone },
  ];
}

export const VERDICT_TONE: Readonly<Record<Verdict, Tone>> = {
  admit: 'good',
  throttle: 'warn',
  unknown: 'warn',
  refuse: 'bad',
};

function verdictPart(
  { decision, sentence, because, hint }: Estimate,
  { paint, columns }: TextOptions,
): string {
  const word = paint(VERDICT_TONE[decision.verdict], decision.verdict);
  const reasons = because.filter((reason) => !sentence.includes(reason));
  const lines = reasons.map((reason) => `${fold('  - ', escapeForTerminal(reason), columns)}\n`);
  const next = hint === '' ? '' : `  next: ${escapeForTerminal(hint)}\n`;
  return `${paint('strong', 'Verdict')}  ${word}\n${fold('  ', escapeForTerminal(sentence), columns)}\n${lines.join('')}${next}`;
}

export function contributorsPart(
  { contributors, trees }: Estimate,
  { paint }: Pick<TextOptions, 'paint'>,
): string {
  if (contributors.length === 0) return '';
  const total = trees.reduce((sum, { census }) => sum + entriesOf(census), 0);
  const rows = contributors.map(({ path, entries, directories, bytes, share }): Cell[] => [
    { text: percentOf(share), align: 'right' },
    { text: renderBytes(bytes), align: 'right' },
    { text: escapeForTerminal(path) },
    {
      text: `${renderCount(entries)} entries, ${renderCount(directories)} of them directories`,
      tone: 'faint',
    },
  ]);
  return `${paint('strong', 'Costs most')}  of ${renderCount(total)} entries\n${renderColumns(rows, paint, '  ')}`;
}

function planPart({ plan, decision, trees }: Estimate, { paint, columns }: TextOptions): string {
  if (decision.verdict !== 'refuse' || decision.reason === 'root-vanished' || trees.length === 0) return '';
  const head = `${paint('strong', 'Leave out')}  `;
  if (plan === null) return `${head}no choice of folders is enough\n`;
  const [first] = plan;
  if (first === undefined) return '';
  const steps = plan.map(
    ({ path, bytes, command }) =>
      `  ${escapeForTerminal(path)} (${renderBytes(bytes)})\n    ${escapeForTerminal(command)}\n`,
  );
  const { name, effect, consequence } = first.mechanism;
  return `${head}by ${name}; effect: ${effect}\n${steps.join('')}${fold('  note: ', consequence, columns)}\n`;
}
