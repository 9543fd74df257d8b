// Which kernel's rules hold on this machine, or on a recorded one.
// Knows: the marks of each platform. May not know: any limit's value beyond what tells platforms apart.

import type { Architecture, Platform, PlatformId } from '../domain/platform.ts';
import type { Gap } from '../domain/snapshot.ts';
import { generationOfBlock, generationOfRelease } from './beancounter-generation.ts';
import { BEANCOUNTERS_PATH, readBeancounters } from './beancounters.ts';
import { type CgroupPlace, readCgroupPlace } from './cgroup-place.ts';
import { readContainerName } from './container-name.ts';
import { hasKernelPath, type Sysroot } from './kernel-file.ts';
import { readArchitecture, readKernelRelease, readPageBytes } from './machine.ts';
import type { Subject } from './subject.ts';

export interface Detection {
  readonly platform: Platform;
  /** What kept the detection from being sure. */
  readonly gaps: readonly Gap[];
}

/** Beancounter kernels ran on x86 alone, and their table's columns are as wide as their words. */
function architectureOf(sysroot: Sysroot): Architecture {
  const told = readArchitecture(sysroot);
  if (told !== 'other') return told;
  const table = readBeancounters(sysroot);
  const wordBits = table.ok ? table.value.wordBits : null;
  if (wordBits === null) return 'other';
  return wordBits === 32 ? 'i686' : 'x86_64';
}

interface Finding {
  readonly id: PlatformId;
  readonly evidence: string;
  readonly gaps: readonly Gap[];
}

/** `forced` (--platform) replaces what was seen; release, machine and container are read all the same. */
export function detectPlatform(
  sysroot: Sysroot,
  forced?: PlatformId,
  subject: Subject = { kind: 'self' },
): Detection {
  const kernelRelease = readKernelRelease(sysroot);
  const found: Finding =
    forced === undefined
      ? (findOpenvz(sysroot, kernelRelease) ?? findCgroup(sysroot, subject))
      : { id: forced, evidence: 'forced by --platform', gaps: [] };
  const platform: Platform = {
    id: found.id,
    evidence: found.evidence,
    kernelRelease,
    architecture: architectureOf(sysroot),
    pageBytes: readPageBytes(sysroot),
    container: readContainerName(sysroot),
  };
  return { platform, gaps: found.gaps };
}

function findOpenvz(sysroot: Sysroot, release: string): Finding | null {
  const hasFile = hasKernelPath(sysroot, BEANCOUNTERS_PATH);
  if (!hasFile && !hasKernelPath(sysroot, '/proc/vz')) return null;
  const seen = hasFile ? BEANCOUNTERS_PATH : '/proc/vz';
  const byRelease = generationOfRelease(release);
  if (byRelease !== null) return { id: byRelease, evidence: `${seen}, kernel ${release}`, gaps: [] };
  const table = readBeancounters(sysroot);
  const block = table.ok ? table.value.blocks[0] : undefined;
  if (block !== undefined) {
    const { id, because } = generationOfBlock(block);
    return { id, evidence: `${BEANCOUNTERS_PATH}, where ${because}`, gaps: [] };
  }
  const gaps = table.ok ? [] : [table.error];
  return { id: byVersion(release), evidence: `${seen}, kernel ${release}`, gaps };
}

/** A release without a vendor suffix, and a file that can't be read: 2.6.18 was 028stab's, 2.6.32 042stab's. */
function byVersion(release: string): PlatformId {
  if (release.startsWith('2.6.18')) return 'openvz-028';
  return release.startsWith('2.6.32') ? 'openvz-042' : 'openvz-7';
}

function findCgroup(sysroot: Sysroot, subject: Subject): Finding {
  const named = readCgroupPlace(sysroot, subject, 'memory');
  // A subject that is gone does not change the platform: our own cgroup tells it as well.
  const place = named.ok ? named : readCgroupPlace(sysroot, { kind: 'self' }, 'memory');
  if (!place.ok) {
    const gaps = place.error.reason === 'absent' ? [] : [place.error];
    return { id: 'host', evidence: `no memory cgroup: ${place.error.detail}`, gaps };
  }
  const { version, mountPoint, path } = place.value;
  if (isMachineRoot(place.value))
    return { id: 'host', evidence: `in the root of ${mountPoint}, which has no limit`, gaps: [] };
  return {
    id: version === 2 ? 'cgroup2' : 'cgroup1',
    evidence: `memory controller of cgroup v${version}, ${path} in ${mountPoint}`,
    gaps: [],
  };
}

const isMachineRoot = ({ path, isHiddenAbove }: CgroupPlace): boolean => path === '/' && !isHiddenAbove;
