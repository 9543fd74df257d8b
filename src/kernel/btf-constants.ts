// The sizes that BTF tells, from vmlinux and the modules' files. Knows: which structures become which objects.
// May not know: what a poorer source would have said.

import type { FilesystemKind } from '../domain/filesystem.ts';
import type { KernelConstants } from '../domain/kernel-constants.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { type Btf, parseBtf, type StructLayout } from '../formats/btf.ts';
import { readKernelFile, type Sysroot } from './kernel-file.ts';

const BTF_DIRECTORY = '/sys/kernel/btf';

interface InodeStruct {
  readonly struct: string;
  /** The module that has it when it is not built in. */
  readonly module: string;
  /** SLAB_HWCACHE_ALIGN caches are rounded to the cache line (64 bytes on every machine measured). */
  readonly isLineAligned: boolean;
}

type DiskKind = Exclude<FilesystemKind, 'other'>;

const INODE_STRUCTS: Readonly<Record<DiskKind, InodeStruct>> = {
  ext4: { struct: 'ext4_inode_info', module: 'ext4', isLineAligned: false },
  xfs: { struct: 'xfs_inode', module: 'xfs', isLineAligned: true },
  btrfs: { struct: 'btrfs_inode', module: 'btrfs', isLineAligned: false },
  tmpfs: { struct: 'shmem_inode_info', module: '', isLineAligned: false },
  overlay: { struct: 'ovl_inode', module: 'overlay', isLineAligned: false },
  fuse: { struct: 'fuse_inode', module: 'fuse', isLineAligned: true },
};
const KINDS = Object.keys(INODE_STRUCTS).filter((kind): kind is DiskKind => kind in INODE_STRUCTS);

const CACHE_LINE_BYTES = 64;
const CORE_STRUCTS = ['dentry', 'external_name', 'inode', 'inotify_inode_mark', 'file', 'buffer_head'];
const WANTED: ReadonlySet<string> = new Set([
  ...CORE_STRUCTS,
  ...KINDS.map((kind) => INODE_STRUCTS[kind].struct),
]);

/** BTF files whose change means other constants: vmlinux and every module that may hold an inode. */
export const BTF_FILES: readonly string[] = [
  'vmlinux',
  ...KINDS.map((kind) => INODE_STRUCTS[kind].module).filter((module) => module !== ''),
].map((name) => `${BTF_DIRECTORY}/${name}`);

/** What BTF tells; kinds without a structure anywhere are missing from `inodeBytes`. */
export interface BtfConstants {
  readonly core: Pick<
    KernelConstants,
    | 'dentryBytes'
    | 'inlineNameBytes'
    | 'externalNameHeadBytes'
    | 'genericInodeBytes'
    | 'markBytes'
    | 'filpBytes'
    | 'bufferHeadBytes'
  >;
  readonly inodeBytes: Readonly<Partial<Record<DiskKind, number>>>;
}

/** Reads at most seven files, about 40 ms for a 5.5 MB vmlinux. A Gap when there is none, or it lacks a dentry. */
export function readBtfConstants(sysroot: Sysroot, pointerBytes: 4 | 8): Result<BtfConstants, Gap> {
  const vmlinux = readBtf(sysroot, 'vmlinux', null);
  if (!vmlinux.ok) return vmlinux;
  const core = coreOf(vmlinux.value);
  if (core === null) {
    const detail = 'it describes no dentry, inode or file';
    return failure({ source: `${BTF_DIRECTORY}/vmlinux`, reason: 'malformed', detail });
  }
  const inodeBytes: Partial<Record<DiskKind, number>> = {};
  for (const kind of KINDS) {
    const layout = inodeLayout(sysroot, vmlinux.value, INODE_STRUCTS[kind]);
    if (layout !== null)
      inodeBytes[kind] = inodeObjectBytes(layout, INODE_STRUCTS[kind].isLineAligned, pointerBytes);
  }
  const generic = core.genericInodeBytes + pointerBytes;
  return success({ core: { ...core, genericInodeBytes: generic }, inodeBytes });
}

function readBtf(sysroot: Sysroot, name: string, base: Btf | null): Result<Btf, Gap> {
  const source = `${BTF_DIRECTORY}/${name}`;
  const text = readKernelFile(sysroot, source);
  if (!text.ok) return text;
  const parsed = parseBtf(Buffer.from(text.value, 'latin1'), WANTED, base);
  return parsed.ok ? parsed : failure({ source, reason: 'malformed', detail: parsed.error.reason });
}

/** Built in, or in the module's own file; null when neither describes it. */
function inodeLayout(sysroot: Sysroot, vmlinux: Btf, { struct, module }: InodeStruct): StructLayout | null {
  const builtIn = vmlinux.structs.get(struct);
  if (builtIn !== undefined || module === '') return builtIn ?? null;
  const file = readBtf(sysroot, module, vmlinux);
  return file.ok ? (file.value.structs.get(struct) ?? null) : null;
}

/** Inode caches have a constructor, so SLUB keeps its free pointer behind the object (mm/slub.c, calculate_sizes). */
function inodeObjectBytes(layout: StructLayout, isLineAligned: boolean, pointerBytes: number): number {
  return roundUp(layout.sizeBytes + pointerBytes, isLineAligned ? CACHE_LINE_BYTES : pointerBytes);
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

function coreOf(vmlinux: Btf): BtfConstants['core'] | null {
  const [dentry, name, inode, mark, file, head] = CORE_STRUCTS.map((struct) => vmlinux.structs.get(struct));
  const inline = dentry === undefined ? null : inlineNameBytes(dentry);
  const nameAt = name?.memberOffsets.get('name');
  if (!dentry || inline === null || nameAt === undefined || !inode || !mark || !file || !head) return null;
  return {
    dentryBytes: dentry.sizeBytes,
    inlineNameBytes: inline,
    // fs/dcache.c allocates offsetof(struct external_name, name[1]) + length.
    externalNameHeadBytes: nameAt + 1,
    genericInodeBytes: inode.sizeBytes,
    markBytes: mark.sizeBytes,
    filpBytes: roundUp(file.sizeBytes, CACHE_LINE_BYTES),
    bufferHeadBytes: head.sizeBytes,
  };
}

/** The name's room: up to the next member. It is `d_iname` before 6.15 or so, `d_shortname` since. */
function inlineNameBytes({ memberOffsets, sizeBytes }: StructLayout): number | null {
  const start = memberOffsets.get('d_shortname') ?? memberOffsets.get('d_iname');
  if (start === undefined) return null;
  const later = [...memberOffsets.values()].filter((offset) => offset > start);
  return Math.min(sizeBytes, ...later) - start;
}
