// Where a daemon's program is when PATH does not know it. Apart from command.ts, so that only who asks this loads globs.

import type { Profile } from '../domain/profile.ts';
import { findFiles, literalPattern } from './glob.ts';

/** Programs of this profile below its install paths, in their order; of several versions the last by name comes first. */
export function findInstalled(profile: Profile, home: string): string[] {
  return profile.match.installPaths.flatMap((path) => {
    const pattern = path.startsWith('~/') ? `${literalPattern(home)}${path.slice(1)}` : path;
    return findFiles([pattern]).reverse();
  });
}
