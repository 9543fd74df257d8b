// Every option of `run`, one line each: its default and how its value is read. What --help says of it is in help.ts.

import { PLATFORM_IDS } from '../domain/platform.ts';
import { RESOURCE_NAMES, type ResourceName, unitOf } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { DEFAULT_SETTINGS } from '../domain/settings.ts';
import { parseCronExpression } from '../formats/cron-expression.ts';
import { nearestWord } from '../formats/nearest-word.ts';
import { parseAmount, parseDuration, parsePercent } from '../formats/quantity-text.ts';
import { parseRestartCondition } from '../formats/restart-condition.ts';
import type { RunSettings } from '../formats/run-settings.ts';
import type { AttachTarget } from './attach-options.ts';

/** As given; and of RunSettings, once the gate has read the files, as it says. */
export interface RunOptions extends RunSettings {
  readonly trees: readonly string[];
  readonly daemon: string | null;
  readonly excludes: readonly string[];
  readonly config: string | null;
  readonly sysroot: string | null;
  readonly platform: string | null;
  readonly isDryRun: boolean;
  /** null: of `run`. */
  readonly target: AttachTarget | null;
  readonly verbosity: 'quiet' | 'normal' | 'verbose';
  /** What of all this is a setting, as typed, by its dotted name: over every file. */
  readonly flags: Readonly<Record<string, string>>;
}

const { restart, ...settings } = DEFAULT_SETTINGS;

export const DEFAULT_OPTIONS: RunOptions = {
  trees: [],
  daemon: null,
  excludes: [],
  config: null,
  sysroot: null,
  platform: null,
  isDryRun: false,
  target: null,
  verbosity: 'normal',
  flags: {},
  onRefuse: settings.onRefuse,
  onUnknown: settings.onUnknown,
  gateTimeoutMs: settings.gateTimeoutMs,
  leaseMs: settings.leaseMs,
  restart: restart.policy,
  companion: settings.companion,
  preservesStatus: settings.preservesStatus,
  passesNotify: settings.passesNotify,
  isScheduled: restart.at !== null,
  alertWaitMs: 0,
};

type Change = Partial<RunOptions>;

/** Options without a value. */
export const SWITCHES: Readonly<Record<string, Change>> = {
  '--dry-run': { isDryRun: true },
  '--preserve-status': { preservesStatus: true },
  '--pass-notify': { passesNotify: true },
  '--quiet': { verbosity: 'quiet' },
  '-q': { verbosity: 'quiet' },
  '--verbose': { verbosity: 'verbose' },
  '-v': { verbosity: 'verbose' },
};

export type Setter = (value: string, options: RunOptions) => Result<Change, string>;

export const ON_REFUSE = ['exit', 'wait', 'degrade', 'start'] as const;
export const ON_UNKNOWN = ['start', 'refuse'] as const;
export const RESTART = ['never', 'on-failure', 'always'] as const;
export const COMPANION = ['auto', 'on', 'off'] as const;
export const COLOR = ['auto', 'always', 'never'] as const;

/** Options with a value, as `--name value` or `--name=value`; the error is a clause after the option's name. */
export const VALUED: Readonly<Record<string, Setter>> = {
  '--tree': (value, { trees }) => success({ trees: [...trees, value] }),
  '--daemon': (value) => success({ daemon: value }),
  '--require': (value) => changed(parseSetting(value), () => ({})),
  '--barrier': (value) => changed(parseSetting(value), () => ({})),
  '--exclude': (value, { excludes }) => success({ excludes: [...excludes, value] }),
  '--on-refuse': (value) => changed(parseWord(value, ON_REFUSE), (onRefuse) => ({ onRefuse })),
  '--on-unknown': (value) => changed(parseWord(value, ON_UNKNOWN), (onUnknown) => ({ onUnknown })),
  '--gate-timeout': (value) => changed(parseTimeout(value), (gateTimeoutMs) => ({ gateTimeoutMs })),
  '--config': (value) => success({ config: value }),
  '--sysroot': (value) => success({ sysroot: value }),
  '--platform': (value) => changed(parseWord(value, PLATFORM_IDS), (platform) => ({ platform })),
  '--stop-at': (value) => changed(parsePercent(value), () => ({})),
  '--pause-at': (value) => changed(parsePercent(value), () => ({})),
  '--throttle-at': (value) => changed(parsePercent(value), () => ({})),
  '--lease': (value) => changed(parseLease(value), (leaseMs) => ({ leaseMs })),
  '--restart': (value) => changed(parseWord(value, RESTART), (restart) => ({ restart })),
  '--restart-at': (value) => changed(parseCronExpression(value), () => ({ isScheduled: true })),
  // Which zones there are, the gate knows: the table of them would be loaded here for good.
  '--time-zone': () => success({}),
  '--jitter': (value) => changed(parseTimeout(value), () => ({})),
  '--restart-if': (value) => changed(parseRestartCondition(value), () => ({})),
  '--companion': (value) => changed(parseWord(value, COMPANION), (companion) => ({ companion })),
  // Common to every command; the lines of `run` are plain in any case.
  '--color': (value) => changed(parseWord(value, COLOR), () => ({})),
};

/** The settings that options are, by their dotted names; with a dot at the end, RESOURCE of RESOURCE=VALUE follows. */
export const SETTING_OF: Readonly<Record<string, string>> = {
  '--require': 'require.',
  '--barrier': 'barriers.',
  '--preserve-status': 'preserve_status',
  '--pass-notify': 'pass_notify',
  '--on-refuse': 'on_refuse',
  '--on-unknown': 'on_unknown',
  '--gate-timeout': 'gate_timeout',
  '--stop-at': 'stop_at',
  '--pause-at': 'pause_at',
  '--throttle-at': 'throttle_at',
  '--lease': 'lease',
  '--restart': 'restart.policy',
  '--restart-at': 'restart.at',
  '--time-zone': 'restart.time_zone',
  '--jitter': 'restart.jitter',
  '--restart-if': 'restart.if',
  '--companion': 'companion',
};

function changed<T>(parsed: Result<T, string>, change: (value: T) => Change): Result<Change, string> {
  return parsed.ok ? success(change(parsed.value)) : parsed;
}

function parseWord<Word extends string>(value: string, allowed: readonly Word[]): Result<Word, string> {
  const word = allowed.find((one) => one === value);
  return word === undefined
    ? failure(`${value} is not available; allowed: ${allowed.join(', ')}`)
    : success(word);
}

function parseTimeout(value: string): Result<number, string> {
  const parsed = parseDuration(value);
  if (!parsed.ok) return parsed;
  // Above 2^31 - 1 ms a timer of Node fires at once.
  return parsed.value > 0 && parsed.value < 2 ** 31 ? parsed : failure(`${value} is not between 1ms and 24d`);
}

/** Nine silent reads make a lease: below a second each, a busy machine would look like a dead guard. */
const SHORTEST_LEASE_MS = 9_000;

function parseLease(value: string): Result<number, string> {
  const parsed = parseTimeout(value);
  if (!parsed.ok) return parsed;
  return parsed.value >= SHORTEST_LEASE_MS ? parsed : failure(`${value} is shorter than 9s`);
}

/** `shmpages=72M`: the row must exist and the amount must be one in its unit. */
function parseSetting(value: string): Result<unknown, string> {
  const equals = value.indexOf('=');
  if (equals < 1) return failure(`${value} is not RESOURCE=VALUE, as in shmpages=72M`);
  const [name, amount] = [value.slice(0, equals), value.slice(equals + 1)];
  const resource = RESOURCE_NAMES.find((one): one is ResourceName => one === name);
  if (resource === undefined) {
    const near = nearestWord(name, RESOURCE_NAMES);
    return failure(`there is no resource ${name}${near === null ? '' : ` (did you mean ${near}?)`}`);
  }
  return parseAmount(amount, unitOf(resource));
}
