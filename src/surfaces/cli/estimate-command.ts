// `syncguard estimate [TREE...]`: options to request, estimate to text or JSON, verdict to exit status.

import { readBrakeCapability } from '../../actuators/brake.ts';
import { SyncguardError } from '../../domain/error.ts';
import type { ExpectedCounts } from '../../domain/expected-census.ts';
import type { Amounts } from '../../domain/projection.ts';
import type { Settings } from '../../domain/settings.ts';
import { type Estimate, type EstimateRequest, estimate } from '../../estimation/index.ts';
import { monotonicMs } from '../../kernel/clock.ts';
import { stateDirectory } from '../../settings/places.ts';
import { configuredAmounts, parseAmounts } from './amount-option.ts';
import { type CommonOptions, parsePlatform, settingsOf } from './common-options.ts';
import { renderEstimateJson } from './estimate-json.ts';
import { renderEstimate } from './estimate-text.ts';
import { EXIT, EXIT_OF_VERDICT } from './exit-code.ts';
import { progressOn } from './progress.ts';
import { readSavedTable } from './saved-table.ts';
import { parseSubject } from './subject-option.ts';
import { paintFor, type Terminal } from './terminal.ts';

export interface EstimateOptions extends CommonOptions {
  readonly daemon?: string;
  readonly for?: string;
  readonly exclude: readonly string[];
  readonly ignores: boolean;
  readonly expect?: string;
  readonly barrier: readonly string[];
  readonly require: readonly string[];
  readonly beancounters?: string;
  readonly top: string;
  readonly full?: boolean;
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
  const { subject, words } = parseSubject(options.for, options.sysroot ?? '');
  const whose = options.beancounters === undefined ? words : `the container in ${options.beancounters}`;
  const found = await estimate({
    ...requestOf(trees, options, terminal),
    subject,
    onProgress: progress.show,
  });
  progress.clear();
  if (!found.ok) throw found.error;
  print(found.value, whose, options, terminal);
  if (options.timing === true) terminal.complain(timingLine(found.value, startedAt));
  return exitCodeOf(found.value, options.strict === true);
}

function requestOf(
  trees: readonly string[],
  options: EstimateOptions,
  terminal: Terminal,
): Omit<EstimateRequest, 'subject' | 'onProgress'> {
  const settings = settingsOf(options, terminal);
  const { environment, home } = terminal;
  return {
    trees,
    daemon: options.daemon ?? null,
    command: [],
    excludes: options.exclude,
    usesIgnores: options.ignores,
    expected: options.expect === undefined ? null : parseExpect(options.expect),
    required: parseAmounts('--require', options.require),
    walls: wallsOf(settings, parseAmounts('--barrier', options.barrier)),
    beancounters: options.beancounters === undefined ? null : readSavedTable(options.beancounters),
    purpose: options.gate === true ? 'gate' : 'people',
    isFull: options.full === true,
    sysroot: options.sysroot ?? '',
    platform: parsePlatform(options.platform),
    settings,
    policy: settings,
    brake: readBrakeCapability(options.sysroot ?? ''),
    memories: [],
    top: parseTop(options.top),
    environment,
    home,
    cacheDirectory:
      options.sysroot === undefined
        ? stateDirectory({ environment, home, isRoot: process.getuid?.() === 0 })
        : null,
  };
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

const EXPECT = /^(files|directories)=(\d{1,12})$/;

function parseExpect(text: string): ExpectedCounts {
  const parts = text.split(',').map((part) => EXPECT.exec(part));
  const counts = new Map(parts.map((part) => [part?.[1], Number(part?.[2])]));
  if (parts.includes(null) || !counts.has('files')) {
    throw new SyncguardError(
      'usage',
      `--expect ${text} is not a count.`,
      'write it as in --expect files=120000,directories=9000',
    );
  }
  return { files: counts.get('files') ?? 0, directories: Math.max(1, counts.get('directories') ?? 1) };
}

function parseTop(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new SyncguardError(
    'usage',
    `--top ${text} is not a whole number from 0 to 9999.`,
    'write it as in --top 10',
  );
}

/** Our own walls of the configuration, then those of a what-if. */
const wallsOf = ({ barriers }: Settings, whatIf: Amounts): Amounts =>
  new Map([...configuredAmounts(barriers), ...whatIf]);

/** Milliseconds since the process began, by part. */
function timingLine({ trees }: Estimate, startedAt: number): string {
  const censusMs = trees.reduce((sum, { census }) => sum + census.elapsedMs, 0);
  const totalMs = monotonicMs();
  const loadMs = startedAt;
  const restMs = totalMs - loadMs - censusMs;
  const part = (name: string, ms: number): string => `${name} ${ms.toFixed(1)} ms`;
  return `timing: ${[part('start and load', loadMs), part('census', censusMs), part('kernel and judgement', restMs), part('in all', totalMs)].join(', ')}\n`;
}
