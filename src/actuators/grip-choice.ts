// Which grip there is on a daemon: the best that its home allows.

import type { Result } from '../domain/result.ts';
import { success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import type { Freezer } from './freezer.ts';
import { openLegacyFreezer } from './freezer-legacy.ts';
import { openUnifiedFreezer } from './freezer-unified.ts';
import type { Grip } from './grip.ts';
import { CgroupGrip } from './grip-cgroup.ts';
import { SignalGrip } from './grip-signals.ts';
import type { Home, Room } from './home.ts';
import { openMemberList } from './member-list.ts';
import { type Marks, TrackedProcesses } from './tracked-processes.ts';

export interface GripRequest {
  readonly home: Home;
  /** Who belongs to the daemon where no room can tell; to be known before it is released. */
  readonly traits: Marks;
}

/** Opens every descriptor a grip needs; a room whose freezer cannot be had leaves signals, and says why. */
export function openGrip({ home, traits }: GripRequest): Grip {
  let reason = 'no cgroup that could be frozen';
  for (const room of home.rooms) {
    const grip = openRoom(room);
    if (grip === null) continue;
    if (grip.ok) return grip.value;
    reason = `${grip.error.source} cannot be opened (${grip.error.detail})`;
  }
  return new SignalGrip(new TrackedProcesses(traits), reason);
}

/** null: a room that has no freezer by its nature. */
function openRoom({ directory, kind }: Room): Result<Grip, Gap> | null {
  if (kind === 'memory') return null;
  const freezer = kind === 'unified' ? openUnifiedFreezer(directory) : openLegacyFreezer(directory);
  return freezer.ok ? gripOf(freezer.value) : freezer;
}

function gripOf(freezer: Freezer): Result<Grip, Gap> {
  const list = openMemberList(freezer.directory, freezer.kind === 'legacy-freezer');
  return list.ok ? success(new CgroupGrip(freezer, list.value)) : list;
}
