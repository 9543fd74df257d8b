// Which settings there are: the one declaration from which files are checked, values shown and editors told.

import { ALERT_EVENTS } from '../domain/alert.ts';
import { RESOURCE_NAMES, unitOf } from '../domain/resource.ts';
import { ADDRESS, FILE_PATH, MAIL_ADDRESS, MAIL_ADDRESSES, SECRET, SECRET_ADDRESS } from './address-kinds.ts';
import {
  COMMAND,
  CONDITION,
  CRON,
  countIn,
  END_SAFETY,
  FLAG,
  type Kind,
  oneOf,
  someOf,
  TEXT,
  TEXTS,
  TIME_ZONE,
} from './kinds.ts';
import { amountIn, durationFrom, SHARE, SIZE } from './quantity-kinds.ts';
import type {
  AlertsTable,
  AmountTable,
  CachetTable,
  DaemonTable,
  HeartbeatTable,
  HookTable,
  MailTable,
  RestartTable,
  SettingsTable,
  WebhookTable,
} from './settings-table.ts';

/** Of a running guard: changed at once, or from the daemon's next start on. */
type Effect = 'at once' | 'next start';

export interface Key<T> {
  readonly node: 'key';
  readonly kind: Kind<T>;
  readonly doc: string;
  readonly effect: Effect;
}

export interface Table<Entries> {
  readonly node: 'table';
  readonly entries: Entries;
  readonly doc: string;
}

/** One table for each name the user chooses. */
export interface Named<Each> {
  readonly node: 'named';
  readonly each: Each;
  readonly doc: string;
}

export type AnyKey = Key<unknown>;
export type AnyTable = Table<Readonly<Record<string, AnyNode>>>;
export type AnyNode = AnyKey | AnyTable | Named<AnyTable>;

/** A key declared for each that may be said, and none besides. */
type Keys<Said> = { readonly [Name in keyof Said]-?: Key<NonNullable<Said[Name]>> };
type Tables = 'restart' | 'alerts' | 'require' | 'barriers' | 'daemon';
type SinkTables = 'hook' | 'webhook' | 'heartbeat' | 'cachet' | 'mail';

const live = <T>(kind: Kind<T>, doc: string): Key<T> => ({ node: 'key', kind, doc, effect: 'at once' });
const later = <T>(kind: Kind<T>, doc: string): Key<T> => ({ node: 'key', kind, doc, effect: 'next start' });
const table = <Entries>(doc: string, entries: Entries): Table<Entries> => ({ node: 'table', entries, doc });

const amounts = (key: typeof live, what: string): Keys<AmountTable> =>
  Object.fromEntries(
    RESOURCE_NAMES.map((name) => [name, key(amountIn(unitOf(name)), `${what} ${name}, in ${unitOf(name)}`)]),
  ) as Keys<AmountTable>;

/** Nine silent reads make a lease: below a second each, a busy machine would look like a dead guard. */
const SHORTEST_LEASE_MS = 9_000;

const RESTART: Table<Keys<RestartTable>> = table(
  'When the daemon is started again: by its end, or by the clock.',
  {
    policy: live(
      oneOf('never', 'on-failure', 'always'),
      'after which ends it is started again, through the gate',
    ),
    at: live(CRON, 'scheduled restarts: minute, hour, day of the month, month, day of the week'),
    time_zone: live(TIME_ZONE, "the zone `at` is meant in; without it the machine's"),
    jitter: live(durationFrom(0), 'a scheduled restart is late by a random part of this'),
    if: live(CONDITION, 'only where some wall is held, or judged, by more than this share'),
    min_uptime: live(durationFrom(0), 'only where the daemon was started at least this long ago'),
    before: live(COMMAND, 'run before a scheduled restart; if it fails, the daemon runs on'),
    after: live(COMMAND, 'run when the daemon has been started again, or was kept after all'),
    hook_timeout: live(durationFrom(1), 'how long `before` and `after` may take'),
  },
);

type AlertEntries = Keys<Omit<AlertsTable, SinkTables>> & {
  readonly hook: Table<Keys<HookTable>>;
  readonly webhook: Table<Keys<WebhookTable>>;
  readonly heartbeat: Table<Keys<HeartbeatTable>>;
  readonly cachet: Table<Keys<CachetTable>>;
  readonly mail: Table<Keys<MailTable>>;
};

const TOKEN_FILE = live(FILE_PATH, 'a file whose first line is the token');

const ALERTS: Table<AlertEntries> = table(
  'Who is told when the guard had to act. Off until a sink is said.',
  {
    events: live(someOf(ALERT_EVENTS), 'what is told'),
    every: live(
      durationFrom(0),
      'at most one alert of an event and a resource within this; others are counted',
    ),
    timeout: live(durationFrom(1), 'what one attempt of a sink may take'),
    retry: live(
      durationFrom(1),
      'the wait after a failed attempt, doubled after each further one up to 15min',
    ),
    machine: live(TEXT, 'how this machine is called; without it by its host name'),
    hook: table(
      'A command of your own, with SYNCGUARD_EVENT, SYNCGUARD_SENTENCE and more in its environment.',
      {
        command: live(COMMAND, 'program and arguments; no shell reads them'),
      },
    ),
    webhook: table('A POST of JSON.', {
      url: live(SECRET_ADDRESS, 'where to; for ntfy with its topic'),
      preset: live(oneOf('json', 'ntfy'), 'what is posted'),
      token: live(SECRET, 'sent as Authorization: Bearer'),
      token_file: TOKEN_FILE,
    }),
    heartbeat: table("A dead man's switch: fetched while the daemon is guarded, and not while it is held.", {
      url: live(SECRET_ADDRESS, 'what is fetched'),
      every: live(durationFrom(1), 'how often'),
    }),
    cachet: table('A component of a Cachet status page, through its REST API v1.', {
      url: live(ADDRESS, 'of the page itself, without /api'),
      component: live(countIn(1, null), "the component's number"),
      token: live(SECRET, 'sent as X-Cachet-Token'),
      token_file: TOKEN_FILE,
    }),
    mail: table("Mail through this machine's own sendmail.", {
      to: live(MAIL_ADDRESSES, 'to whom'),
      from: live(MAIL_ADDRESS, "by whom; without it syncguard at the host's name"),
      sendmail: live(COMMAND, 'a program that takes -t -i and a message'),
    }),
  },
);

const DAEMON: Table<Keys<DaemonTable>> = table(
  'A daemon: its trees, and what differs from the profile of that name.',
  {
    trees: later(TEXTS, 'its folders, instead of those in its own configuration'),
    like: later(TEXT, 'the built-in profile behind a new name'),
    names: later(TEXTS, 'names of its program'),
    install_paths: later(TEXTS, 'where its program is sought beside PATH; globs'),
    kind: later(oneOf('watcher', 'scheduled', 'mount', 'process'), 'what sort of program it is'),
    watch_api: later(oneOf('inotify', 'fanotify', 'none'), 'how it watches'),
    watch_per: later(oneOf('directory', 'entry', 'root', 'none'), 'one watch for each of these'),
    watch_instances: later(countIn(0, null), 'inotify instances'),
    scan_at_start: later(oneOf('stat-all', 'names-only', 'none'), 'what it looks at when it starts'),
    reads_bodies: later(FLAG, 'true: its first pass reads every file'),
    rss_base: later(SIZE, 'its own memory without any file'),
    rss_per_file: later(SIZE, 'and for each file'),
    rss_per_directory: later(SIZE, 'and for each directory'),
    tasks: later(countIn(0, null), 'processes and threads'),
    open_files: later(countIn(0, null), 'descriptors it holds'),
    index_per_file: later(SIZE, 'its database on disk, for each file'),
    sides: later(countIn(1, 2), 'how many trees it holds in memory for each one it syncs'),
    enomem_safe: later(FLAG, 'false: it takes a failed lstat for a deletion'),
    prunes_watch: later(FLAG, 'true: no watch is placed below what it ignores'),
    prunes_scan: later(FLAG, 'true: it does not look below what it ignores'),
    term_safe: later(END_SAFETY, 'false: TERM may cost data'),
    kill_safe: later(END_SAFETY, 'false: KILL may cost data'),
    learned: later(TEXT, 'when and on what its figures were measured, as syncguard learn writes it'),
    error: later(SHARE, 'how far the figures of this table may be off; without it 15%'),
  },
);

/** The whole of it. */
export type SettingsEntries = Keys<Omit<SettingsTable, Tables>> & {
  readonly restart: Table<Keys<RestartTable>>;
  readonly alerts: Table<AlertEntries>;
  readonly require: Table<Keys<AmountTable>>;
  readonly barriers: Table<Keys<AmountTable>>;
  readonly daemon: Named<Table<Keys<DaemonTable>>>;
};

export const SETTINGS: Table<SettingsEntries> = table('Settings of syncguard.', {
  throttle_at: live(SHARE, 'share of a wall at which the daemon is slowed'),
  pause_at: live(SHARE, 'share of a wall at which it is paused'),
  stop_at: live(SHARE, 'share of a wall at which it is refused, or stopped'),
  grace: later(durationFrom(0), 'between TERM and KILL; without it, as the profile has it'),
  lease: live(durationFrom(SHORTEST_LEASE_MS), 'how long a pause outlives a guard that has fallen silent'),
  on_refuse: live(oneOf('exit', 'wait', 'degrade', 'start'), 'what run does when it does not fit'),
  on_unknown: live(oneOf('start', 'refuse'), 'what run does when no wall can be read'),
  gate_timeout: live(durationFrom(1), 'an estimate that takes longer counts as unknown'),
  companion: later(oneOf('auto', 'on', 'off'), 'the process that logs, answers status and keeps the clock'),
  preserve_status: live(FLAG, "the daemon's own exit status after a stop at a wall, instead of 75"),
  pass_notify: later(FLAG, 'leave NOTIFY_SOCKET to the daemon'),
  exclude: later(TEXTS, "globs left out of every tree, beside the daemon's own rules"),
  keep: live(TEXTS, 'globs of folders that no plan of fit leaves out'),
  restart: RESTART,
  alerts: ALERTS,
  require: table('Needs besides the tree.', amounts(later, 'a need of')),
  barriers: table('Walls of your own.', amounts(live, 'a wall for')),
  daemon: { node: 'named', each: DAEMON, doc: 'Daemons by name.' },
});
