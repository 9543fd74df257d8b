// The numbers of one profile as lines: value, error, evidence, and on what each stands.

import type { Figure } from '../../domain/profile.ts';
import { renderBytes, renderCount } from '../../formats/quantity-text.ts';
import type { KnownProfile } from './profiles-known.ts';
import { type Cell, fold, renderColumns } from './terminal.ts';

interface NumberRow {
  readonly name: string;
  readonly value: string;
  readonly error: string;
  readonly evidence: string;
  readonly source: string;
}

/** Aligned, and the source folded behind them. */
export function renderNumbers(known: KnownProfile, columns: number): string {
  const rows = numberRows(known);
  const cells = rows.map(({ name, value, error, evidence }): Cell[] => [
    { text: name },
    { text: value, align: 'right' },
    { text: error, align: 'right' },
    { text: evidence },
    // Keeps the blanks behind a short word, so that every source begins in one column.
    { text: '|' },
  ]);
  const heads = renderColumns(cells, (_, text) => text, '  ').split('\n');
  return rows
    .map(({ source }, index) => `${fold((heads[index] ?? '').slice(0, -1), source, columns)}\n`)
    .join('');
}

function numberRows({
  profile: { cost },
  touchedPerFileBytes,
  pinnedPerDirectoryBytes,
}: KnownProfile): NumberRow[] {
  return [
    figureRow('memory, empty', cost.rssBaseBytes, bytes),
    figureRow('memory a file', cost.rssPerFileBytes, bytes),
    figureRow('memory a folder', cost.rssPerDirectoryBytes, bytes),
    kernelRow('kernel, a file', touchedPerFileBytes, 'looked at once; reclaimable'),
    kernelRow('kernel, a folder', pinnedPerDirectoryBytes, 'watched; stays as long as the daemon'),
    figureRow('tasks', cost.tasks, renderCount),
    figureRow('open files', cost.openFiles, renderCount),
    figureRow('index a file', cost.indexPerFileBytes, bytes),
  ];
}

const bytes = (value: number): string => renderBytes(Math.round(value));

const figureRow = (name: string, figure: Figure, render: (value: number) => string): NumberRow => ({
  name,
  value: figure.value === 0 ? '-' : render(figure.value),
  error: figure.errorPercent === 0 ? '' : `${figure.errorPercent}%`,
  evidence: figure.evidence,
  source: figure.source,
});

const kernelRow = (name: string, value: number, source: string): NumberRow => ({
  name,
  value: value === 0 ? '-' : bytes(value),
  error: '',
  evidence: 'computed',
  source: value === 0 ? 'none' : source,
});
