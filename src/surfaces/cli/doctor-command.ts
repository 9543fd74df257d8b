// `syncguard doctor`: each check with what was seen, what it means, and the command that mends it.

import { escapeForTerminal } from '../../formats/name-text.ts';
import type { CommonOptions } from './common-options.ts';
import type { Check, CheckStatus } from './doctor-check.ts';
import { runChecks } from './doctor-checks.ts';
import { EXIT } from './exit-code.ts';
import { renderJson } from './json-text.ts';
import { fold, type Paint, paintFor, type Terminal, type Tone } from './terminal.ts';

/** 0 all well, 1 something is lost, 2 something it cannot do without. */
const EXIT_OF: Readonly<Record<CheckStatus, number>> = { ok: EXIT.ok, warn: EXIT.warned, fail: EXIT.failed };
const TONE_OF: Readonly<Record<CheckStatus, Tone>> = { ok: 'good', warn: 'warn', fail: 'bad' };

export interface DoctorOptions extends CommonOptions {
  readonly bundle?: string;
}

export async function runDoctor(options: DoctorOptions, terminal: Terminal): Promise<number> {
  if (options.bundle !== undefined)
    await (await import('./doctor-bundle.ts')).bundleMachine(options.bundle, options, terminal);
  const checks = runChecks(options, terminal);
  if (options.json === true) terminal.print(renderJson({ schema: 'syncguard/doctor/1', checks }));
  else if (options.quiet !== true)
    terminal.print(renderChecks(checks, paintFor(terminal, options.color), terminal.columns));
  return Math.max(...checks.map(({ status }) => EXIT_OF[status]));
}

const renderChecks = (checks: readonly Check[], paint: Paint, columns: number): string =>
  checks.map((check) => renderCheck(check, paint, columns)).join('');

const NAME_WIDTH = 10;

function renderCheck({ name, status, seen, meaning, command }: Check, paint: Paint, columns: number): string {
  const label = `${status.padEnd(6)}${name.padEnd(NAME_WIDTH)}  `;
  const indent = ' '.repeat(label.length);
  const head = fold(label, escapeForTerminal(seen), columns);
  const lines = [paint(TONE_OF[status], head.slice(0, status.length)) + head.slice(status.length)];
  if (meaning !== '') lines.push(fold(indent, escapeForTerminal(meaning), columns));
  if (command !== '') lines.push(`${indent}mend: ${escapeForTerminal(command)}`);
  return `${lines.join('\n')}\n`;
}
