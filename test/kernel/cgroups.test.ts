import { describe, expect, it } from 'vitest';
import { ancestorsOf, readCgroupPlace } from '../../src/kernel/cgroup-place.ts';
import { readMemoryPressure } from '../../src/kernel/pressure.ts';
import { readReclaimableShare } from '../../src/kernel/reclaimable-share.ts';
import { changedHost, rowsNamed, snapshotOf, sysrootOf } from './hosts.ts';

const MIB = 1024 * 1024;
const UNIT = 'sys/fs/cgroup/system.slice/syncthing.service';
const SYSTEMD = 'cgroup2-systemd-2023';
const LEGACY = 'cgroup1-2020';
const SERVICE = 'sys/fs/cgroup/memory/backup.slice/syncthing.service';

describe('a unified hierarchy', () => {
  it('gives one memory row per ancestor with a finite limit, each with its own held', () => {
    const rows = rowsNamed(snapshotOf(SYSTEMD), 'memory').filter(({ source }) => source === 'cgroup2');
    expect(rows.map(({ scope, held, limit }) => [scope, Number(held) / MIB, Number(limit) / MIB])).toEqual([
      ['/system.slice/syncthing.service', 390, 512],
      ['/system.slice', 1500, 2048],
    ]);
  });

  it('shows memory.high as barrier, reclaim as hits and never as failcnt', () => {
    const [own] = rowsNamed(snapshotOf(SYSTEMD), 'memory');
    expect(own).toMatchObject({ barrier: 384 * MIB, failcnt: 0, hits: 7, maxheld: 401 * MIB });
  });

  it('counts clean file cache and reclaimable slab as reclaimable, never more than is held', () => {
    const [own] = rowsNamed(snapshotOf(SYSTEMD), 'memory');
    expect(own?.reclaimable).toBe(200 * MIB - 1.5 * MIB + 88 * MIB);
    const small = changedHost(SYSTEMD, { [`${UNIT}/memory.current`]: '4096\n' });
    const [squeezed] = rowsNamed(snapshotOf('', { sysroot: small }), 'memory');
    expect(squeezed?.reclaimable).toBe(4096);
  });

  it('counts OOM kills as failcnt', () => {
    const [own] = rowsNamed(snapshotOf('cgroup2-docker-2024'), 'memory');
    expect(own).toMatchObject({ scope: '/', failcnt: 2, hits: 40, limit: 256 * MIB });
  });

  it('shows the slab of the own cgroup as dcachesize, with no wall of its own', () => {
    const rows = rowsNamed(snapshotOf(SYSTEMD), 'dcachesize');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ held: 96 * MIB, reclaimable: 88 * MIB, barrier: null, limit: null });
  });

  it('shows pids per ancestor, and null where no peak is counted', () => {
    const rows = rowsNamed(snapshotOf(SYSTEMD), 'pids');
    expect(rows.map(({ scope, held, limit, maxheld }) => [scope, held, limit, maxheld])).toEqual([
      ['/system.slice/syncthing.service', 22, 512, null],
      ['/system.slice', 140, 4194, null],
    ]);
  });

  it('says that limits above a namespace root are hidden', () => {
    const hidden = { source: '/sys/fs/cgroup', reason: 'hidden' };
    expect(snapshotOf('cgroup2-docker-2024').gaps).toContainEqual(expect.objectContaining(hidden));
    expect(snapshotOf(SYSTEMD).gaps).toEqual([]);
  });

  it('with a limit that cannot be read has a gap beside its null', () => {
    const root = changedHost(SYSTEMD, { [`${UNIT}/memory.max`]: 'twelve\n' });
    const snapshot = snapshotOf('', { sysroot: root });
    expect(rowsNamed(snapshot, 'memory')[0]?.limit).toBeNull();
    expect(snapshot.gaps).toMatchObject([{ source: `/${UNIT}/memory.max`, reason: 'malformed' }]);
  });

  it('with a memory.stat that was cut has an unknown reclaimable, not 0', () => {
    const root = changedHost(SYSTEMD, { [`${UNIT}/memory.stat`]: 'anon 1\nfile' });
    const snapshot = snapshotOf('', { sysroot: root });
    expect(rowsNamed(snapshot, 'memory')[0]?.reclaimable).toBeNull();
    expect(snapshot.gaps).toMatchObject([{ reason: 'malformed' }]);
  });

  it('charges the nearest cgroup that has the controller', () => {
    const root = changedHost(SYSTEMD, { [`${UNIT}/memory.current`]: null, [`${UNIT}/memory.stat`]: null });
    const snapshot = snapshotOf('', { sysroot: root });
    expect(rowsNamed(snapshot, 'memory')[0]?.scope).toBe('/system.slice');
    expect(rowsNamed(snapshot, 'dcachesize')).toMatchObject([{ scope: '/system.slice', held: 270 * MIB }]);
  });

  it('without a memory controller is no memory wall', () => {
    const root = changedHost(SYSTEMD, {
      [`${UNIT}/memory.current`]: null,
      'sys/fs/cgroup/cgroup.controllers': 'cpu io pids\n',
    });
    expect(readCgroupPlace(root, { kind: 'self' }, 'memory')).toMatchObject({
      ok: false,
      error: { reason: 'absent' },
    });
  });
});

describe('a v1 hierarchy', () => {
  it('gives one memory row per ancestor with a finite limit, held and reclaimable apart', () => {
    const rows = rowsNamed(snapshotOf(LEGACY), 'memory').filter(({ source }) => source === 'cgroup1');
    expect(rows.map(({ scope, held, limit }) => [scope, held, limit])).toEqual([
      ['/backup.slice/syncthing.service', 268419072, 256 * MIB],
      ['/backup.slice', 267681792, 512 * MIB],
    ]);
  });

  it('full of clean page cache is nearly all reclaimable', () => {
    const [own] = rowsNamed(snapshotOf(LEGACY), 'memory');
    expect(Number(own?.held) / Number(own?.limit)).toBeGreaterThan(0.99);
    expect(Number(own?.reclaimable) / Number(own?.held)).toBeGreaterThan(0.97);
  });

  it('estimates reclaimable kernel memory by the machine’s own mix, and says so', () => {
    const share = readReclaimableShare(sysrootOf(LEGACY)) ?? 0;
    const [own] = rowsNamed(snapshotOf(LEGACY), 'memory');
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
    expect(own?.reclaimable).toBe(48996352 + 211677184 - 344064 + Math.floor(4317184 * share));
    expect(own?.caveat).toMatch(/estimated/);
  });

  it('counts reclaim as hits and OOM kills as failcnt', () => {
    expect(rowsNamed(snapshotOf(LEGACY), 'memory')[0]).toMatchObject({ hits: 10238, failcnt: 0 });
    const root = changedHost(LEGACY, {
      [`${SERVICE}/memory.oom_control`]: 'oom_kill_disable 0\nunder_oom 0\n',
    });
    expect(rowsNamed(snapshotOf('', { sysroot: root }), 'memory')[0]?.failcnt).toBeNull();
  });

  it('shows all kernel memory as dcachesize, an upper bound', () => {
    const [row] = rowsNamed(snapshotOf(LEGACY), 'dcachesize');
    expect(row).toMatchObject({ held: 4317184, limit: null, source: 'cgroup1' });
    expect(row?.caveat).toMatch(/upper bound/);
  });

  it('that does not charge kernel memory says so of its 0', () => {
    const root = changedHost(LEGACY, { [`${SERVICE}/memory.kmem.usage_in_bytes`]: '0\n' });
    expect(rowsNamed(snapshotOf('', { sysroot: root }), 'dcachesize')[0]?.caveat).toMatch(/not charged/);
  });

  it('whose parent does not use the hierarchy is not bound by that parent', () => {
    const root = changedHost(LEGACY, { 'sys/fs/cgroup/memory/backup.slice/memory.use_hierarchy': '0\n' });
    const rows = rowsNamed(snapshotOf('', { sysroot: root }), 'memory');
    expect(rows.map(({ scope }) => scope)).toEqual(['/backup.slice/syncthing.service', 'machine']);
  });

  it('counts pids in its own hierarchy', () => {
    const rows = rowsNamed(snapshotOf(LEGACY), 'pids');
    expect(rows.map(({ scope, limit }) => [scope, limit])).toEqual([
      ['/backup.slice/syncthing.service', null],
      ['/backup.slice', 400],
    ]);
  });

  it('mounted from a container’s own directory hides what is above', () => {
    const snapshot = snapshotOf('openvz-7-2022');
    expect(rowsNamed(snapshot, 'memory').map(({ scope, limit }) => [scope, limit])).toEqual([
      ['/system.slice/syncthing.service', null],
      ['/', 2048 * MIB],
      ['machine', 2048 * MIB],
    ]);
  });

  it('mounted from a container’s own directory without a limit hides what is above all the same', () => {
    const root = changedHost('openvz-7-2022', {
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    });
    const { gaps } = snapshotOf('', { sysroot: root });
    expect(gaps).toContainEqual(
      expect.objectContaining({ source: '/sys/fs/cgroup/memory', reason: 'hidden' }),
    );
  });
});

describe('the subject', () => {
  it('may be another process, whose cgroup is read', () => {
    const root = changedHost(SYSTEMD, { 'proc/self/cgroup': '0::/\n' });
    const self = snapshotOf('', { sysroot: root });
    const other = snapshotOf('', { sysroot: root, subject: { kind: 'pid', pid: 912 } });
    expect(rowsNamed(self, 'memory').map(({ scope }) => scope)).toEqual(['machine']);
    expect(rowsNamed(other, 'memory')[0]?.scope).toBe('/system.slice/syncthing.service');
  });

  it.each(['/system.slice', '/sys/fs/cgroup/system.slice', '/sys/fs/cgroup/system.slice/', 'system.slice'])(
    'may be a cgroup, written %s',
    (path) => {
      const rows = rowsNamed(snapshotOf(SYSTEMD, { subject: { kind: 'cgroup', path } }), 'memory');
      expect(rows.map(({ scope }) => scope)).toEqual(['/system.slice', 'machine']);
    },
  );

  it('a cgroup that is not there is a gap, not the walls of this process', () => {
    const snapshot = snapshotOf(SYSTEMD, { subject: { kind: 'cgroup', path: '/system.slice/gone.service' } });
    expect(rowsNamed(snapshot, 'memory').map(({ scope }) => scope)).toEqual(['machine']);
    expect(snapshot.gaps).toContainEqual(
      expect.objectContaining({ source: '/system.slice/gone.service', reason: 'absent' }),
    );
  });

  it('a process that is gone is a gap, and the platform stays what it is', () => {
    const snapshot = snapshotOf(SYSTEMD, { subject: { kind: 'pid', pid: 4711 } });
    expect(snapshot.platform.id).toBe('cgroup2');
    expect(snapshot.gaps.map(({ source }) => source)).toContain('/proc/4711/cgroup');
  });

  it('a 32-bit root without a limit is the machine’s, and hides nothing', () => {
    const root = changedHost(LEGACY, {
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '8796093018112\n',
    });
    expect(snapshotOf('', { sysroot: root }).gaps).toEqual([]);
  });

  it('a process outside the namespace is judged by the nearest root that can be seen, and the rest is hidden', () => {
    const root = changedHost('cgroup2-docker-2024', {
      'proc/912/cgroup': '0::/../../system.slice/x.service\n',
    });
    const place = readCgroupPlace(root, { kind: 'pid', pid: 912 }, 'memory');
    expect(place).toMatchObject({ ok: true, value: { path: '/', isHiddenAbove: true } });
  });

  it('a process in a cgroup that is gone is judged by the root, and what bound it is hidden', () => {
    const root = changedHost(SYSTEMD, { 'proc/912/cgroup': '0::/system.slice/gone.service (deleted)\n' });
    const place = readCgroupPlace(root, { kind: 'pid', pid: 912 }, 'memory');
    expect(place).toMatchObject({ ok: true, value: { path: '/', isHiddenAbove: true } });
  });

  it('a user is the slice of its logins where there is one', () => {
    const slice = 'sys/fs/cgroup/user.slice/user-1000.slice';
    const root = changedHost(SYSTEMD, {
      [`${slice}/memory.current`]: '1048576\n',
      [`${slice}/memory.max`]: '8388608\n',
      [`${slice}/memory.high`]: 'max\n',
    });
    const rows = rowsNamed(snapshotOf('', { sysroot: root, subject: { kind: 'user', uid: 1000 } }), 'memory');
    expect(rows[0]).toMatchObject({ scope: '/user.slice/user-1000.slice', limit: 8388608 });
  });
});

it('a path lists itself first and the root last', () => {
  expect(ancestorsOf('/a/b')).toEqual(['/a/b', '/a', '/']);
  expect(ancestorsOf('/')).toEqual(['/']);
});

it('pressure is the cgroup’s own on v2, the machine’s elsewhere, and absent where the kernel has none', () => {
  const place = readCgroupPlace(sysrootOf(SYSTEMD), { kind: 'self' }, 'memory');
  expect(readMemoryPressure(sysrootOf(SYSTEMD), place.ok ? place.value : null)).toMatchObject({
    value: { full: { totalMicroseconds: 790112 } },
  });
  expect(readMemoryPressure(sysrootOf(SYSTEMD), null)).toMatchObject({
    value: { full: { totalMicroseconds: 880112 } },
  });
  expect(readMemoryPressure(sysrootOf('arm32-2016'), null)).toMatchObject({ error: { reason: 'absent' } });
});
