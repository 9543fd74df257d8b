// The door of valibot: which keys a configuration may have, and what each may say.

import * as v from 'valibot';
import type { ProfileOverride } from '../domain/profile-override.ts';
import { RESOURCE_NAMES, type ResourceName, unitOf } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { OnRefuse, OnUnknown } from '../domain/settings.ts';
import { type Counter, type Ratio, ratio } from '../domain/units.ts';
import { parseAmount, parsePercent, parseSize } from '../formats/quantity-text.ts';

/** What one file says; every key may be absent. */
export interface SettingsTable {
  readonly throttle_at?: Ratio | undefined;
  readonly pause_at?: Ratio | undefined;
  readonly stop_at?: Ratio | undefined;
  readonly on_refuse?: OnRefuse | undefined;
  readonly on_unknown?: OnUnknown | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly keep?: readonly string[] | undefined;
  readonly barriers?: Readonly<Partial<Record<ResourceName, Counter | undefined>>> | undefined;
  readonly daemon?: Readonly<Record<string, DaemonTable>> | undefined;
}

/** `[daemon.NAME]`: its trees, and what it changes of the profile of that id. */
export interface DaemonTable {
  readonly trees: readonly string[] | undefined;
  readonly profile: ProfileOverride;
}

/** Which key, and in one clause what is wrong with it. `knownKeys` is not null where the key itself is. */
export interface SchemaTrouble {
  readonly path: readonly string[];
  readonly reason: string;
  readonly knownKeys: readonly string[] | null;
}

type Parse<T> = (text: string) => Result<T, string>;

/** A quantity as text, or as a bare TOML number. */
const quantity = <T>(parse: Parse<T>) =>
  v.pipe(
    v.union([v.string(), v.number()], 'a number, or a text with its unit'),
    v.rawTransform<string | number, T>(({ dataset, addIssue, NEVER }) => {
      const parsed = parse(String(dataset.value));
      if (parsed.ok) return parsed.value;
      addIssue({ message: parsed.error });
      return NEVER;
    }),
  );

const share = quantity((text) => {
  const parsed = parsePercent(text);
  if (!parsed.ok) return parsed;
  return parsed.value > 0 ? success(ratio(parsed.value)) : failure(`${text}: a threshold is more than 0%`);
});

const size = quantity(parseSize);
const names = v.array(
  v.pipe(v.string('a text'), v.nonEmpty('an empty text')),
  'a list of texts, as in ["a", "b"]',
);
const count = v.pipe(v.number('a whole number'), v.integer('a whole number'), v.minValue(0, 'not below 0'));
const sides = v.pipe(count, v.minValue(1, '1 or 2'), v.maxValue(2, '1 or 2'));
const flag = v.boolean('true or false');
const endSafety = v.union([v.boolean(), v.literal('idle-only')], 'true, false or "idle-only"');
const oneOf = <const T extends readonly string[]>(...words: T) => v.picklist(words, words.join(', '));

const DAEMON_KEYS = {
  trees: names,
  like: v.string('the id of a profile'),
  names,
  install_paths: names,
  kind: oneOf('watcher', 'scheduled', 'mount', 'process'),
  watch_api: oneOf('inotify', 'fanotify', 'none'),
  watch_per: oneOf('directory', 'entry', 'root', 'none'),
  watch_instances: count,
  scan_at_start: oneOf('stat-all', 'names-only', 'none'),
  rss_base: size,
  rss_per_file: size,
  rss_per_directory: size,
  tasks: count,
  open_files: count,
  index_per_file: size,
  sides,
  enomem_safe: flag,
  prunes_watch: flag,
  prunes_scan: flag,
  term_safe: endSafety,
  kill_safe: endSafety,
};

const daemon = v.pipe(
  v.strictObject(optionalEach(DAEMON_KEYS), 'a table, as in [daemon.NAME]'),
  v.transform(
    (said): DaemonTable => ({
      trees: said.trees,
      profile: {
        like: said.like,
        names: said.names,
        installPaths: said.install_paths,
        kind: said.kind,
        watchApi: said.watch_api,
        watchPer: said.watch_per,
        watchInstances: said.watch_instances,
        scanAtStart: said.scan_at_start,
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
      },
    }),
  ),
);

const BARRIER_KEYS = Object.fromEntries(
  RESOURCE_NAMES.map((name) => [name, quantity((text) => parseAmount(text, unitOf(name)))]),
);

const TOP_KEYS = {
  throttle_at: share,
  pause_at: share,
  stop_at: share,
  on_refuse: oneOf('exit', 'wait', 'degrade', 'start'),
  on_unknown: oneOf('start', 'refuse'),
  exclude: names,
  keep: names,
  barriers: v.strictObject(optionalEach(BARRIER_KEYS), 'a table, as in [barriers]'),
  daemon: v.record(v.string(), daemon, 'a table, as in [daemon.NAME]'),
};

const settingsTable = v.strictObject(optionalEach(TOP_KEYS));

/** Keys a table may have, by where it stands: '' the top, `barriers`, `daemon` (any name), `daemon.NAME`. */
function keysAt(path: readonly string[]): readonly string[] {
  if (path.length === 0) return Object.keys(TOP_KEYS);
  return Object.keys(path[0] === 'barriers' ? BARRIER_KEYS : DAEMON_KEYS);
}

function optionalEach<T extends Record<string, v.GenericSchema>>(
  entries: T,
): { [K in keyof T]: v.OptionalSchema<T[K], undefined> } {
  const pairs = Object.entries(entries).map(([key, schema]) => [key, v.optional(schema)]);
  return Object.fromEntries(pairs) as { [K in keyof T]: v.OptionalSchema<T[K], undefined> };
}

/** The first key that is wrong decides: one sentence at a time is what people can act on. */
export function parseSettingsTable(data: unknown): Result<SettingsTable, SchemaTrouble> {
  const parsed = v.safeParse(settingsTable, data);
  if (parsed.success) return success(parsed.output);
  const [issue] = parsed.issues;
  const path = (issue.path ?? []).map(({ key }) => String(key));
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return failure({ path, reason: 'is not a setting', knownKeys: keysAt(path.slice(0, -1)) });
  const isQuantity = issue.type === 'raw_transform';
  const found = issue.received;
  return failure({
    path,
    reason: isQuantity ? issue.message : `${found} found, ${issue.message} expected`,
    knownKeys: null,
  });
}
