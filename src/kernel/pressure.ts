// Pressure stall information of the machine or of one cgroup.

import type { Result } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { type Pressure, parsePressure } from '../formats/psi.ts';
import { type CgroupPlace, directoryOf } from './cgroup-place.ts';
import { readParsed, type Sysroot } from './kernel-file.ts';

/** Memory pressure of the place's own cgroup (v2 only: memory.pressure), else the machine's. */
export function readMemoryPressure(sysroot: Sysroot, place: CgroupPlace | null): Result<Pressure, Gap> {
  const path =
    place?.version === 2 && place.path !== '/'
      ? `${directoryOf(place, place.path)}/memory.pressure`
      : '/proc/pressure/memory';
  return readParsed(sysroot, path, parsePressure);
}
