// Where a daemon's program is. Apart from command.ts, so that only who asks this loads globs.

import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Profile } from '../domain/profile.ts';
import { findFiles, literalPattern } from './glob.ts';

/** Programs of this profile below its install paths, in their order; of several versions the last by name comes first. */
export function findInstalled(profile: Profile, home: string, sysroot = ''): string[] {
  return profile.match.installPaths.flatMap((path) => {
    const [place, pattern] = path.startsWith('~/') ? [sysroot + home, path.slice(1)] : [sysroot, path];
    return findFiles([(place === '' ? '' : literalPattern(place)) + pattern]).reverse();
  });
}

export interface ProgramSearch {
  /** PATH of the daemon's owner. */
  readonly path: string;
  readonly home: string;
  /** Programs are sought below it. */
  readonly sysroot?: string | undefined;
}

/** Programs of this profile's names in PATH, then those below its install paths, each file once; as they are on that machine. */
export function findPrograms(profile: Profile, { path, home, sysroot = '' }: ProgramSearch): string[] {
  const directories = path.split(':').filter((directory) => directory !== '');
  const inPath = directories.flatMap((directory) =>
    profile.match.names
      .map((name) => join(directory, name))
      .filter((file) => existsSync(join(sysroot, file))),
  );
  const elsewhere = findInstalled(profile, home, sysroot).map((file) => file.slice(sysroot.length));
  const programs = new Map(
    [...inPath, ...elsewhere].reverse().map((file) => [realPath(join(sysroot, file)), file]),
  );
  return [...programs.values()].reverse();
}

/** /bin is often /usr/bin; a file that went away meanwhile is itself. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
