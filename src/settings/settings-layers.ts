// Layers of settings over each other: a later one wins key by key, and every value remembers who said it.

import type { ProfileOverride } from '../domain/profile-override.ts';
import { DEFAULT_SETTINGS, type Settings } from '../domain/settings.ts';
import type { SettingsTable } from './settings-schema.ts';

/** Who said each key, dotted as in the file (`daemon.syncthing.rss_base`): `default`, `FILE:LINE` or a variable. */
export type Origins = Readonly<Record<string, string>>;

export interface Layer {
  readonly table: SettingsTable;
  readonly origins: Origins;
}

const definedOnly = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;

function overSettings(below: Settings, { table }: Layer): Settings {
  const { daemon = {}, barriers = {} } = table;
  const trees = Object.entries(daemon).flatMap(([id, said]) =>
    said.trees ? [[id, said.trees] as const] : [],
  );
  return {
    throttleAt: table.throttle_at ?? below.throttleAt,
    pauseAt: table.pause_at ?? below.pauseAt,
    stopAt: table.stop_at ?? below.stopAt,
    onRefuse: table.on_refuse ?? below.onRefuse,
    onUnknown: table.on_unknown ?? below.onUnknown,
    exclude: table.exclude ?? below.exclude,
    keep: table.keep ?? below.keep,
    barriers: { ...below.barriers, ...definedOnly(barriers) } as Settings['barriers'],
    trees: { ...below.trees, ...Object.fromEntries(trees) },
    profiles: { ...below.profiles, ...profilesOver(below.profiles, daemon) },
  };
}

function profilesOver(
  below: Settings['profiles'],
  daemon: NonNullable<SettingsTable['daemon']>,
): Record<string, ProfileOverride> {
  const merged = Object.entries(daemon).map(([id, { profile }]) => {
    const earlier = Object.hasOwn(below, id) ? below[id] : undefined;
    return [id, { ...earlier, ...definedOnly(profile) }] as const;
  });
  return Object.fromEntries(merged);
}

const DEFAULT_ORIGINS: Origins = Object.fromEntries(
  ['throttle_at', 'pause_at', 'stop_at', 'on_refuse', 'on_unknown', 'exclude', 'keep'].map((key) => [
    key,
    'default',
  ]),
);

/** Defaults, then each layer in order. */
export function mergeLayers(layers: readonly Layer[]): { settings: Settings; origins: Origins } {
  return {
    settings: layers.reduce(overSettings, DEFAULT_SETTINGS),
    origins: Object.assign({}, DEFAULT_ORIGINS, ...layers.map(({ origins }) => origins)),
  };
}

/** Dotted keys of a parsed table with their paths; lists and plain values are leaves. */
export function keyPaths(table: object, above: readonly string[] = []): string[][] {
  return Object.entries(table).flatMap(([key, value]) => {
    const path = [...above, key];
    const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isTable ? keyPaths(value, path) : [path];
  });
}
