// How many tasks a cgroup may have, as the tick reads it; both generations have the same files.

import { keyBytes } from '../formats/tick-decimal.ts';
import type { CgroupPlace } from './cgroup-place.ts';
import { gapList } from './gap-list.ts';
import type { HeldFile } from './held-file.ts';
import {
  type Cap,
  capFor,
  type HeldSensor,
  type SensorFinds,
  type SensorRequest,
  SensorRow,
  UNREAD,
} from './sensor.ts';
import { type ChainLink, chainOf, walled } from './sensor-chain.ts';
import {
  BUFFER_BYTES,
  closeAll,
  type FileShelf,
  numberIn,
  openNeeded,
  openOptional,
  valueIn,
} from './sensor-files.ts';

const MAX = keyBytes('max');

/** One sensor per finite pids.max, and the daemon's own room where the controller is on. */
export function openPids(request: SensorRequest, place: CgroupPlace): SensorFinds {
  const gaps = gapList();
  const sensors: HeldSensor[] = [];
  for (const link of chainOf(place, request.rooms)) {
    const files = openFiles({ sysroot: request.sysroot, directory: link.directory, gaps });
    if (files === null) continue;
    const source = place.version === 2 ? 'cgroup2' : 'cgroup1';
    const cap = capFor(request, 'pids', sensors.length === 0);
    sensors.push(...walled(new Pids({ link, files, source, cap }), gaps));
  }
  return { sensors, gaps: gaps.all() };
}

interface PidsFiles {
  readonly current: HeldFile;
  readonly max: HeldFile;
  /** Since 4.8. */
  readonly events: HeldFile | null;
}

function openFiles(shelf: FileShelf): PidsFiles | null {
  const current = openOptional(shelf, 'pids.current', BUFFER_BYTES.value);
  if (current === null) return null;
  const max = openNeeded(shelf, 'pids.max', BUFFER_BYTES.value);
  if (max === null) {
    current.close();
    return null;
  }
  return { current, max, events: openOptional(shelf, 'pids.events', BUFFER_BYTES.lines) };
}

interface PidsParts {
  readonly link: ChainLink;
  readonly files: PidsFiles;
  readonly source: 'cgroup1' | 'cgroup2';
  readonly cap: Cap;
}

class Pids extends SensorRow {
  private readonly files: PidsFiles;

  constructor({ link, files, source, cap }: PidsParts) {
    super({ resource: 'pids', scope: link.scope, source, isShared: link.isShared }, cap);
    this.files = files;
  }

  read(): boolean {
    const { current, max, events } = this.files;
    const held = valueIn(current);
    if (held < 0) return this.forget();
    this.held = held;
    this.judged = held;
    this.judgedHigh = held;
    this.failcnt = events?.read() ? numberIn(events, MAX) : UNREAD;
    this.drawWall(valueIn(max));
    return true;
  }

  close(): void {
    closeAll(Object.values(this.files));
  }
}
