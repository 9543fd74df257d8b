// Every container of a host, one snapshot each: beancounter containers, and every cgroup that has a limit of its own.

import { isBeancounterPlatform, type Platform, type PlatformId } from '../domain/platform.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { decodeName } from '../formats/name-text.ts';
import { readHostBlocks, resourcesOfBlock } from './beancounters.ts';
import { detectPlatform } from './detect.ts';
import { readHostCgroups } from './host-cgroups.ts';
import type { Sysroot } from './kernel-file.ts';
import { readMachineMemory } from './meminfo.ts';

export interface HostSnapshot {
  /** `machine`, `container ID`, `cgroup PATH`. */
  readonly name: string;
  readonly snapshot: Snapshot;
}

/** In no order that tells anything; a source that cannot be read is one snapshot without rows, with the gap. */
export function readHostSnapshots(sysroot: Sysroot, forced?: PlatformId): HostSnapshot[] {
  const { platform } = detectPlatform(sysroot, forced);
  const machine = machineOf(sysroot, platform);
  if (isBeancounterPlatform(platform.id)) return [machine, ...containersOf(sysroot, platform)];
  // The file of a vz7 kernel informs, memory cgroups enforce: both are shown.
  const informed = platform.id === 'openvz-7' ? containersOf(sysroot, platform) : [];
  return [machine, ...informed, ...cgroupsOf(sysroot, platform)];
}

function containersOf(sysroot: Sysroot, platform: Platform): HostSnapshot[] {
  const blocks = readHostBlocks(sysroot);
  if (!blocks.ok)
    return [{ name: 'containers', snapshot: { platform, resources: [], gaps: [blocks.error] } }];
  return blocks.value.map((block) => ({
    name: `container ${block.uid}`,
    snapshot: { platform, resources: resourcesOfBlock(block), gaps: [] },
  }));
}

function machineOf(sysroot: Sysroot, platform: Platform): HostSnapshot {
  const memory = readMachineMemory(sysroot);
  const rows = memory.ok ? { resources: [memory.value], gaps: [] } : { resources: [], gaps: [memory.error] };
  return { name: 'machine', snapshot: { platform, ...rows } };
}

function cgroupsOf(sysroot: Sysroot, platform: Platform): HostSnapshot[] {
  const cgroups = readHostCgroups(sysroot);
  if (!cgroups.ok) return [{ name: 'cgroups', snapshot: { platform, resources: [], gaps: [cgroups.error] } }];
  return [...cgroups.value].map(([path, rows]) => ({
    name: `cgroup ${decodeName(path)}`,
    snapshot: { platform, ...rows },
  }));
}
