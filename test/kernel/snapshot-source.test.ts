import { chmodSync, mkdirSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readHostBlocks } from '../../src/kernel/beancounters.ts';
import { readDisks } from '../../src/kernel/disk.ts';
import { readInotify } from '../../src/kernel/inotify.ts';
import { readKernelFile } from '../../src/kernel/kernel-file.ts';
import { readOpenFileLimit } from '../../src/kernel/rlimits.ts';
import { readSnapshot } from '../../src/kernel/snapshot-source.ts';
import { changedHost, rowsNamed, snapshotOf, sysrootOf } from './hosts.ts';

const LIVE = { sysroot: '', subject: { kind: 'self' }, treePaths: [] } as const;
const GIB = 1024 ** 3;

/** As an ordinary user, for whom a mode of 000 denies: root may read everything. */
function asNobody<T>(act: () => T): T {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    return act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('a beancounter container', () => {
  it('shows the story’s own row: held far below the barrier, refused 625 million times', () => {
    const snapshot = snapshotOf('openvz-028-2012');
    expect(rowsNamed(snapshot, 'dcachesize')).toEqual([
      {
        name: 'dcachesize',
        unit: 'bytes',
        source: 'beancounters',
        scope: '67216902',
        held: 394380,
        reclaimable: null,
        maxheld: 398136,
        barrier: 3145728,
        limit: 3460300,
        failcnt: 625106375,
        hits: null,
        caveat: null,
      },
    ]);
  });

  it('keeps pages as pages and items as items', () => {
    const rows = snapshotOf('openvz-028-2012').resources;
    const unitOf = (name: string): string | undefined => rows.find((row) => row.name === name)?.unit;
    expect([unitOf('shmpages'), unitOf('numproc'), unitOf('tcpsndbuf')]).toEqual(['pages', 'items', 'bytes']);
  });

  it('has no memory row of the machine: its walls are the rows of the file', () => {
    expect(rowsNamed(snapshotOf('openvz-042-2012'), 'memory')).toEqual([]);
  });

  it('holds as much after the kill as before: health cannot be read from held', () => {
    const held = (host: string): unknown => rowsNamed(snapshotOf(host), 'dcachesize')[0]?.held;
    expect(held('openvz-042-2012-after-kill')).toBe(held('openvz-042-2012-at-limit'));
  });

  it('with accounting switched off says that its 0 is no count', () => {
    const text = readKernelFile(sysrootOf('openvz-028-2012'), '/proc/user_beancounters');
    const off = (text.ok ? text.value : '').replace(/dcachesize +394380 +398136/, 'dcachesize 0 0');
    const root = changedHost('openvz-028-2012', { 'proc/user_beancounters': off });
    expect(rowsNamed(snapshotOf('', { sysroot: root }), 'dcachesize')[0]?.caveat).toMatch(
      /accounting is off/,
    );
  });

  it('whose file is denied has a gap, and 042stab still tells held by meminfo', () => {
    const root = changedHost('openvz-042-2012', {});
    chmodSync(root, 0o755);
    chmodSync(join(root, 'proc/user_beancounters'), 0o000);
    const snapshot = asNobody(() => snapshotOf('', { sysroot: root }));
    expect(snapshot.gaps).toContainEqual({
      source: '/proc/user_beancounters',
      reason: 'denied',
      detail: 'EACCES',
    });
    expect(rowsNamed(snapshot, 'dcachesize')).toMatchObject([
      { source: 'meminfo', held: 528 * 1024, limit: null, failcnt: null },
    ]);
    expect(rowsNamed(snapshot, 'kmemsize')).toEqual([]);
  });

  it('whose file is missing has a gap, never a row of zeros', () => {
    const root = changedHost('openvz-028-2012', { 'proc/user_beancounters': null });
    const snapshot = snapshotOf('', { sysroot: root });
    expect(rowsNamed(snapshot, 'dcachesize')).toEqual([]);
    expect(snapshot.gaps).toContainEqual(
      expect.objectContaining({ source: '/proc/user_beancounters', reason: 'absent' }),
    );
  });
});

describe('a beancounter host', () => {
  it('shows itself its own block, and every container on request', () => {
    expect(rowsNamed(snapshotOf('openvz-042-2012-host'), 'dcachesize')[0]?.scope).toBe('0');
    const blocks = readHostBlocks(sysrootOf('openvz-042-2012-host'));
    expect(blocks.ok && blocks.value.map(({ uid }) => uid)).toEqual(['101', '0']);
  });

  it('without the one file is read container by container', () => {
    const root = changedHost('openvz-042-2012-host', { 'proc/user_beancounters': null });
    const blocks = readHostBlocks(root);
    const rows = blocks.ok ? blocks.value.map(({ uid, rows }) => [uid, rows.length]) : [];
    expect(rows.toSorted()).toEqual([
      ['0', 20],
      ['101', 20],
    ]);
  });

  it('that is none is a gap', () => {
    expect(readHostBlocks(sysrootOf('cgroup1-2020'))).toMatchObject({
      ok: false,
      error: { reason: 'absent' },
    });
  });
});

describe('the memory of the machine', () => {
  it('under lxcfs is the container’s wall', () => {
    const rows = rowsNamed(snapshotOf('cgroup2-lxc-proxmox-2024'), 'memory');
    expect(rows.find(({ source }) => source === 'lxcfs')).toMatchObject({ limit: GIB, scope: 'container' });
    expect(rows.filter(({ limit }) => limit !== null)).toHaveLength(1);
  });

  it('without lxcfs is the machine’s', () => {
    const rows = rowsNamed(snapshotOf('host-plain-2024'), 'memory');
    expect(rows).toMatchObject([{ source: 'meminfo', scope: 'machine', limit: 8041236 * 1024 }]);
  });

  it('estimates what is available on kernels without the line, and says so', () => {
    const root = changedHost('arm32-2016', {
      'proc/meminfo': 'MemTotal: 1000 kB\nMemFree: 300 kB\nCached: 200 kB\nSlab: 90 kB\n',
    });
    const [row] = rowsNamed(snapshotOf('', { sysroot: root }), 'memory');
    expect(row).toMatchObject({ held: 500 * 1024, limit: 1000 * 1024 });
    expect(row?.caveat).toMatch(/estimated/);
  });

  it('of a 32-bit board is read like any other', () => {
    const snapshot = snapshotOf('arm32-2016');
    expect(rowsNamed(snapshot, 'memory')[0]?.limit).toBe(2069228 * 1024);
    expect(rowsNamed(snapshot, 'dcachesize')[0]).toMatchObject({ source: 'meminfo', held: 106116 * 1024 });
    expect(rowsNamed(snapshot, 'pids')[0]).toMatchObject({ held: 31, limit: 10813 });
  });
});

describe('inotify', () => {
  it('counts the watches and instances of one user against the lower of two limits', () => {
    const snapshot = snapshotOf('cgroup2-systemd-2023');
    expect(rowsNamed(snapshot, 'inotify_watches')[0]).toMatchObject({
      held: 37,
      limit: 30108,
      scope: 'uid 1000',
    });
    expect(rowsNamed(snapshot, 'inotify_instances')[0]).toMatchObject({ held: 1, limit: 128 });
    expect(readInotify(sysrootOf('cgroup2-systemd-2023'), 4711).resources[0]?.held).toBe(0);
  });

  it('of a given uid counts that user', () => {
    const snapshot = snapshotOf('cgroup2-systemd-2023', { uid: 4711 });
    expect(rowsNamed(snapshot, 'inotify_watches')[0]).toMatchObject({ held: 0, scope: 'uid 4711' });
  });

  it('before 3.8 cannot be counted: a gap, not 0', () => {
    const snapshot = snapshotOf('openvz-042-2012');
    expect(rowsNamed(snapshot, 'inotify_watches')).toEqual([]);
    expect(snapshot.gaps).toContainEqual(expect.objectContaining({ source: '/proc/PID/fdinfo' }));
  });

  // Every process of this user is counted: one that ends meanwhile takes its watches away.
  it('sees the watches of this very process', { retry: 5 }, () => {
    const tree = mkdtempSync(join(tmpdir(), 'syncguard-watched-'));
    onTestFinished(() => rmSync(tree, { recursive: true }));
    const before = watchesOfMine();
    for (const name of ['a', 'b', 'c', 'd']) {
      mkdirSync(join(tree, name));
      const watcher = watch(join(tree, name));
      onTestFinished(() => watcher.close());
    }
    expect(watchesOfMine() - before).toBe(4);
  });

  it('of processes that may not be looked into is a lower bound, and says how many', () => {
    const root = changedHost('cgroup2-systemd-2023', {});
    chmodSync(root, 0o755);
    chmodSync(join(root, 'proc/912/fd'), 0o000);
    const { resources } = asNobody(() => readInotify(root, 1000));
    expect(resources[0]).toMatchObject({ held: 0, caveat: 'lower bound: 1 processes could not be read' });
  });
});

const watchesOfMine = (): number => Number(readInotify('', process.getuid?.() ?? 0).resources[0]?.held);

describe('open files', () => {
  it('stand against the hard limit, the soft one is a barrier that can be raised', () => {
    const row = readOpenFileLimit(sysrootOf('cgroup2-systemd-2023'), 'self');
    expect(row).toMatchObject({ value: { name: 'numfile', held: 3, barrier: 1024, limit: 524288 } });
  });

  it('of a process that is gone are a gap', () => {
    expect(readOpenFileLimit(sysrootOf('cgroup2-systemd-2023'), '99999')).toMatchObject({
      error: { reason: 'absent' },
    });
  });
});

describe('disks', () => {
  it('are asked once per filesystem, and held never exceeds what df calls full', () => {
    const { resources } = readDisks('', [tmpdir(), import.meta.dirname, import.meta.dirname]);
    const space = resources.filter(({ name }) => name === 'disk_space');
    expect(new Set(space.map(({ scope }) => scope)).size).toBe(space.length);
    for (const { held, limit } of resources) expect(Number(held)).toBeLessThanOrEqual(Number(limit));
  });

  it('of a tree that is not there are a gap', () => {
    expect(readDisks('', ['/nonexistent/tree']).gaps).toMatchObject([{ reason: 'absent' }]);
  });

  it('of a recorded machine cannot be asked: a gap, and never this machine’s numbers', () => {
    const snapshot = snapshotOf('cgroup1-2020', { treePaths: ['/tmp'] });
    expect(rowsNamed(snapshot, 'disk_space')).toEqual([]);
    expect(snapshot.gaps).toMatchObject([{ source: '/tmp', reason: 'absent' }]);
  });
});

describe('a kernel file', () => {
  it('is never read from outside the sysroot', () => {
    const root = changedHost(null, { 'proc/inside': 'in\n' });
    expect(readKernelFile(root, '/../../../../etc/passwd')).toMatchObject({ error: { reason: 'absent' } });
    expect(readKernelFile(root, '/proc/../proc/inside')).toEqual({ ok: true, value: 'in\n' });
  });

  it('with any other errno is a gap that names it', () => {
    expect(readKernelFile('', '/proc')).toMatchObject({ error: { reason: 'stale', detail: 'EISDIR' } });
  });

  it('with bytes that are no text keeps them', () => {
    const root = changedHost(null, { 'proc/sync\u00e9': 'x\n' });
    const name = Buffer.from('/proc/sync\u00e9').toString('latin1');
    expect(readKernelFile(root, name).ok).toBe(true);
  });
});

it('this machine can be read without a throw, and without a row of an unknown wall', () => {
  const snapshot = readSnapshot({ ...LIVE, treePaths: [tmpdir()] });
  expect(rowsNamed(snapshot, 'memory').length).toBeGreaterThan(0);
  expect(rowsNamed(snapshot, 'disk_space')).toHaveLength(1);
  for (const row of snapshot.resources) expect(Number(row.held), row.name).toBeGreaterThanOrEqual(0);
});
