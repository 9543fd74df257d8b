// Which gaps leave the gate without a wall to judge by.

import { isBeancounterPlatform } from '../domain/platform.ts';
import type { Gap, Snapshot } from '../domain/snapshot.ts';

/** Files that hold a memory wall, by platform family. */
const BEANCOUNTER_FILE = /user_beancounters|\/bc\//;
const MEMORY_FILE = /memory\.(max|current|stat|limit_in_bytes|usage_in_bytes|kmem)|meminfo/;

/**
 * Gaps where the deciding wall would be: the table itself on a beancounter platform; elsewhere a memory file, and only
 * when no other memory wall could be read. A file that is not there is a wall that does not exist.
 */
export function missingWalls({ platform, resources, gaps }: Snapshot): Gap[] {
  const trouble = gaps.filter(({ reason }) => reason !== 'absent' && reason !== 'hidden');
  if (isBeancounterPlatform(platform.id))
    return trouble.filter(({ source }) => BEANCOUNTER_FILE.test(source));
  const hasMemoryWall = resources.some(({ name, limit }) => name === 'memory' && limit !== null);
  return hasMemoryWall ? [] : trouble.filter(({ source }) => MEMORY_FILE.test(source));
}
