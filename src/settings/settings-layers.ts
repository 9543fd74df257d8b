// Layers of settings over each other: a later one wins key by key, and every value remembers who said it.

import type { ProfileOverride } from '../domain/profile-override.ts';
import { DEFAULT_SETTINGS, type RestartSettings, type Settings } from '../domain/settings.ts';
import { alertsOf, DEFAULT_ALERTS, type WholeAlerts } from './alert-layers.ts';
import { LEAVES, overTable, valueAt } from './settings-leaves.ts';
import type { DaemonTable, RestartTable, SettingsTable } from './settings-table.ts';

/** Who said a value. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'file'; readonly name: string; readonly line: number }
  | { readonly kind: 'variable' | 'flag'; readonly name: string };

/** By dotted name, `daemon.syncthing.rss_base`. */
export type Origins = Readonly<Record<string, Origin>>;

export interface Layer {
  readonly table: SettingsTable;
  readonly origins: Origins;
}

export function renderOrigin(origin: Origin): string {
  if (origin.kind === 'default') return 'default';
  if (origin.kind === 'profile') return `profile ${origin.name}`;
  return origin.kind === 'file' ? `${origin.name}:${origin.line}` : origin.name;
}

/** Where every layer is over the defaults: what is not null or empty there is always said. */
export type WholeTable = Omit<SettingsTable, 'restart' | 'alerts'> &
  Required<
    Pick<
      SettingsTable,
      Exclude<keyof SettingsTable, 'grace' | 'require' | 'barriers' | 'daemon' | 'restart' | 'alerts'>
    >
  > & {
    readonly alerts: WholeAlerts;
    readonly restart: RestartTable &
      Required<Pick<RestartTable, 'policy' | 'jitter' | 'min_uptime' | 'hook_timeout'>>;
  };

const { restart: again, ...plain } = DEFAULT_SETTINGS;
export const DEFAULT_TABLE: WholeTable = {
  throttle_at: plain.throttleAt,
  pause_at: plain.pauseAt,
  stop_at: plain.stopAt,
  lease: plain.leaseMs,
  on_refuse: plain.onRefuse,
  on_unknown: plain.onUnknown,
  gate_timeout: plain.gateTimeoutMs,
  companion: plain.companion,
  preserve_status: plain.preservesStatus,
  pass_notify: plain.passesNotify,
  exclude: plain.exclude,
  keep: plain.keep,
  restart: {
    policy: again.policy,
    jitter: again.jitterMs,
    min_uptime: again.leastUptimeMs,
    hook_timeout: again.hookTimeoutMs,
  },
  alerts: DEFAULT_ALERTS,
};

const DEFAULT_ORIGINS: Origins = Object.fromEntries(
  LEAVES.filter(({ path }) => valueAt(DEFAULT_TABLE, path) !== undefined).map(({ name }) => [
    name,
    { kind: 'default' },
  ]),
);

/** The defaults, and each layer over those before it. */
export const mergeLayers = (layers: readonly Layer[]): { table: WholeTable; origins: Origins } => ({
  table: layers.reduce((below, { table }) => overTable(below, table), DEFAULT_TABLE),
  origins: Object.assign({}, DEFAULT_ORIGINS, ...layers.map(({ origins }) => origins)),
});

/** What all layers together come to. */
export function settingsOf(table: WholeTable): Settings {
  const { daemon = {} } = table;
  const trees = Object.entries(daemon).flatMap(([id, said]) => (said.trees ? [[id, said.trees]] : []));
  const profiles = Object.entries(daemon).map(([id, said]) => [id, overrideOf(said)]);
  return {
    throttleAt: table.throttle_at,
    pauseAt: table.pause_at,
    stopAt: table.stop_at,
    graceMs: table.grace ?? null,
    leaseMs: table.lease,
    onRefuse: table.on_refuse,
    onUnknown: table.on_unknown,
    gateTimeoutMs: table.gate_timeout,
    companion: table.companion,
    preservesStatus: table.preserve_status,
    passesNotify: table.pass_notify,
    restart: restartOf(table.restart),
    alerts: alertsOf(table.alerts),
    exclude: table.exclude,
    keep: table.keep,
    require: table.require ?? {},
    barriers: table.barriers ?? {},
    trees: Object.fromEntries(trees),
    profiles: Object.fromEntries(profiles),
  };
}

const restartOf = (said: WholeTable['restart']): RestartSettings => ({
  policy: said.policy,
  at: said.at ?? null,
  timeZone: said.time_zone ?? null,
  jitterMs: said.jitter,
  condition: said.if ?? null,
  leastUptimeMs: said.min_uptime,
  before: said.before ?? [],
  after: said.after ?? [],
  hookTimeoutMs: said.hook_timeout,
});

function overrideOf(said: DaemonTable): ProfileOverride {
  const override: ProfileOverride = {
    like: said.like,
    names: said.names,
    installPaths: said.install_paths,
    kind: said.kind,
    watchApi: said.watch_api,
    watchPer: said.watch_per,
    watchInstances: said.watch_instances,
    scanAtStart: said.scan_at_start,
    readsBodies: said.reads_bodies,
    rssBaseBytes: said.rss_base,
    rssPerFileBytes: said.rss_per_file,
    rssPerDirectoryBytes: said.rss_per_directory,
    tasks: said.tasks,
    openFiles: said.open_files,
    indexPerFileBytes: said.index_per_file,
    sides: said.sides,
    enomemSafe: said.enomem_safe,
    prunesWatch: said.prunes_watch,
    prunesScan: said.prunes_scan,
    termSafe: said.term_safe,
    killSafe: said.kill_safe,
    learned: said.learned,
    errorPercent: said.error === undefined ? undefined : said.error * 100,
  };
  return Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined));
}
