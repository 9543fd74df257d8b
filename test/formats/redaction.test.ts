import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMountinfo } from '../../src/formats/mountinfo.ts';
import { redaction } from '../../src/formats/redaction.ts';

const MOUNT =
  '32 31 0:29 /docker/4ab1c06fae0123456789 /home/alice/My\\040Books rw,relatime shared:5 - overlay overlay rw,lowerdir=/srv/alice/a:/b,username=alice,addr=10.1.2.3,size=4k,name=systemd';

describe('a redaction', () => {
  it('gives one name another, the same one everywhere', () => {
    const { path, file } = redaction();
    const own = path('/sys/fs/cgroup/memory/lxc/alice/memory.max');
    expect(own).toMatch(/^\/sys\/fs\/cgroup\/memory\/lxc\/n\d+\/memory\.max$/);
    const other = /lxc\/(n\d+)/.exec(own)?.[1];
    expect(file('/proc/self/cgroup', '4:memory:/lxc/alice\n')).toBe(`4:memory:/lxc/${other}\n`);
    expect(file('/proc/self/mountinfo', MOUNT)).toContain(`/home/${other}/n`);
  });

  it('keeps what tells a platform, and the shape of an id', () => {
    const { path } = redaction();
    expect(path('/sys/fs/cgroup/system.slice/docker-4ab1c06fae01.scope')).toBe(
      '/sys/fs/cgroup/system.slice/docker-000000000001.scope',
    );
    expect(path('/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice')).toBe(
      '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice',
    );
    expect(path('/sys/kernel/btf/vmlinux')).toBe('/sys/kernel/btf/vmlinux');
  });

  it('leaves a mount a mount, with its numbers', () => {
    const mounts = parseMountinfo(redaction().file('/proc/self/mountinfo', MOUNT));
    expect(mounts).toMatchObject({
      ok: true,
      value: [{ id: 32, device: '0:29', type: 'overlay', source: 'overlay' }],
    });
    expect(mounts.ok && mounts.value[0]?.superOptions).toEqual([
      'rw',
      expect.stringMatching(/^lowerdir=\/srv\/n\d+\/n\d+:\/n\d+$/),
      expect.stringMatching(/^username=n\d+$/),
      expect.stringMatching(/^addr=n\d+$/),
      'size=4k',
      'name=systemd',
    ]);
  });

  it.each([
    ['/proc/1/environ', 'HOME=/home/alice\0container=lxc\0TOKEN=alice\0', 'container=lxc'],
    ['/proc/7/status', 'Name:\talice\nUid:\t0\t0\t0\t0\n', 'Name:\tprogram\nUid:\t0\t0\t0\t0\n'],
    ['/proc/7/cmdline', 'alice\0', ''],
    ['/proc/7/fdinfo/3', 'pos:\t0\ninotify wd:1f ino:alice sdev:1\n', 'pos:\t0\ninotify wd:1f\n'],
    ['/proc/version', 'Linux version 6.1.0 (alice@host) #1', 'Linux version 6.1.0'],
    ['/proc/slabinfo', 'dentry(7:alice) 1 2\n', 'dentry(7:n) 1 2\n'],
    ['/etc/passwd', 'alice:x:0:0', ''],
  ])('of %s leaves what is judged', (path, text, left) => {
    expect(redaction().file(path, text)).toBe(left);
  });

  it.each([
    ['/home/alice/dropbox\0--alice\0', 'dropbox\0'],
    ['/usr/bin/python3.11\0-I\0/home/alice/maestral\0start\0', 'python3.11\0maestral\0'],
    ['/usr/bin/python3\0/home/alice/tool\0dropbox\0', ''],
    ['/home/dropbox/alice\0dropbox\0', ''],
    ['BOOT_IMAGE=/alice ro\n', ''],
  ])('of the command line %j leaves the name of a known daemon: %j', (line, left) => {
    const { file, link } = redaction(new Set(['dropbox', 'maestral']));
    expect(file('/proc/7/cmdline', line)).toBe(left);
    expect(link('/home/alice/dropbox (deleted)')).toBe('/dropbox');
    expect(link('/home/alice/x')).toBe('/');
  });

  it('lets no name through, wherever one may stand', () => {
    const name = fc
      .stringMatching(/^[a-zé@. ]{1,6}s3cr3t[a-z]{0,4}$/)
      .map((text) => text.replaceAll(' ', '\\040'));
    fc.assert(
      fc.property(name, name, (one, other) => {
        const { path, file, link } = redaction();
        const seen = [
          path(`/sys/fs/cgroup/${one}/${other}.service/pids.max`),
          path(`/sys/fs/cgroup/io.${one}/memory.max.${other}/0612345678/memory.high`),
          file('/proc/1/cgroup', `1:name=systemd:/${one}/${other}.slice/docker-${one}.scope\n`),
          file(
            '/proc/self/mountinfo',
            `1 2 0:1 /${one} /${other}/${one} rw ${one}:1 - fuse.${one} ${other}@${one}:/x rw,user=${one},lowerdir=/${one}:/${other}\\134,${one}\n`,
          ),
          link(`/home/${one}`),
        ];
        expect(seen.join('\n')).not.toMatch(/s3cr3t|0612345678/);
      }),
    );
  });
});
