// The kernel's release, machine and page size, as this process or a recorded tree shows them.

import { machine } from 'node:os';
import type { Architecture } from '../domain/platform.ts';
import { isLive, readKernelFile, type Sysroot } from './kernel-file.ts';

/** uname -r; `unknown` when unreadable. */
export function readKernelRelease(sysroot: Sysroot): string {
  const release = readKernelFile(sysroot, '/proc/sys/kernel/osrelease');
  return release.ok ? release.value.trim() : 'unknown';
}

const ARCHITECTURE_OF: Readonly<Record<string, Architecture>> = {
  x86_64: 'x86_64',
  amd64: 'x86_64',
  i386: 'i686',
  i586: 'i686',
  i686: 'i686',
  686: 'i686',
  '686-pae': 'i686',
  aarch64: 'aarch64',
  arm64: 'aarch64',
  armv6l: 'armv7l',
  armv7l: 'armv7l',
  armmp: 'armv7l',
  'v7+': 'armv7l',
  'v7l+': 'armv7l',
};

/**
 * The kernel's machine: /proc/sys/kernel/arch (since 6.1), else uname -m of the running machine, else what a recorded
 * tree's release ends with (`-amd64`, `.x86_64`, `-armmp`); `other` when nothing tells.
 */
export function readArchitecture(sysroot: Sysroot): Architecture {
  const told = readKernelFile(sysroot, '/proc/sys/kernel/arch');
  const word = told.ok ? told.value.trim() : isLive(sysroot) ? machine() : '';
  const known = ARCHITECTURE_OF[word];
  if (known !== undefined) return known;
  const release = readKernelRelease(sysroot);
  const ending = Object.keys(ARCHITECTURE_OF).find(
    (word) => /[-._]/.test(release.at(-word.length - 1) ?? '') && release.endsWith(word),
  );
  return ending === undefined ? 'other' : (ARCHITECTURE_OF[ending] ?? 'other');
}

const AT_PAGESZ = 6n;
const DEFAULT_PAGE_BYTES = 4096;

/** AT_PAGESZ of /proc/self/auxv, words of 8 or 4 bytes; 4096 when unreadable (every kernel of this table's machines but arm64). */
export function readPageBytes(sysroot: Sysroot): number {
  const auxv = readKernelFile(sysroot, '/proc/self/auxv');
  if (!auxv.ok) return DEFAULT_PAGE_BYTES;
  const bytes = Buffer.from(auxv.value, 'latin1');
  for (const [wordBytes, read] of [
    [8, (at: number): bigint => bytes.readBigUInt64LE(at)],
    [4, (at: number): bigint => BigInt(bytes.readUInt32LE(at))],
  ] as const) {
    for (let at = 0; at + 2 * wordBytes <= bytes.length; at += 2 * wordBytes) {
      const value = Number(read(at + wordBytes));
      if (read(at) === AT_PAGESZ && isPageSize(value)) return value;
    }
  }
  return DEFAULT_PAGE_BYTES;
}

const isPageSize = (value: number): boolean => [4096, 16384, 65536].includes(value);
