import { describe, expect, it } from 'vitest';
import { parsePastedBeancounters } from '../../src/formats/pasted-beancounters.ts';
import { generationOfBlock } from '../../src/kernel/beancounter-generation.ts';
import { detectPlatform } from '../../src/kernel/detect.ts';
import { SAMPLES } from '../formats/parsers.ts';
import { changedHost, sysrootOf } from './hosts.ts';

const TABLE = 'proc/user_beancounters';
const RELEASE = 'proc/sys/kernel/osrelease';

describe('a recorded machine', () => {
  it.each([
    ['openvz-028-2012', 'openvz-028', 'openvz', 'x86_64'],
    ['openvz-042-2012', 'openvz-042', 'openvz', 'x86_64'],
    ['openvz-042-2012-at-limit', 'openvz-042', 'openvz', 'x86_64'],
    ['openvz-042-2012-host', 'openvz-042', null, 'x86_64'],
    ['openvz-7-2022', 'openvz-7', 'openvz', 'x86_64'],
    ['cgroup2-systemd-2023', 'cgroup2', null, 'x86_64'],
    ['cgroup2-docker-2024', 'cgroup2', 'docker', 'x86_64'],
    ['cgroup2-lxc-proxmox-2024', 'cgroup2', 'lxc', 'x86_64'],
    ['cgroup1-2020', 'cgroup1', null, 'x86_64'],
    ['host-plain-2024', 'host', null, 'x86_64'],
    ['arm32-2016', 'host', null, 'armv7l'],
  ])('%s is %s, container %s, %s', (host, id, container, architecture) => {
    const { platform, gaps } = detectPlatform(sysrootOf(host));
    expect(platform).toMatchObject({ id, container, architecture, pageBytes: 4096 });
    expect(platform.evidence).not.toBe('');
    expect(gaps).toEqual([]);
  });

  it('can be told what it is, and keeps its own release', () => {
    const { platform } = detectPlatform(sysrootOf('openvz-028-2012'), 'openvz-7');
    expect(platform).toMatchObject({ id: 'openvz-7', evidence: 'forced by --platform' });
    expect(platform.kernelRelease).toBe('2.6.18-028stab101.1');
  });

  it('with nothing to read is a host of unknown release, and says what is missing', () => {
    const { platform } = detectPlatform(changedHost(null, {}));
    expect(platform).toMatchObject({ id: 'host', kernelRelease: 'unknown', architecture: 'other' });
  });
});

describe('a container whose release is faked for a newer libc', () => {
  it.each([
    ['openvz-028-2012', 'openvz-028'],
    ['openvz-042-2012', 'openvz-042'],
    ['openvz-042-2012-at-limit', 'openvz-042'],
    ['openvz-7-2022', 'openvz-7'],
  ])('%s is still told by its numbers', (host, id) => {
    const root = changedHost(host, { [RELEASE]: '4.4.0\n' });
    expect(detectPlatform(root).platform.id).toBe(id);
  });

  it.each([...SAMPLES].filter(([name]) => /^(028|042|vz7)/.test(name) && !name.includes('accounting-off')))(
    '%s is told by its numbers alone',
    (name, text) => {
      const table = parsePastedBeancounters(text);
      const block = table.ok ? table.value.blocks[0] : undefined;
      const expected = name.startsWith('vz7') ? 'openvz-7' : `openvz-${name.slice(0, 3)}`;
      expect(block && generationOfBlock(block).id).toBe(expected);
    },
  );

  it('never overrules a release that names its generation', () => {
    const root = changedHost('openvz-042-2012', { [RELEASE]: '2.6.18-028stab101.1\n' });
    expect(detectPlatform(root).platform).toMatchObject({
      id: 'openvz-028',
      evidence: '/proc/user_beancounters, kernel 2.6.18-028stab101.1',
    });
  });

  it('that reached its limit without a refusal reclaims there: 042stab', () => {
    const row = { barrier: 50_000, failcnt: 0, maxheld: 60_000, limit: 60_000 };
    const files = { ...row, name: 'numfile', held: 100 } as const;
    const sockets = { ...row, name: 'numtcpsock', held: 1 } as const;
    const dcache = { ...row, name: 'dcachesize', held: 40_000 } as const;
    expect(generationOfBlock({ uid: '1', rows: [dcache, files, sockets] }).id).toBe('openvz-042');
    const refused = { ...dcache, failcnt: 1 };
    expect(generationOfBlock({ uid: '1', rows: [refused, files, sockets] }).id).toBe('openvz-028');
  });

  it('and whose table says nothing goes by the version number, with a gap', () => {
    const root = changedHost('openvz-042-2012', { [RELEASE]: '2.6.32\n', [TABLE]: 'nonsense\n' });
    const { platform, gaps } = detectPlatform(root);
    expect(platform.id).toBe('openvz-042');
    expect(gaps).toMatchObject([{ source: '/proc/user_beancounters', reason: 'malformed' }]);
  });

  it('and has no table at all is told by /proc/vz', () => {
    const root = changedHost('openvz-028-2012', { [RELEASE]: '2.6.18-8.el5\n', [TABLE]: null });
    expect(detectPlatform(root).platform.id).toBe('openvz-028');
  });
});

describe('a container is named', () => {
  it.each([
    ['kubepods', { 'proc/1/cgroup': '0::/kubepods.slice/kubepods-pod1.slice/cri-1.scope\n' }],
    ['docker', { 'proc/1/cgroup': '4:memory:/docker/0123abcd\n' }],
    ['docker', { 'proc/self/cgroup': '0::/system.slice/docker-0123abcd.scope\n' }],
    ['podman', { 'run/.containerenv': '' }],
    ['podman', { 'proc/self/cgroup': '0::/user.slice/libpod-0123.scope/container\n' }],
    ['systemd-nspawn', { 'run/systemd/container': 'systemd-nspawn\n' }],
    ['lxc', { 'proc/1/environ': 'PATH=/bin\0container=lxc\0TERM=linux\0' }],
    ['lxc', { 'proc/1/cgroup': '4:memory:/lxc.payload.web\n' }],
  ])('%s by %j', (name, files) => {
    expect(detectPlatform(changedHost(null, files)).platform.container).toBe(name);
  });

  it('by nothing it does not know', () => {
    const root = changedHost(null, { 'run/systemd/container': 'something-of-ours\n' });
    expect(detectPlatform(root).platform.container).toBeNull();
  });
});

describe('the machine word', () => {
  it.each([
    ['3.16.0-4-686-pae', 'i686'],
    ['3.10.0-1160.el7.x86_64', 'x86_64'],
    ['4.19.0-21-arm64', 'aarch64'],
    ['4.9.35-v7+', 'armv7l'],
    ['6.6.1-arch1-1', 'other'],
  ])('of a recorded %s is %s', (release, architecture) => {
    const root = changedHost(null, { [RELEASE]: `${release}\n` });
    expect(detectPlatform(root).platform.architecture).toBe(architecture);
  });

  it('is the kernel’s own where it says so', () => {
    const root = changedHost(null, { [RELEASE]: '6.1.0-rpi\n', 'proc/sys/kernel/arch': 'aarch64\n' });
    expect(detectPlatform(root).platform.architecture).toBe('aarch64');
  });

  it('of this machine is known, and so is its page', () => {
    const { platform } = detectPlatform('');
    expect(platform.kernelRelease).toMatch(/^\d+\.\d+/);
    expect([4096, 16384, 65536]).toContain(platform.pageBytes);
    expect(platform.architecture).not.toBe('other');
  });
});
