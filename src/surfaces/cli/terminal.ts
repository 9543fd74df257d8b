// What a command sees of the world it prints to, and how text looks there.

import { styleText } from 'node:util';

export { fold } from '../../formats/folded-text.ts';

/** Streams, environment and shape of the terminal, as a port: tests hand in their own. */
export interface Terminal {
  print(text: string): void;
  complain(text: string): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly isOutputTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** At most 100: longer lines are not read, they are searched. */
  readonly columns: number;
}

export type ColorChoice = 'auto' | 'always' | 'never';
export const COLOR_CHOICES: readonly ColorChoice[] = ['auto', 'always', 'never'];

export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'warn' | 'bad';
export type Paint = (tone: Tone, text: string) => string;

const FORMAT_OF = { strong: 'bold', faint: 'dim', good: 'green', warn: 'yellow', bad: 'red' } as const;

/** --color, then NO_COLOR (no-color.org: any non-empty value), FORCE_COLOR, TERM=dumb, then whether it is a terminal. */
export function paintFor(terminal: Terminal, choice: ColorChoice): Paint {
  const isColored = choice === 'always' || (choice === 'auto' && wantsColor(terminal));
  return (tone, text) =>
    isColored && tone !== 'plain' ? styleText(FORMAT_OF[tone], text, { validateStream: false }) : text;
}

function wantsColor({ environment, isOutputTerminal }: Terminal): boolean {
  if (environment['NO_COLOR']) return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  return isOutputTerminal && environment['TERM'] !== 'dumb';
}

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  /** Default: left. */
  readonly align?: 'right';
}

/** Rows of cells as aligned lines, two spaces between columns, nothing behind the last. */
export function renderColumns(rows: readonly (readonly Cell[])[], paint: Paint, indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, { text }] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, text.length);
  }
  const line = (row: readonly Cell[]): string =>
    row
      .map((cell, column) =>
        paintCell(cell, column === row.length - 1 ? 0 : (widths[column] ?? 0), widths[column] ?? 0, paint),
      )
      .join('  ');
  return rows.map((row) => `${indent}${line(row).trimEnd()}\n`).join('');
}

function paintCell(
  { text, tone = 'plain', align }: Cell,
  leftWidth: number,
  width: number,
  paint: Paint,
): string {
  const space = ' '.repeat(Math.max(0, (align === 'right' ? width : leftWidth) - text.length));
  return align === 'right' ? space + paint(tone, text) : paint(tone, text) + space;
}

/** A share of a wall as a bar of `width` characters; over the wall it is full and ends in `>`. */
export function renderBar(share: number, width: number): string {
  const filled = Math.max(0, Math.min(width, Math.round(share * width)));
  return share > 1 ? `${'#'.repeat(width - 1)}>` : '#'.repeat(filled) + '.'.repeat(width - filled);
}
