import { describe, expect, it } from 'vitest';
import { tabledConstants } from '../../src/domain/constants-table.ts';
import { externalNameBytes, nameBucketsOf } from '../../src/domain/name-buckets.ts';

describe('the version table', () => {
  it.each([
    ['6.18.44', 1128],
    ['7.0', 1128],
    ['6.17.1', 1168],
    ['6.12.9-amd64', 1168],
    ['6.1.0-18-amd64', 1192],
    ['5.10.0-28-amd64', 1184],
    ['5.15.0-91-generic', 1184],
    ['3.10.0-1160.vz7', 1024],
    ['2.6.32-042stab061.9', 1000],
  ])('takes for %s the last row that is not later', (release, ext4) => {
    const constants = tabledConstants(release, 'x86_64');
    expect(constants.inodeBytes.ext4).toBe(ext4);
    expect(constants).toMatchObject({ source: 'version-table', errorPercent: 15, kernelRelease: release });
  });

  it.each([
    ['an unreadable release', 'unknown', 'x86_64'],
    ['a machine it does not have', '6.1.0', 'other'],
    ['a kernel before its first row', '2.6.18-028stab101.1', 'x86_64'],
  ] as const)('answers %s with its dearest row and the widest error', (_, release, architecture) => {
    const constants = tabledConstants(release, architecture);
    expect(constants).toMatchObject({ source: 'default', errorPercent: 25 });
    expect(constants.inodeBytes.ext4).toBe(1192);
  });

  it('gives 32-bit kernels their own sizes and pointers', () => {
    expect(tabledConstants('6.1', 'i686')).toMatchObject({
      pointerBytes: 4,
      dentryBytes: 128,
      markBytes: 48,
    });
    expect(tabledConstants('6.1', 'armv7l')).toMatchObject({ pointerBytes: 4, dentryBytes: 136 });
    expect(tabledConstants('6.1', 'aarch64').pointerBytes).toBe(8);
  });

  it('judges an unknown filesystem as its dearest disk inode', () => {
    for (const release of ['2.6.32', '5.10', '6.18'])
      for (const architecture of ['x86_64', 'i686', 'armv7l'] as const) {
        const { inodeBytes } = tabledConstants(release, architecture);
        expect(inodeBytes.other).toBe(Math.max(inodeBytes.ext4, inodeBytes.xfs, inodeBytes.btrfs));
      }
  });
});

describe('a long name', () => {
  const bytesOn = (architecture: Parameters<typeof nameBucketsOf>[0], length: number): number =>
    externalNameBytes(length, tabledConstants('6.1', architecture));

  it('costs nothing while it fits inside the dentry, of 32, 36 or 40 bytes', () => {
    expect([bytesOn('x86_64', 31), bytesOn('i686', 35), bytesOn('armv7l', 35)]).toEqual([0, 0, 0]);
    expect(externalNameBytes(39, tabledConstants('6.12', 'x86_64'))).toBe(0);
  });

  it('costs the smallest bucket of its machine: 64 or 96 on x86, 128 on arm64', () => {
    expect(bytesOn('x86_64', 32)).toBe(64 + 8);
    expect(bytesOn('x86_64', 50)).toBe(96 + 8);
    expect(bytesOn('aarch64', 32)).toBe(128 + 8);
    expect(bytesOn('aarch64', 130)).toBe(256 + 8);
    expect(bytesOn('armv7l', 36)).toBe(64 + 4);
  });

  it('of 255 bytes fits a bucket on every machine', () => {
    for (const architecture of ['x86_64', 'i686', 'aarch64', 'armv7l', 'other'] as const)
      expect(nameBucketsOf(architecture).at(-1)).toBeGreaterThanOrEqual(255 + 25);
  });
});
