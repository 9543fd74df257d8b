// The shape of a profile as JSON Schema (2020-12), for who writes or reads one outside this program: `profiles --schema`.
// The types of domain/profile.ts are its source: a word or a field that is added there does not compile until it is here.

import type { Effect, Means, Mechanism, ProgramMeans } from '../domain/leave-out.ts';
import type { AtWatchLimit, Evidence, NativeControl, Profile } from '../domain/profile.ts';

type Schema = Readonly<Record<string, unknown>>;

/** A word for each of T, none left out. */
const oneOf = <T extends string>(words: Readonly<Record<T, true>>): Schema => ({ enum: Object.keys(words) });

/** An object of just these fields; those of `optional` may be absent. */
const object = <T extends object>(
  properties: Readonly<Record<keyof T & string, Schema>>,
  optional: readonly (keyof T & string)[] = [],
): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((key) => !optional.some((each) => each === key)),
  additionalProperties: false,
});

const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

const TEXT: Schema = { type: 'string', minLength: 1 };
const TEXTS: Schema = { type: 'array', items: TEXT };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const FLAG: Schema = { type: 'boolean' };
const FIGURE: Schema = { $ref: '#/$defs/figure' };
const END_SAFETY: Schema = { enum: [true, false, 'idle-only'] };

const EVIDENCE: Schema = oneOf<Evidence>({
  measured: true,
  source: true,
  reported: true,
  inferred: true,
  configured: true,
});

const WATCH = object<Profile['watch']>(
  {
    api: oneOf<Profile['watch']['api']>({ inotify: true, fanotify: true, none: true }),
    per: oneOf<Profile['watch']['per']>({ directory: true, entry: true, root: true, none: true }),
    instances: COUNT,
    instancesPerRoot: COUNT,
    atLimit: oneOf<AtWatchLimit>({
      nothing: true,
      ends: true,
      'watches-none': true,
      'watches-part': true,
      rescans: true,
      'disables-root': true,
      unknown: true,
    }),
  },
  ['instancesPerRoot'],
);

const SCAN = object<Profile['scan']>(
  {
    atStart: oneOf<Profile['scan']['atStart']>({ 'stat-all': true, 'names-only': true, none: true }),
    touchesIgnoredLeaves: FLAG,
    readsBodies: FLAG,
    dropsBodies: FLAG,
  },
  ['touchesIgnoredLeaves', 'readsBodies', 'dropsBodies'],
);

const COST = object<Profile['cost']>({
  rssBaseBytes: FIGURE,
  rssPerFileBytes: FIGURE,
  rssPerDirectoryBytes: FIGURE,
  tasks: FIGURE,
  openFiles: FIGURE,
  indexPerFileBytes: FIGURE,
  sides: { enum: [1, 2] },
});

const MEANS: Schema = {
  anyOf: [
    object<Exclude<Means, ProgramMeans>>({
      kind: oneOf<Exclude<Means['kind'], 'program'>>({
        printed: true,
        stignore: true,
        'lsyncd-exclude-file': true,
        'syncthing-watcher': true,
      }),
    }),
    object<ProgramMeans>({
      kind: oneOf<ProgramMeans['kind']>({ program: true }),
      names: TEXTS,
      apply: TEXTS,
      undo: TEXTS,
      status: TEXTS,
      completeLine: TEXT,
    }),
  ],
};

const LEAVE_OUT: Schema = {
  type: 'array',
  items: object<Mechanism>({
    name: TEXT,
    takes: oneOf<Mechanism['takes']>({ folder: true, watches: true }),
    effect: oneOf<Effect>({
      none: true,
      'deletes-local': true,
      'deletes-remote': true,
      'needs-resync': true,
    }),
    consequence: TEXT,
    command: TEXT,
    means: MEANS,
  }),
};

const CONTROL = object<NativeControl>({
  kind: oneOf<NativeControl['kind']>({ command: true, http: true, socket: true, configuration: true }),
  pause: orNull(TEXT),
  resume: orNull(TEXT),
  throttle: orNull(TEXT),
  releasesWatches: orNull(FLAG),
});

const ROOTS = oneOf<Profile['roots']>({
  'dropbox-info': true,
  'syncthing-xml': true,
  'lsyncd-lua': true,
  'rclone-argv': true,
  'nextcloud-ini': true,
  'owncloud-ini': true,
  'nextcloudcmd-argv': true,
  'seafile-database': true,
  'maestral-ini': true,
  'onedrive-config': true,
  'unison-profile': true,
  'resilio-json': true,
  none: true,
});

const PROFILE = object<Profile>(
  {
    id: TEXT,
    title: TEXT,
    verified: TEXT,
    evidence: { ...TEXTS, minItems: 1 },
    kind: oneOf<Profile['kind']>({ watcher: true, scheduled: true, mount: true, process: true }),
    match: object<Profile['match']>(
      { names: TEXTS, subcommands: TEXTS, otherCommands: TEXTS, installPaths: TEXTS },
      ['subcommands', 'otherCommands'],
    ),
    watch: WATCH,
    scan: SCAN,
    cost: COST,
    alwaysExcluded: TEXTS,
    roots: ROOTS,
    listsRoots: TEXT,
    ignore: oneOf<Profile['ignore']>({
      stignore: true,
      'lsyncd-exclude': true,
      'rclone-filter': true,
      'dropbox-attribute': true,
      mignore: true,
      'seafile-ignore': true,
      'sync-exclude': true,
      'onedrive-skip': true,
      none: true,
    }),
    prunesWatch: FLAG,
    prunesScan: FLAG,
    leaveOut: LEAVE_OUT,
    enomemSafe: FLAG,
    stop: object<Profile['stop']>(
      { termSafe: END_SAFETY, killSafe: END_SAFETY, evidence: EVIDENCE, recover: TEXT, graceMs: COUNT },
      ['recover', 'graceMs'],
    ),
    control: orNull(CONTROL),
    restartStatuses: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 255 } },
    degradeWords: TEXTS,
  },
  ['listsRoots', 'restartStatuses', 'degradeWords'],
);

export const PROFILE_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:syncguard:profile:1',
  title: 'A sync daemon as syncguard knows it; bytes where a name ends in Bytes, errors in percent',
  ...PROFILE,
  $defs: {
    figure: {
      type: 'object',
      properties: {
        value: { type: 'number', minimum: 0 },
        evidence: EVIDENCE,
        errorPercent: { type: 'number', minimum: 0, maximum: 100 },
        source: TEXT,
      },
      required: ['value', 'evidence', 'errorPercent', 'source'],
      additionalProperties: false,
    },
  },
};
