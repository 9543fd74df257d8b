import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tabledConstants } from '../../src/domain/constants-table.ts';
import { readKernelConstants } from '../../src/kernel/kernel-constants-source.ts';
import { btfBytes, KERNEL_STRUCTS } from '../support/btf-bytes.ts';
import { temporaryDirectory } from '../support/trees.ts';

const PLATFORM = { kernelRelease: '6.12.9-amd64', architecture: 'x86_64' } as const;
const SLABINFO = `slabinfo - version: 2.1
# name <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>
dentry 1 1 208 21 1 : tunables 0 0 0 : slabdata 1 1 0
xfs_inode 1 1 1088 16 4 : tunables 0 0 0 : slabdata 1 1 0
kmalloc-rcl-512 1 1 512 16 2 : tunables 0 0 0 : slabdata 1 1 0
kmalloc-rcl-128 1 1 128 32 1 : tunables 0 0 0 : slabdata 1 1 0
`;

function machine(files: Readonly<Record<string, string | Uint8Array>>) {
  const directory = temporaryDirectory();
  for (const [path, content] of Object.entries(files)) {
    const full = join(directory.path, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
  }
  return directory;
}

const VMLINUX = btfBytes(KERNEL_STRUCTS);
const read = (sysroot: string, cacheDir: string | null = null) =>
  readKernelConstants({ sysroot, platform: PLATFORM, cacheDir });

describe('the kernel constants', () => {
  it('come from BTF where there is one, with the padding that the allocator adds', () => {
    using root = machine({ 'sys/kernel/btf/vmlinux': VMLINUX });
    const { constants, gaps } = read(root.path);
    expect(gaps).toEqual([]);
    expect(constants).toMatchObject({
      source: 'btf',
      errorPercent: 2,
      dentryBytes: 192,
      inlineNameBytes: 40,
      externalNameHeadBytes: 25,
      genericInodeBytes: 624,
      filpBytes: 192,
      markBytes: 80,
    });
    expect(constants.inodeBytes.tmpfs).toBe(752);
  });

  it('say which inodes BTF did not describe: those are the version table’s', () => {
    using root = machine({ 'sys/kernel/btf/vmlinux': VMLINUX });
    const { constants } = read(root.path);
    expect(constants.tabledInodes).toEqual(['ext4', 'xfs', 'btrfs', 'overlay', 'fuse']);
    expect(constants.inodeBytes.ext4).toBe(tabledConstants('6.12', 'x86_64').inodeBytes.ext4);
  });

  it('find an inode in its module’s own file, rounded to the cache line where the cache is', () => {
    const base = { baseStringBytes: stringBytes(VMLINUX) };
    using root = machine({
      'sys/kernel/btf/vmlinux': VMLINUX,
      'sys/kernel/btf/ext4': btfBytes([{ name: 'ext4_inode_info', sizeBytes: 1152 }], base),
      'sys/kernel/btf/xfs': btfBytes([{ name: 'xfs_inode', sizeBytes: 1020 }], base),
    });
    const { constants } = read(root.path);
    expect(constants.inodeBytes.ext4).toBe(1160);
    expect(constants.inodeBytes.xfs).toBe(1088);
    expect(constants.inodeBytes.other).toBe(1160);
    expect(constants.tabledInodes).not.toContain('ext4');
  });

  it('come from slabinfo where BTF is missing, and say what was missing', () => {
    using root = machine({ 'proc/slabinfo': SLABINFO });
    const { constants, gaps } = read(root.path);
    expect(constants).toMatchObject({ source: 'slabinfo', dentryBytes: 208, nameBucketBytes: [128, 512] });
    expect(constants.inodeBytes.xfs).toBe(1088);
    expect(constants.markBytes).toBe(80);
    expect(gaps.map(({ source, reason }) => [source, reason])).toEqual([
      ['/sys/kernel/btf/vmlinux', 'absent'],
    ]);
  });

  it('come from the version table where neither answers, with one gap each', () => {
    using root = machine({
      'sys/kernel/btf/vmlinux': 'not BTF at all, but long enough',
      'proc/slabinfo': '',
    });
    const { constants, gaps } = read(root.path);
    expect(constants).toEqual(tabledConstants(PLATFORM.kernelRelease, 'x86_64'));
    expect(gaps.map(({ reason }) => reason)).toEqual(['malformed', 'malformed']);
  });

  it('of a BTF without a dentry are malformed, not zero', () => {
    using root = machine({ 'sys/kernel/btf/vmlinux': btfBytes([{ name: 'file', sizeBytes: 184 }]) });
    expect(read(root.path).gaps[0]?.reason).toBe('malformed');
  });
});

describe('the kept constants', () => {
  const keep = () => machine({ 'sys/kernel/btf/vmlinux': VMLINUX });

  it('are read back as they were, in one file without remains', () => {
    using root = keep();
    const cache = join(root.path, 'cache');
    const first = read(root.path, cache).constants;
    expect(readdirSync(cache)).toEqual(['kernel-constants-6.12.9-amd64.json']);
    expect(read(root.path, cache).constants).toEqual(first);
  });

  it('are believed only while the BTF files are the same', () => {
    using root = keep();
    const cache = join(root.path, 'cache');
    read(root.path, cache);
    mark(cache, (text) => text.replace('"dentryBytes":192', '"dentryBytes":200'));
    expect(read(root.path, cache).constants.dentryBytes).toBe(200);
    writeFileSync(join(root.path, 'sys/kernel/btf/ext4'), new Uint8Array(7));
    expect(read(root.path, cache).constants.dentryBytes).toBe(192);
  });

  it.each<[string, (text: string) => string]>([
    ['cut', (text) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['null', () => 'null'],
    ['of another schema', (text) => text.replace('constants/1', 'constants/0')],
    ['with an absurd size', (text) => text.replace('"dentryBytes":192', '"dentryBytes":1e9')],
    ['with a size missing', (text) => text.replace('"filpBytes":192,', '')],
    ['with a text for a size', (text) => text.replace('"markBytes":80', '"markBytes":"80"')],
    ['of constants that are not', (text) => text.replace(/"constants":.*/, '"constants":{}}')],
    ['of inodes that are a text', (text) => text.replace(/"inodeBytes":\{[^}]*\}/, '"inodeBytes":"ext4"')],
    ['of no constants', (text) => text.replace(/"constants":.*/, '"constants":null}')],
  ])('are ignored when the file is %s', (_, damage) => {
    using root = keep();
    const cache = join(root.path, 'cache');
    const good = read(root.path, cache).constants;
    mark(cache, damage);
    expect(read(root.path, cache).constants).toEqual(good);
  });

  it('are done without where the directory cannot be made or the release is no name', () => {
    using root = keep();
    expect(read(root.path, join(root.path, 'sys/kernel/btf/vmlinux/below-a-file')).constants.source).toBe(
      'btf',
    );
    const cacheDir = join(root.path, 'cache');
    const platform = { ...PLATFORM, kernelRelease: '../../escape' };
    expect(readKernelConstants({ sysroot: root.path, platform, cacheDir }).constants.source).toBe('btf');
    expect(readdirSync(root.path)).not.toContain('cache');
  });

  it('of a machine without BTF are not kept: only what is exact is', () => {
    using root = machine({ 'proc/slabinfo': SLABINFO });
    const cache = join(root.path, 'cache');
    read(root.path, cache);
    expect(readdirSync(root.path)).not.toContain('cache');
  });
});

function mark(cache: string, change: (text: string) => string): void {
  const path = join(cache, readdirSync(cache)[0] ?? '');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** str_len of the BTF header. */
const stringBytes = (bytes: Uint8Array): number => new DataView(bytes.buffer).getUint32(20, true);
