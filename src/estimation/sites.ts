// Which profile, which trees, and what of each is left out.

import { isAbsolute, resolve } from 'node:path';
import { SyncguardError } from '../domain/error.ts';
import { combineExclusions, type Exclusions, keepDirectories, NO_EXCLUSIONS } from '../domain/exclusions.ts';
import { inOtherGeneration, type Profile } from '../domain/profile.ts';
import { failure, type Result, success } from '../domain/result.ts';
import {
  allProfiles,
  compileGlobs,
  findProfile,
  GENERIC,
  PROCESS,
  placeOf,
  type Root,
  type RootsFound,
  type RootsRequest,
  type RootsTrouble,
  readRoots,
  readTreeRules,
  recogniseCommand,
} from '../profiles/index.ts';
import type { TreeSite } from './count-scene.ts';
import type { EstimateRequest } from './request.ts';

/** Daemons and their trees, each tree with its own daemon's profile. */
export interface Sited {
  readonly profiles: readonly Profile[];
  readonly sites: readonly TreeSite[];
  /** Why the daemon's trees are not known, for the gate alone: a first start has no configuration yet. */
  readonly trouble: RootsTrouble | null;
}

/** The daemon asked for, recognised, or found by whose root the tree is, else every installed one; and its trees. */
export function sitesOf(request: EstimateRequest): Result<Sited, SyncguardError> {
  const named = namedProfile(request);
  if (!named.ok) return named;
  if (request.trees.length > 0)
    return success(explicitSites(request, named.value ?? ownerOf(request) ?? GENERIC, request.trees));
  const own = named.value === null ? unnamedSites(request) : ownSites(request, named.value);
  // Counts that are expected need neither a daemon nor a tree yet: they are judged where the home is.
  return own.ok || request.expected === null
    ? own
    : success(explicitSites(request, named.value ?? GENERIC, [request.home]));
}

const unnamedSites = (request: EstimateRequest): Result<Sited, SyncguardError> =>
  request.command.length > 0
    ? success({ profiles: [PROCESS], sites: [], trouble: null })
    : installedSites(request);

/** null: neither --daemon nor COMMAND names one. */
function namedProfile(request: EstimateRequest): Result<Profile | null, SyncguardError> {
  const { daemon, settings } = request;
  if (daemon === null)
    return success(
      recogniseCommand(request.command, allProfiles(settings.profiles), placeOf(rootsRequestOf(request))),
    );
  const found = findProfile(daemon, settings.profiles);
  if (found.ok) return found;
  return failure(
    new SyncguardError(
      'unknown-profile',
      found.error.sentence,
      'choose one of these with --daemon, or leave it out',
    ),
  );
}

const rootsRequestOf = ({ home, environment, command, sysroot }: EstimateRequest): RootsRequest => ({
  home,
  env: environment,
  argv: command,
  sysroot,
});

const rootsOf = (profile: Profile, request: EstimateRequest) => readRoots(profile, rootsRequestOf(request));

const treeRulesOf = (
  profile: Profile,
  path: string,
  { home, environment, command, sysroot }: EstimateRequest,
) => readTreeRules(profile, path, { home, env: environment, argv: command, sysroot });

/** The daemon whose configuration names this tree. */
function ownerOf(request: EstimateRequest): Profile | null {
  const paths = request.trees.map((tree) => resolve(tree));
  const owns = (profile: Profile): boolean => {
    const found = rootsOf(profile, request);
    return found.ok && found.value.roots.some(({ path }) => paths.includes(path));
  };
  const known = allProfiles(request.settings.profiles);
  return known.filter(isToldByNameAlone).find(owns) ?? known.find(owns) ?? null;
}

/** Others have the trees of their like, and would find them once more: rclone's commands, one pass of onedrive. */
const isToldByNameAlone = ({ match }: Profile): boolean => match.subcommands === undefined;

function explicitSites(request: EstimateRequest, profile: Profile, trees: readonly string[]): Sited {
  const found = rootsOf(profile, request);
  const roots = found.ok ? found.value.roots : [];
  const sized = asFound(request, profile, found.ok ? found.value : null);
  const sites = trees.map((tree) => {
    const path = isAbsolute(tree) ? tree : resolve(tree);
    const root = roots.find((known) => known.path === path);
    const unnamed = { path, label: null, watched: true, ...treeRulesOf(profile, path, request) };
    return siteOf(request, sized, { ...(root ?? unnamed), isDaemons: false });
  });
  return { profiles: [sized], sites, trouble: null };
}

function ownSites(request: EstimateRequest, profile: Profile): Result<Sited, SyncguardError> {
  if (profile.kind === 'process' || profile.kind === 'mount')
    return success({ profiles: [profile], sites: [], trouble: null });
  const configured = request.settings.trees[profile.id] ?? [];
  if (configured.length > 0) return success(explicitSites(request, profile, configured));
  const found = rootsOf(profile, request);
  if (!found.ok) return withoutRoots(request, profile, found.error);
  const sized = asFound(request, profile, found.value);
  const active = found.value.roots.filter(({ paused }) => !paused);
  return success({
    profiles: [sized],
    sites: active.map((root) => siteOf(request, sized, { ...root, isDaemons: true })),
    trouble: null,
  });
}

/** Somebody who asks is told; a start is judged by what the daemon itself needs, and called unknown. */
function withoutRoots(
  { purpose }: EstimateRequest,
  profile: Profile,
  trouble: RootsTrouble,
): Result<Sited, SyncguardError> {
  if (purpose === 'gate') return success({ profiles: [profile], sites: [], trouble });
  return failure(new SyncguardError('no-daemon', `${trouble.reason}.`, trouble.hint));
}

/** No tree and no daemon named: every daemon whose configuration is here, together, as they share the walls. */
function installedSites(request: EstimateRequest): Result<Sited, SyncguardError> {
  const { profiles, trees } = request.settings;
  const candidates = allProfiles(profiles).filter(
    (profile) =>
      profile.kind !== 'process' && (isToldByNameAlone(profile) || trees[profile.id] !== undefined),
  );
  const found = candidates.flatMap((profile) => {
    const sited = ownSites(request, profile);
    return sited.ok && sited.value.sites.length > 0 ? [sited.value] : [];
  });
  if (found.length > 0)
    return success({
      profiles: found.flatMap(({ profiles }) => profiles),
      sites: found.flatMap(({ sites }) => sites),
      trouble: null,
    });
  const looked = candidates.map(({ id }) => id).join(', ');
  return failure(
    new SyncguardError(
      'no-daemon',
      `No tree was named and no daemon's configuration was found (looked for ${looked}).`,
      'name the folder, as in: syncguard estimate ~/Dropbox',
    ),
  );
}

type SitedRoot = Pick<Root, 'path' | 'ignore' | 'caveat' | 'watched'> & {
  readonly label: string | null;
  readonly isDaemons: boolean;
};

function siteOf(request: EstimateRequest, profile: Profile, root: SitedRoot): TreeSite {
  const globs = [...request.settings.exclude, ...request.excludes];
  const own: Exclusions[] = request.usesIgnores
    ? [root.watched ? sparedBy(profile, root.ignore) : root.ignore, compileGlobs(profile.alwaysExcluded)]
    : [];
  const rules = [...own, compileGlobs(globs), supposedRules(request, root.path)].filter(
    (part) => part !== NO_EXCLUSIONS,
  );
  const isWatched = root.watched && request.supposed?.unwatched.has(root.path) !== true;
  return {
    path: root.path,
    label: root.label,
    profile: isWatched ? profile : withoutWatches(profile),
    caveat: root.caveat,
    isDaemons: root.isDaemons,
    // Where no rule is, none is asked: building a path for each directory is a fifth of a large walk.
    exclusions: rules.length === 0 ? null : combineExclusions(...rules),
    rules: JSON.stringify([globs, request.usesIgnores]),
  };
}

/** What the daemon's rules spare it: nothing, its scan alone (the folders are watched all the same), or both. */
function sparedBy({ prunesScan, prunesWatch }: Profile, ignore: Exclusions): Exclusions {
  if (!prunesScan) return NO_EXCLUSIONS;
  return prunesWatch ? ignore : keepDirectories(ignore);
}

function supposedRules({ supposed }: EstimateRequest, root: string): Exclusions {
  const leftOut = supposed?.leftOut.get(root);
  return leftOut === undefined
    ? NO_EXCLUSIONS
    : { prunesDirectory: (path) => leftOut.has(path), skipsLeaf: null };
}

/** A root whose watcher is switched off in the daemon's own configuration. */
export const withoutWatches = (profile: Profile): Profile => ({
  ...profile,
  watch: { api: 'none', per: 'none', instances: 0, atLimit: 'nothing' },
});

/** What its files tell of the daemon beyond its trees: other habits, a second side here, another generation. */
function asFound({ settings }: EstimateRequest, profile: Profile, found: RootsFound | null): Profile {
  if (found === null) return profile;
  const { actsAs, otherGeneration, sides } = found;
  const other = findProfile(actsAs?.[profile.id] ?? profile.id, settings.profiles);
  const own = other.ok ? other.value : profile;
  const sized = { ...own, cost: { ...own.cost, sides: Math.max(own.cost.sides, sides) } };
  return otherGeneration === undefined ? sized : inOtherGeneration(sized, otherGeneration);
}
