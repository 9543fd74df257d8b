// The options that ask for a judgement, as estimate and fit take them, and the request they make.

import { readBrakeCapability } from '../../actuators/brake.ts';
import { SyncguardError } from '../../domain/error.ts';
import type { ExpectedCounts } from '../../domain/expected-census.ts';
import type { Amounts } from '../../domain/projection.ts';
import type { Settings } from '../../domain/settings.ts';
import type { EstimateRequest } from '../../estimation/index.ts';
import { stateDirectory } from '../../settings/places.ts';
import { configuredAmounts, parseAmounts } from './amount-option.ts';
import { type CommonOptions, parsePlatform, settingsOf } from './common-options.ts';
import type { Progress } from './progress.ts';
import { readSavedTable } from './saved-table.ts';
import { parseSubject } from './subject-option.ts';
import type { Terminal } from './terminal.ts';

export interface JudgingOptions extends CommonOptions {
  readonly daemon?: string;
  readonly for?: string;
  readonly exclude: readonly string[];
  readonly ignores: boolean;
  readonly keep: readonly string[];
  readonly expect?: string;
  readonly barrier: readonly string[];
  readonly require: readonly string[];
  readonly beancounters?: string;
  readonly top: string;
  readonly full?: boolean;
}

/** The request, and in words whose walls it asks for. */
export interface NamedRequest {
  readonly request: EstimateRequest;
  readonly whose: string;
}

export function judgingRequest(
  trees: readonly string[],
  options: JudgingOptions,
  { terminal, progress }: { readonly terminal: Terminal; readonly progress: Progress },
): NamedRequest {
  const { subject, words } = parseSubject(options.for, options.sysroot ?? '');
  const whose = options.beancounters === undefined ? words : `the container in ${options.beancounters}`;
  const request = { ...requestOf(trees, options, terminal), subject, onProgress: progress.show };
  return { request, whose };
}

function requestOf(
  trees: readonly string[],
  options: JudgingOptions,
  terminal: Terminal,
): Omit<EstimateRequest, 'subject' | 'onProgress'> {
  const settings = settingsOf(options, terminal);
  const { environment, home } = terminal;
  return {
    trees,
    daemon: options.daemon ?? null,
    command: [],
    excludes: options.exclude,
    keeps: [...settings.keep, ...options.keep],
    supposed: null,
    usesIgnores: options.ignores,
    expected: options.expect === undefined ? null : parseExpect(options.expect),
    required: amountsOver(settings.require, parseAmounts('--require', options.require)),
    walls: amountsOver(settings.barriers, parseAmounts('--barrier', options.barrier)),
    beancounters: options.beancounters === undefined ? null : readSavedTable(options.beancounters),
    purpose: 'people',
    isFull: options.full === true,
    sysroot: options.sysroot ?? '',
    platform: parsePlatform(options.platform),
    settings,
    configFile: options.config ?? null,
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

/** Those of the configuration, then those that were typed. */
const amountsOver = (said: Settings['barriers'], typed: Amounts): Amounts =>
  new Map([...configuredAmounts(said), ...typed]);
