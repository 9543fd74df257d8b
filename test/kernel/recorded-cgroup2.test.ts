// What a 6.1 kernel with cgroup v2 really printed, for one service from outside and from inside its own namespace.
import { describe, expect, it } from 'vitest';
import { detectPlatform } from '../../src/kernel/detect.ts';
import { rowsNamed, snapshotOf, sysrootOf } from './hosts.ts';

const MIB = 1024 * 1024;
const SERVICE = 'cgroup2-debian-2026';
const NAMESPACE = 'cgroup2-namespace-2026';

describe('a service that looked at 60 000 files', () => {
  it('is full to its memory.high, and nearly all of it can be reclaimed', () => {
    const [own] = rowsNamed(snapshotOf(SERVICE), 'memory');
    expect(own).toMatchObject({ barrier: 192 * MIB, limit: 256 * MIB, failcnt: 0, hits: 3 });
    expect(Number(own?.held) / Number(own?.barrier)).toBeGreaterThan(0.99);
    expect(Number(own?.reclaimable) / Number(own?.held)).toBeGreaterThan(0.98);
  });

  it('holds a dentry and an ext4 inode of each: 1.4 KB of reclaimable slab', () => {
    const [row] = rowsNamed(snapshotOf(SERVICE), 'dcachesize');
    expect(Number(row?.reclaimable) / 60_000).toBeGreaterThan(1_350);
    expect(Number(row?.reclaimable) / 60_000).toBeLessThan(1_450);
  });

  it('is bound by its slice too', () => {
    const walls = (name: 'memory' | 'pids'): unknown[] =>
      rowsNamed(snapshotOf(SERVICE), name).map(({ scope, limit }) => [scope, limit]);
    const own = '/backup.slice/syncthing.service';
    expect(walls('memory')).toEqual([
      [own, 256 * MIB],
      ['/backup.slice', 512 * MIB],
      ['machine', 996560 * 1024],
    ]);
    expect(walls('pids')).toEqual([
      [own, 100],
      ['/backup.slice', 400],
    ]);
  });
});

describe('the same service in a namespace of its own', () => {
  it('is the root it sees, and what binds above is hidden', () => {
    const snapshot = snapshotOf(NAMESPACE);
    expect(rowsNamed(snapshot, 'memory')[0]).toMatchObject({ scope: '/', limit: 256 * MIB });
    expect(rowsNamed(snapshot, 'pids')).toMatchObject([{ scope: '/', limit: 100 }]);
    expect(snapshot.gaps).toContainEqual(
      expect.objectContaining({ source: '/sys/fs/cgroup', reason: 'hidden' }),
    );
  });
});

it.each([SERVICE, NAMESPACE])('%s is cgroup2 on x86_64, no container engine named', (host) => {
  const { platform } = detectPlatform(sysrootOf(host));
  expect(platform).toMatchObject({ id: 'cgroup2', container: null, architecture: 'x86_64' });
});
