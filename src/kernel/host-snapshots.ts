// Every container of a beancounter host, one snapshot each.

import type { PlatformId } from '../domain/platform.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { readHostBlocks, resourcesOfBlock } from './beancounters.ts';
import { detectPlatform } from './detect.ts';
import type { Sysroot } from './kernel-file.ts';

export interface HostSnapshot {
  readonly uid: string;
  readonly snapshot: Snapshot;
}

/** As the host lists them; one without rows, with the gap, where the host's table cannot be read. */
export function readHostSnapshots(sysroot: Sysroot, forced?: PlatformId): HostSnapshot[] {
  const { platform, gaps } = detectPlatform(sysroot, forced);
  const blocks = readHostBlocks(sysroot);
  if (!blocks.ok)
    return [{ uid: 'host', snapshot: { platform, resources: [], gaps: [...gaps, blocks.error] } }];
  return blocks.value.map((block) => ({
    uid: block.uid,
    snapshot: { platform, resources: resourcesOfBlock(block), gaps: [] },
  }));
}
