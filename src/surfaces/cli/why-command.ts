// `syncguard why`: a guard's last decisions with their inputs, the rule, and what would change them.

import { SyncguardError } from '../../domain/error.ts';
import { type GuardDecisions, guardDecisionsOf } from '../../formats/guard-status.ts';
import type { CommonOptions } from './common-options.ts';
import { askGuard } from './control-client.ts';
import { EXIT } from './exit-code.ts';
import { chooseGuard } from './guard-choice.ts';
import { type FoundGuard, nameOf, readRing } from './guard-place.ts';
import { renderJson } from './json-text.ts';
import { paintFor, type Terminal } from './terminal.ts';
import { renderWhy } from './why-text.ts';

export interface WhyOptions extends CommonOptions {
  readonly last: string;
}

export async function runWhy(
  word: string | undefined,
  options: WhyOptions,
  terminal: Terminal,
): Promise<number> {
  const most = parseCount(options.last);
  const guard = chooseGuard(word, { mayBeGone: true }, terminal);
  const why = await readDecisions(guard, most);
  if (options.json === true) terminal.print(renderJson({ schema: 'syncguard/why/1', ...why }));
  else if (options.quiet !== true)
    terminal.print(
      renderWhy(nameOf(guard), why, { paint: paintFor(terminal, options.color), columns: terminal.columns }),
    );
  return EXIT.ok;
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new SyncguardError(
    'bad-quantity',
    `--last ${text} is not a number from 1 to 9999.`,
    'write it as in --last 20',
  );
}

/** The ring holds the decisions of the guard's whole life; a companion only those it has heard, but readings besides. */
async function readDecisions(
  { directory, manifest, isAlive }: FoundGuard,
  most: number,
): Promise<GuardDecisions> {
  const ring = readRing(directory);
  if (ring.length > 0 || !isAlive) return guardDecisionsOf(manifest, ring, { isAlive, most });
  const reply = await askGuard(directory, { command: 'why' });
  const heard = reply.ok && reply.value.ok ? reply.value.decisions : undefined;
  return heard === undefined
    ? guardDecisionsOf(manifest, [], { isAlive, most })
    : { ...heard, decisions: heard.decisions.slice(-most) };
}
