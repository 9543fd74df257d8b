// What was seen, for people: beside what had been projected, how it ended, and what could not be told.

import type { DaemonEnd, LearnedPoint, MeasuredDaemon } from '../../domain/measured-daemon.ts';
import { renderBytes, renderCount } from '../../formats/quantity-text.ts';
import type { Learned } from '../../learning/index.ts';
import { renderSize } from './learned-table.ts';
import { type Cell, fold, renderColumns } from './terminal.ts';

/** Lines without colour: they are also the comment above what is written. */
export function renderLearned({ profile, points, learned }: Learned, columns: number): string[] {
  const bullets = (texts: readonly string[]): string[] =>
    texts.flatMap((text) => fold('- ', text, columns).split('\n'));
  return [
    `Projected by the profile ${profile.id}, and measured:`,
    ...points.flatMap((point) => [...pointLines(point), ...bullets(factsOf(point))]),
    ...(learned.untold.length === 0 ? [] : ['Not told:', ...bullets(learned.untold)]),
  ];
}

function pointLines(point: LearnedPoint): string[] {
  const { trees, measured, projected } = point;
  const { peak } = measured;
  const rows: Cell[][] = [
    HEADINGS,
    row('watches', projected.watches, peak.watches, renderCount),
    row('kernel memory, peak', projected.kernelPeakBytes, measured.kernelPeakBytes, renderBytes),
    row('kernel memory, pinned', projected.kernelLeftBytes, measured.kernelLeftBytes, renderBytes),
    row('anonymous memory', projected.anonymousBytes, peak.anonymousBytes, renderBytes),
    row('tasks', projected.tasks, peak.tasks, renderCount),
  ];
  const where = trees.length === 0 ? 'no tree' : trees.join(', ');
  return [
    `${where}: ${renderSize(point)}`,
    ...renderColumns(rows, (_, text) => text, '  ')
      .trimEnd()
      .split('\n'),
  ];
}

const HEADINGS: Cell[] = ['', 'projected', 'measured', 'off by'].map((text) => ({ text, align: 'right' }));

function row(
  what: string,
  projected: number,
  measured: number | null,
  render: (value: number) => string,
): Cell[] {
  return [
    { text: what },
    { text: render(Math.round(projected)), align: 'right' },
    { text: measured === null ? 'not known' : render(Math.round(measured)), align: 'right' },
    { text: deviationText(projected, measured), align: 'right' },
  ];
}

/** How far what was projected is from what was measured. */
function deviationText(projected: number, measured: number | null): string {
  if (measured === null) return '';
  if (Math.round(projected) === Math.round(measured)) return 'the same';
  if (measured === 0) return '-';
  const percent = (projected / measured - 1) * 100;
  return `${percent >= 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;

const OVER: Readonly<Record<MeasuredDaemon['over'], string>> = {
  settled: 'measured until nothing changed any more',
  ended: 'measured until it ended by itself',
  time: 'measured as long as was asked',
  limit: 'measured until the limit, and it had not settled: its figures may still have grown',
};

function factsOf({ measured }: LearnedPoint): string[] {
  const { peak, over, tookMs, end, gaps } = measured;
  return [
    `${OVER[over]}, ${seconds(tookMs)}`,
    `${processesOf(measured)}, at most ${renderCount(peak.tasks)} ${peak.tasks === 1 ? 'task' : 'tasks'}`,
    endOf(end),
    ...gaps.map(({ source, detail }) => `not known: ${source}: ${detail}`),
  ];
}

function processesOf({ peak, groups, hasForkedAway }: MeasuredDaemon): string {
  const count = peak.processes === 1 ? 'one process' : `${peak.processes} processes at once`;
  const apart = groups > 1 ? ` in ${groups} process groups` : '';
  return `${count}${apart}${hasForkedAway ? '; the one that was started ended, and others went on' : ''}`;
}

function endOf({ by, status, signal, tookMs, orphans }: DaemonEnd): string {
  const how = signal === null ? `with status ${status}` : `by ${signal}`;
  if (by === 'itself') return `ended by itself ${how}`;
  const left = orphans === 0 ? 'nothing of it was left' : `${orphans} of its processes outlived it`;
  const after = `after ${seconds(tookMs)}`;
  return by === 'TERM'
    ? `TERM ended it ${how} ${after}; ${left}`
    : `TERM was not enough: KILL ended it ${after}; ${left}`;
}
