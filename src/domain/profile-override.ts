// A profile changed by the user's configuration: only what is said is changed, and it says so.

import type { EndSafety, Figure, Profile } from './profile.ts';

/** What `[daemon.NAME]` may say about a profile; bytes and counts as plain numbers. */
export interface ProfileOverride {
  /** The built-in profile a new NAME starts from; without it `generic`. */
  readonly like?: string | undefined;
  readonly names?: readonly string[] | undefined;
  readonly installPaths?: readonly string[] | undefined;
  readonly kind?: Profile['kind'] | undefined;
  readonly watchApi?: Profile['watch']['api'] | undefined;
  readonly watchPer?: Profile['watch']['per'] | undefined;
  readonly watchInstances?: number | undefined;
  readonly scanAtStart?: Profile['scan']['atStart'] | undefined;
  readonly readsBodies?: boolean | undefined;
  readonly rssBaseBytes?: number | undefined;
  readonly rssPerFileBytes?: number | undefined;
  readonly rssPerDirectoryBytes?: number | undefined;
  readonly tasks?: number | undefined;
  readonly openFiles?: number | undefined;
  readonly indexPerFileBytes?: number | undefined;
  readonly sides?: number | undefined;
  readonly enomemSafe?: boolean | undefined;
  readonly prunesWatch?: boolean | undefined;
  readonly prunesScan?: boolean | undefined;
  readonly termSafe?: EndSafety | undefined;
  readonly killSafe?: EndSafety | undefined;
  /** When and on what its figures were measured, in a clause. */
  readonly learned?: string | undefined;
  /** How far its figures may be off, percent. */
  readonly errorPercent?: number | undefined;
}

// The user's own number is taken at its word, but a daemon's memory is never exact: two readings of one daemon on one
// tree (first scan, restart) differed by up to 14 %.
export const CONFIGURED_ERROR_PERCENT = 15;

function overrideCost(cost: Profile['cost'], said: ProfileOverride): Profile['cost'] {
  const configured = (value: number | undefined, otherwise: Figure): Figure =>
    value === undefined
      ? otherwise
      : {
          value,
          evidence: 'configured',
          errorPercent: said.errorPercent ?? CONFIGURED_ERROR_PERCENT,
          source: said.learned === undefined ? 'the configuration' : `learned ${said.learned}`,
        };
  return {
    rssBaseBytes: configured(said.rssBaseBytes, cost.rssBaseBytes),
    rssPerFileBytes: configured(said.rssPerFileBytes, cost.rssPerFileBytes),
    rssPerDirectoryBytes: configured(said.rssPerDirectoryBytes, cost.rssPerDirectoryBytes),
    tasks: configured(said.tasks, cost.tasks),
    openFiles: configured(said.openFiles, cost.openFiles),
    indexPerFileBytes: configured(said.indexPerFileBytes, cost.indexPerFileBytes),
    sides: said.sides ?? cost.sides,
  };
}

function overrideScan(scan: Profile['scan'], said: ProfileOverride): Profile['scan'] {
  const { readsBodies = scan.readsBodies } = said;
  return {
    ...scan,
    atStart: said.scanAtStart ?? scan.atStart,
    ...(readsBodies === undefined ? {} : { readsBodies }),
  };
}

function overrideStop(stop: Profile['stop'], { termSafe, killSafe }: ProfileOverride): Profile['stop'] {
  if (termSafe === undefined && killSafe === undefined) return stop;
  return {
    ...stop,
    termSafe: termSafe ?? stop.termSafe,
    killSafe: killSafe ?? stop.killSafe,
    evidence: 'configured',
  };
}

/** What a profile starts from, and on what its figures stand, changes nothing by itself. */
const BESIDE = ['like', 'learned', 'errorPercent'];

const isSaid = ([key, value]: [string, unknown]): boolean => !BESIDE.includes(key) && value !== undefined;

/** `profile` with what `said` changes; figures it changes carry the evidence `configured`. */
export function overrideProfile(profile: Profile, said: ProfileOverride): Profile {
  if (!Object.entries(said).some(isSaid)) return profile;
  const { match, watch, stop } = profile;
  return {
    ...profile,
    evidence: [...profile.evidence, 'configured: changed by the configuration'],
    kind: said.kind ?? profile.kind,
    match: {
      ...match,
      names: said.names ?? match.names,
      installPaths: said.installPaths ?? match.installPaths,
    },
    watch: {
      ...watch,
      api: said.watchApi ?? watch.api,
      per: said.watchPer ?? watch.per,
      instances: said.watchInstances ?? watch.instances,
    },
    scan: overrideScan(profile.scan, said),
    cost: overrideCost(profile.cost, said),
    enomemSafe: said.enomemSafe ?? profile.enomemSafe,
    prunesWatch: said.prunesWatch ?? profile.prunesWatch,
    prunesScan: said.prunesScan ?? profile.prunesScan,
    stop: overrideStop(stop, said),
  };
}
