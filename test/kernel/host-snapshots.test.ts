import { describe, expect, it } from 'vitest';
import { fullestRow } from '../../src/domain/wall-share.ts';
import { readHostSnapshots } from '../../src/kernel/host-snapshots.ts';
import { changedHost, sysrootOf } from './hosts.ts';

const namesIn = (sysroot: string): string[] => readHostSnapshots(sysroot).map(({ name }) => name);

describe('a host', () => {
  it('lists every cgroup that limits something itself, each with its own rows alone', () => {
    const found = readHostSnapshots(sysrootOf('cgroup2-systemd-2023'));
    expect(found.map(({ name, snapshot }) => [name, snapshot.resources.map((row) => row.name)])).toEqual([
      ['machine', ['memory']],
      ['cgroup /system.slice', ['memory', 'dcachesize', 'pids']],
      ['cgroup /system.slice/syncthing.service', ['memory', 'dcachesize', 'pids']],
    ]);
    for (const { name, snapshot } of found.slice(1))
      expect(new Set(snapshot.resources.map(({ scope }) => `cgroup ${scope}`))).toEqual(new Set([name]));
  });

  it('finds both trees of v1 under one name', () => {
    const found = readHostSnapshots(sysrootOf('cgroup1-2020'));
    const slice = found.find(({ name }) => name === 'cgroup /backup.slice');
    expect(slice?.snapshot.resources.map((row) => row.name)).toEqual(['memory', 'dcachesize', 'pids']);
  });

  it('lists containers of a beancounter kernel, and both kinds where the file informs and cgroups enforce', () => {
    expect(namesIn(sysrootOf('openvz-042-2012-host'))).toEqual(['machine', 'container 101', 'container 0']);
    expect(namesIn(sysrootOf('openvz-7-2022'))).toEqual(['machine', 'container 160267', 'cgroup /']);
  });

  it('leaves out a cgroup that limits nothing, and keeps one that cannot be read as a gap', () => {
    const unit = 'sys/fs/cgroup/system.slice/syncthing.service';
    const open = changedHost('cgroup2-systemd-2023', {
      [`${unit}/memory.max`]: 'max\n',
      [`${unit}/memory.high`]: 'max\n',
      [`${unit}/pids.max`]: 'max\n',
    });
    expect(namesIn(open)).toEqual(['machine', 'cgroup /system.slice']);
    const broken = changedHost('cgroup2-systemd-2023', { [`${unit}/memory.current`]: 'soon\n' });
    const last = readHostSnapshots(broken).at(-1);
    expect(last).toMatchObject({
      name: 'cgroup /system.slice/syncthing.service',
      snapshot: { resources: [{ name: 'pids' }], gaps: [{ reason: 'malformed' }] },
    });
  });
});

describe('the fullest row', () => {
  const rowsOf = (host: string, name: string) => {
    const found = readHostSnapshots(sysrootOf(host)).find((one) => one.name === name);
    if (found === undefined) throw new Error(`${host} has no ${name}`);
    return fullestRow(found.snapshot.resources, found.snapshot.platform.id);
  };

  it('is the one with least headroom of what is firm', () => {
    expect(rowsOf('cgroup2-systemd-2023', 'cgroup /system.slice/syncthing.service')).toMatchObject({
      row: { name: 'memory' },
      share: 103.5 / 512,
    });
  });

  it('is never the cached dentries of a 042stab container', () => {
    expect(rowsOf('openvz-042-2012-host', 'container 101')).toBeNull();
  });
});
