// The daemons syncguard knows: what each does to a tree, where its trees are named, what it leaves out.
// Knows: daemons' figures, configuration files and ignore rules. May not know: walls, verdicts, how a tree is counted.

import type { Profile } from '../domain/profile.ts';
import { overrideProfile, type ProfileOverride } from '../domain/profile-override.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { DROPBOX } from './dropbox.ts';
import { GENERIC } from './generic.ts';
import { INOTIFYWAIT } from './inotifywait.ts';
import { INSYNC } from './insync.ts';
import { LSYNCD } from './lsyncd.ts';
import { MAESTRAL } from './maestral.ts';
import { MEGA } from './mega.ts';
import { NEXTCLOUD, NEXTCLOUDCMD, OWNCLOUD } from './nextcloud.ts';
import { ONEDRIVE, ONEDRIVE_SYNC } from './onedrive.ts';
import { PROCESS } from './process.ts';
import { RCLONE, RCLONE_BISYNC, RCLONE_MOUNT, RCLONE_RCD } from './rclone.ts';
import { RESILIO } from './resilio.ts';
import { SEAFILE } from './seafile.ts';
import { SYNCTHING } from './syncthing.ts';
import { UNISON, UNISON_WATCH } from './unison.ts';

/** Every built-in profile, of one program the more particular first; the last two are taken when no other fits. */
export const PROFILES: readonly Profile[] = [
  DROPBOX,
  SYNCTHING,
  LSYNCD,
  RCLONE,
  RCLONE_BISYNC,
  RCLONE_MOUNT,
  RCLONE_RCD,
  NEXTCLOUD,
  NEXTCLOUDCMD,
  OWNCLOUD,
  SEAFILE,
  MAESTRAL,
  ONEDRIVE_SYNC,
  ONEDRIVE,
  MEGA,
  UNISON_WATCH,
  UNISON,
  RESILIO,
  INSYNC,
  INOTIFYWAIT,
  GENERIC,
  PROCESS,
];

export type ProfileOverrides = Readonly<Record<string, ProfileOverride>>;

export interface UnknownProfile {
  /** The one that is missing: what was asked for, or what the configuration says it is like. */
  readonly id: string;
  readonly known: readonly string[];
  readonly sentence: string;
}

const NO_MATCH: Profile['match'] = { names: [], installPaths: [] };

/** The profile of that id as the configuration changes it; an id only the configuration knows starts from its `like`. */
export function findProfile(id: string, overrides: ProfileOverrides): Result<Profile, UnknownProfile> {
  const said = Object.hasOwn(overrides, id) ? overrides[id] : undefined;
  const builtIn = PROFILES.find((profile) => profile.id === id);
  if (builtIn !== undefined) return success(said === undefined ? builtIn : overrideProfile(builtIn, said));
  if (said === undefined) return failure(unknownProfile(id, '', knownIds(overrides)));
  const { like = GENERIC.id } = said;
  const base = PROFILES.find((profile) => profile.id === like);
  if (base === undefined) return failure(unknownProfile(like, `, which daemon.${id} is like`, BUILT_IN_IDS));
  return success(overrideProfile({ ...base, id, title: id, match: { ...NO_MATCH, names: [id] } }, said));
}

/** Every profile the configuration leaves us, its own first, so that its names win. */
export function allProfiles(overrides: ProfileOverrides): Profile[] {
  const own = Object.keys(overrides).filter((id) => !PROFILES.some((profile) => profile.id === id));
  return [...own, ...PROFILES.map((profile) => profile.id)].flatMap((id) => {
    const found = findProfile(id, overrides);
    return found.ok ? [found.value] : [];
  });
}

const BUILT_IN_IDS = PROFILES.map((profile) => profile.id);

const knownIds = (overrides: ProfileOverrides): string[] => [
  ...new Set([...BUILT_IN_IDS, ...Object.keys(overrides)]),
];

const unknownProfile = (id: string, whose: string, known: readonly string[]): UnknownProfile => ({
  id,
  known,
  sentence: `There is no daemon profile ${id}${whose}; known are ${known.join(', ')}.`,
});

export { placeOf, recogniseCommand, unwrapCommand } from './command.ts';
export { compileGlobs } from './exclude-globs.ts';
export { renderLeaveOut } from './leave-out.ts';
export { listEditOf } from './list-edit.ts';
export type { Root, RootsFound, RootsRequest, RootsTrouble } from './root.ts';
export { readRoots } from './roots.ts';
export { editSyncthingWatcher } from './syncthing-watcher-edit.ts';
export { readTreeRules } from './tree-rules.ts';
export { GENERIC, PROCESS };
