// The settings a running guard follows at once, as the companion passes them on: one line of words, read without JSON.
//
//   throttle_at=0.85 pause_at=0.9 stop_at=0.95 lease=90000 gate_timeout=300000 on_refuse=exit ... barrier.memory=419430400

import type { Policy } from '../domain/policy.ts';
import { isResourceName, type ResourceName } from '../domain/resource.ts';
import type { RestartMode } from '../domain/restart-policy.ts';
import type { OnRefuse, OnUnknown, Settings } from '../domain/settings.ts';

export interface LiveSettings {
  readonly policy: Policy;
  readonly leaseMs: number;
  readonly gateTimeoutMs: number;
  readonly onRefuse: OnRefuse;
  readonly onUnknown: OnUnknown;
  readonly restart: RestartMode;
  readonly preservesStatus: boolean;
  /** Walls of our own, in each row's unit. */
  readonly barriers: Readonly<Partial<Record<ResourceName, number>>>;
}

export function liveSettingsOf(settings: Settings): LiveSettings {
  const { throttleAt, pauseAt, stopAt, leaseMs, gateTimeoutMs, onRefuse, onUnknown, preservesStatus } =
    settings;
  const barriers = Object.entries(settings.barriers).map(([name, value]) => [name, Number(value)]);
  return {
    policy: { throttleAt, pauseAt, stopAt },
    leaseMs,
    gateTimeoutMs,
    onRefuse,
    onUnknown,
    restart: settings.restart.policy,
    preservesStatus,
    barriers: Object.fromEntries(barriers),
  };
}

export function renderLiveSettings(live: LiveSettings): string {
  const { throttleAt, pauseAt, stopAt } = live.policy;
  const words = {
    throttle_at: throttleAt,
    pause_at: pauseAt,
    stop_at: stopAt,
    lease: live.leaseMs,
    gate_timeout: live.gateTimeoutMs,
    on_refuse: live.onRefuse,
    on_unknown: live.onUnknown,
    restart: live.restart,
    preserve_status: live.preservesStatus,
  };
  const barriers = Object.entries(live.barriers).map(([name, value]) => `barrier.${name}=${value}`);
  return [...Object.entries(words).map(([name, value]) => `${name}=${value}`), ...barriers].join(' ');
}

/** null: a word is missing, or says what it may not. */
export function parseLiveSettings(text: string): LiveSettings | null {
  const words = new Map(text.split(' ').map((word): [string, string] => splitAtEquals(word)));
  const policy = {
    throttleAt: shareOf(words.get('throttle_at')),
    pauseAt: shareOf(words.get('pause_at')),
    stopAt: shareOf(words.get('stop_at')),
  };
  const leaseMs = wholeOf(words.get('lease'));
  const gateTimeoutMs = wholeOf(words.get('gate_timeout'));
  const onRefuse = ON_REFUSE.find((word) => word === words.get('on_refuse'));
  const onUnknown = ON_UNKNOWN.find((word) => word === words.get('on_unknown'));
  const restart = RESTART.find((word) => word === words.get('restart'));
  const barriers = barriersIn(words);
  const areNumbers = [...Object.values(policy), leaseMs, gateTimeoutMs].every((number) => number > 0);
  if (!areNumbers || barriers === null) return null;
  if (onRefuse === undefined || onUnknown === undefined || restart === undefined) return null;
  const preservesStatus = words.get('preserve_status') === 'true';
  return { policy, leaseMs, gateTimeoutMs, onRefuse, onUnknown, restart, preservesStatus, barriers };
}

const ON_REFUSE: readonly OnRefuse[] = ['exit', 'wait', 'degrade', 'start'];
const ON_UNKNOWN: readonly OnUnknown[] = ['start', 'refuse'];
const RESTART: readonly RestartMode[] = ['never', 'on-failure', 'always'];

function splitAtEquals(word: string): [string, string] {
  const at = word.indexOf('=');
  return [word.slice(0, Math.max(0, at)), word.slice(at + 1)];
}

/** More than 0, 1 at most; 0: it is none. */
function shareOf(text: string | undefined): number {
  const share = /^[01](\.\d{1,17})?$/.test(text ?? '') ? Number(text) : 0;
  return share <= 1 ? share : 0;
}

/** 0: it is none. */
const wholeOf = (text: string | undefined): number => (/^\d{1,16}$/.test(text ?? '') ? Number(text) : 0);

const BARRIER = 'barrier.';

function barriersIn(words: ReadonlyMap<string, string>): LiveSettings['barriers'] | null {
  const pairs = [...words].filter(([name]) => name.startsWith(BARRIER));
  const named = pairs.map(([name, text]): [string, number] => [name.slice(BARRIER.length), wholeOf(text)]);
  const areWhole =
    named.every(([name]) => isResourceName(name)) && pairs.every(([, text]) => /^\d{1,16}$/.test(text));
  return areWhole ? Object.fromEntries(named) : null;
}
