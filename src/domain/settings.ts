// What the user decided beforehand: every setting with its value, wherever it came from.

import { ALERT_EVENTS, type AlertEvent } from './alert.ts';
import type { ProfileOverride } from './profile-override.ts';
import type { ResourceName } from './resource.ts';
import type { RestartMode } from './restart-policy.ts';
import { type Counter, type Ratio, ratio } from './units.ts';

export type OnRefuse = 'exit' | 'wait' | 'degrade' | 'start';
export type OnUnknown = 'start' | 'refuse';
/** auto: where 256 MiB of headroom are left. */
export type CompanionMode = 'auto' | 'on' | 'off';

/** `held>60%`: what a scheduled restart may be bound to. */
export interface RestartCondition {
  readonly amount: 'held' | 'judged';
  /** Of the wall, 0 to 1; any wall over it will do. */
  readonly share: number;
}

/** `[restart]`: when the daemon is started again, by its end or by the clock. */
export interface RestartSettings {
  readonly policy: RestartMode;
  /** Five fields of cron; null: no scheduled restarts. */
  readonly at: string | null;
  /** An IANA name; null: the machine's own. */
  readonly timeZone: string | null;
  /** A scheduled restart is late by a random part of this; 0: punctual. */
  readonly jitterMs: number;
  /** null: unconditional. */
  readonly condition: RestartCondition | null;
  /** A daemon that was started less than this ago is not restarted by the clock; 0: it is. */
  readonly leastUptimeMs: number;
  /** Commands with their arguments; empty: none. A `before` that fails keeps the daemon running. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly hookTimeoutMs: number;
}

/** A secret said outright, or the file it stands in; both null: none is needed. */
export interface SecretSource {
  readonly token: string | null;
  readonly tokenFile: string | null;
}

/** `[alerts]`: who is told of what, and how often. A sink without its address or command is off. */
export interface AlertSettings {
  readonly events: readonly AlertEvent[];
  /** At most one alert of an event and a resource within this. */
  readonly everyMs: number;
  /** What one attempt of a sink may take. */
  readonly timeoutMs: number;
  /** The wait after a first failed attempt; doubled after each further one. */
  readonly retryMs: number;
  /** How this machine is called; null: its host name. */
  readonly machine: string | null;
  readonly hook: { readonly command: readonly string[] };
  readonly webhook: SecretSource & { readonly url: string | null; readonly preset: 'json' | 'ntfy' };
  readonly heartbeat: { readonly url: string | null; readonly everyMs: number };
  /** `component`: its number there. */
  readonly cachet: SecretSource & { readonly url: string | null; readonly component: number | null };
  /** `from` null: syncguard at the host's name. */
  readonly mail: {
    readonly to: readonly string[];
    readonly from: string | null;
    readonly sendmail: readonly string[];
  };
}

/** Whether anybody is told of anything. */
export const hasAlertSink = ({ hook, webhook, cachet, mail }: AlertSettings): boolean =>
  hook.command.length > 0 || webhook.url !== null || cachet.url !== null || mail.to.length > 0;

export interface Settings {
  /** Shares of a wall, 0 < throttleAt < pauseAt < stopAt <= 1. */
  readonly throttleAt: Ratio;
  readonly pauseAt: Ratio;
  readonly stopAt: Ratio;
  /** Between TERM and KILL; null: as the profile has it. */
  readonly graceMs: number | null;
  /** How long a pause outlives a guard that is silent. */
  readonly leaseMs: number;
  readonly onRefuse: OnRefuse;
  readonly onUnknown: OnUnknown;
  readonly gateTimeoutMs: number;
  readonly companion: CompanionMode;
  readonly preservesStatus: boolean;
  readonly passesNotify: boolean;
  readonly restart: RestartSettings;
  readonly alerts: AlertSettings;
  /** Globs left out of every tree, beside the daemon's own rules. */
  readonly exclude: readonly string[];
  /** Globs of folders that no plan leaves out. */
  readonly keep: readonly string[];
  /** Needs besides the tree, in each row's own unit. */
  readonly require: Amounts;
  /** Walls of our own, in each row's own unit, lower than or instead of the kernel's. */
  readonly barriers: Amounts;
  /** Trees by profile id, where the user names them instead of the daemon's configuration. */
  readonly trees: Readonly<Record<string, readonly string[]>>;
  /** Profiles changed or added, by id. */
  readonly profiles: Readonly<Record<string, ProfileOverride>>;
}

type Amounts = Readonly<Partial<Record<ResourceName, Counter>>>;

/** In force where nothing is said. */
export const DEFAULT_SETTINGS: Settings = {
  throttleAt: ratio(0.85),
  pauseAt: ratio(0.9),
  stopAt: ratio(0.95),
  graceMs: null,
  leaseMs: 90_000,
  onRefuse: 'exit',
  onUnknown: 'start',
  // A cold tree of some million entries on a slow disk; an answer that takes longer is none.
  gateTimeoutMs: 300_000,
  companion: 'auto',
  preservesStatus: false,
  passesNotify: false,
  restart: {
    policy: 'never',
    at: null,
    timeZone: null,
    jitterMs: 0,
    condition: null,
    leastUptimeMs: 0,
    before: [],
    after: [],
    // A hook that flushes or backs something up takes seconds; the daemon waits for it.
    hookTimeoutMs: 60_000,
  },
  alerts: {
    events: ALERT_EVENTS,
    // A daemon that flaps pauses three times in ten minutes: one line of it is news.
    everyMs: 600_000,
    // Whoever has not answered by then is away; a mail server behind a graylist answers at once too.
    timeoutMs: 10_000,
    retryMs: 5_000,
    machine: null,
    hook: { command: [] },
    webhook: { url: null, preset: 'json', token: null, tokenFile: null },
    // healthchecks.io and its kin are asked to expect a minute.
    heartbeat: { url: null, everyMs: 60_000 },
    cachet: { url: null, component: null, token: null, tokenFile: null },
    mail: { to: [], from: null, sendmail: ['/usr/sbin/sendmail'] },
  },
  exclude: [],
  keep: [],
  require: {},
  barriers: {},
  trees: {},
  profiles: {},
};
