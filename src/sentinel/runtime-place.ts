// The directory a running guard is found by: its manifest, its ring, its control socket.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { type GuardManifest, renderGuardManifest } from '../formats/guard-manifest.ts';
import { makeDirectoryPath } from '../kernel/directory-path.ts';
import { errnoOf } from '../kernel/errno.ts';
import { runtimeDirectory } from '../settings/places.ts';

export interface RuntimePlace {
  /** Holds one directory per guard. */
  readonly parent: string;
  readonly directory: string;
  /** false: it could not be written, and nobody finds this guard by name. */
  announce(manifest: GuardManifest): boolean;
  remove(): void;
}

export const MANIFEST_FILE = 'guard.json';
export const RING_FILE = 'ring';

/** Where guards of this user announce themselves. */
export function runtimeParent(environment: Readonly<Record<string, string | undefined>>): string {
  const uid = process.getuid?.() ?? 0;
  return runtimeDirectory({ environment, isRoot: uid === 0, uid });
}

/** Makes `<runtime directory>/<our pid>`, mode 0700; the error is one clause. */
export function makeRuntimePlace(
  environment: Readonly<Record<string, string | undefined>>,
): Result<RuntimePlace, string> {
  const uid = process.getuid?.() ?? 0;
  const parent = runtimeParent(environment);
  const directory = join(parent, String(process.pid));
  try {
    makeDirectoryPath(parent);
    const { uid: owner } = lstatSync(parent);
    // Anybody may have made a name below /tmp before us.
    if (owner !== uid && uid !== 0) return failure(`${parent} belongs to uid ${owner}`);
    isDone(() => sweep(parent));
    // Left by an earlier guard with our pid: a restarted container counts from 1 again.
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { mode: 0o700 });
    chmodSync(directory, 0o700);
  } catch (error) {
    return failure(`${directory}: ${errnoOf(error)}`);
  }
  return success({
    parent,
    directory,
    announce: (manifest) => isDone(() => writeManifest(directory, manifest)),
    remove: () => {
      isDone(() => rmSync(directory, { recursive: true, force: true }));
    },
  });
}

/** What a guard that was killed leaves is kept for a day, so that `why` can still tell. */
const KEPT_MS = 86_400_000;

function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const directory = join(parent, name);
    const isGone = /^\d+$/.test(name) && !existsSync(`/proc/${name}`);
    if (isGone && Date.now() - lstatSync(directory).mtimeMs > KEPT_MS)
      isDone(() => rmSync(directory, { recursive: true, force: true }));
  }
}

/** Renamed into its place: whoever looks for guards finds a whole manifest or none. */
function writeManifest(directory: string, manifest: GuardManifest): void {
  const path = join(directory, MANIFEST_FILE);
  writeFileSync(`${path}.new`, renderGuardManifest(manifest), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function isDone(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
