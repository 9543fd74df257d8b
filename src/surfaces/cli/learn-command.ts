// `syncguard learn -- COMMAND`: what a daemon does to a tree, measured, as a profile of the configuration.

import { basename, dirname, resolve } from 'node:path';
import { replaceForeignFile } from '../../actuators/foreign-file.ts';
import { EXIT_CODE_OF, SyncguardError } from '../../domain/error.ts';
import type { DaemonHeld } from '../../domain/measured-daemon.ts';
import type { Profile } from '../../domain/profile.ts';
import type { EstimateRequest } from '../../estimation/index.ts';
import { escapeForTerminal, quoteForShell } from '../../formats/name-text.ts';
import { renderBytes, renderCount } from '../../formats/quantity-text.ts';
import { type Learned, learn } from '../../learning/index.ts';
import { GENERIC, PROCESS, unwrapCommand } from '../../profiles/index.ts';
import { EXIT } from './exit-code.ts';
import { interruptions } from './interruption.ts';
import { judgingRequest } from './judging-request.ts';
import { checkLearning, commandOf, type LearnOptions, parseFor } from './learn-options.ts';
import { renderLearnedJson } from './learned-json.ts';
import { type NamedLearned, renderTable } from './learned-table.ts';
import { renderLearned } from './learned-text.ts';
import { lineOn } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** A first scan of some hundred thousand files on a slow disk; who has more says how long. */
const MOST_MS = 600_000;

/** 0 when something was learned, 128 + n after a signal. */
export async function runLearn(
  words: readonly string[],
  options: LearnOptions,
  terminal: Terminal,
): Promise<number> {
  checkLearning(words, options);
  const asked = {
    estimate: estimateOf(options, terminal),
    trees: options.tree,
    command: commandOf(words, options, terminal),
  };
  const forMs = parseFor(options.for);
  const isHeard = options.quiet !== true;
  const interruption = interruptions();
  const line = lineOn(terminal, !isHeard);
  try {
    const found = await learn({
      ...asked,
      measure: { forMs, mostMs: MOST_MS, isHeard, interruption: interruption.signal },
      onProfile: (profile) => warn(profile, terminal),
      onReading: (tree, held, elapsedMs) => line.draw(() => readingText(tree, held, elapsedMs)),
    });
    line.clear();
    if (!found.ok) throw found.error;
    if (found.value === null) return interruption.status ?? EXIT_CODE_OF.internal;
    tell(named(found.value, words, options), { words, options, terminal });
    return EXIT.ok;
  } finally {
    interruption.end();
  }
}

/** Of a daemon that no end of ours may meet in mid-run. */
function warn({ id, stop }: Profile, terminal: Terminal): void {
  if (stop.termSafe !== false) return;
  const after = stop.recover === undefined ? '' : `; after Ctrl-C, ${stop.recover}`;
  terminal.complain(`syncguard: ${id} is harmed by TERM, so its own end is waited for${after}\n`);
}

/** What estimate would be asked of the same tree. */
function estimateOf(options: LearnOptions, terminal: Terminal): EstimateRequest {
  const { tree: _, for: __, ...common } = options;
  const judging = {
    ...common,
    exclude: [],
    ignores: true,
    keep: [],
    barrier: [],
    require: [],
    top: '0',
    full: true,
  };
  const progress = { show: () => {}, clear: () => {} };
  return judgingRequest([], judging, { terminal, progress }).request;
}

/** A daemon nobody has described gets a profile of its program's name. */
function named(learned: Learned, words: readonly string[], { name }: LearnOptions): NamedLearned {
  const program = basename(unwrapCommand(words)[0] ?? '');
  const { id } = learned.profile;
  const isDescribed = id !== GENERIC.id && id !== PROCESS.id;
  const own = isDescribed ? id : program.replaceAll(/[^A-Za-z0-9_-]/g, '-');
  return { ...learned, name: name ?? own, program, date: new Date().toISOString().slice(0, DATE_LENGTH) };
}

const DATE_LENGTH = '2026-11-25'.length;

const readingText = (tree: string | null, held: DaemonHeld, elapsedMs: number): string =>
  `${tree ?? 'its own trees'}, ${Math.round(elapsedMs / 1000)} s: ${renderBytes(held.anonymousBytes)}, ${renderCount(held.watches ?? 0)} watches, ${renderCount(held.tasks)} tasks`;

interface Telling {
  readonly words: readonly string[];
  readonly options: LearnOptions;
  readonly terminal: Terminal;
}

/** The table on standard output with what was seen as a comment; into a file, and what was seen on standard output. */
function tell(named: NamedLearned, { words, options, terminal }: Telling): void {
  const lines = renderLearned(named, terminal.columns - COMMENT.length);
  const command = words.map(quoteForShell).join(' ');
  const heading = `Learned ${named.date} by syncguard learn -- ${command}`;
  const comment = [heading, ...lines].map((each) => `${COMMENT}${each}`.trimEnd()).join('\n');
  const text = `${escapeLines(comment)}\n${renderTable(named)}`;
  if (options.output !== undefined) write(options.output, text);
  if (options.json === true) terminal.print(renderLearnedJson(named));
  else if (options.output === undefined) terminal.print(text);
  else if (options.quiet !== true)
    terminal.print(
      `${escapeLines(lines.join('\n'))}\n${escapeForTerminal(options.output)}: written. It holds in ${CONFIGURATION}, and for once with --config.\n`,
    );
}

const COMMENT = '# ';
const CONFIGURATION = '/etc/syncguard/conf.d/ or ~/.config/syncguard/conf.d/';

/** TOML takes no control characters in a comment, and a terminal would obey them. */
const escapeLines = (text: string): string => text.split('\n').map(escapeForTerminal).join('\n');

function write(file: string, text: string): void {
  const written = replaceForeignFile(resolve(file), Buffer.from(text));
  if (!written.ok)
    throw new SyncguardError(
      'io',
      `${file} could not be written (${written.error}).`,
      `ls -ld ${quoteForShell(dirname(resolve(file)))}`,
    );
}
