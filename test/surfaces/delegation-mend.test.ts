import { describe, expect, it } from 'vitest';
import type { BrakeObstacle } from '../../src/actuators/brake.ts';
import { mendDelegation } from '../../src/surfaces/cli/delegation-mend.ts';

const mendIn = (below: string, kind: BrakeObstacle['kind'], container: string | null = null): string =>
  mendDelegation({ obstacle: { kind, directory: `/sys/fs/cgroup${below}`, reason: '' }, container });

describe('what lets a guard make a cgroup for its daemon', () => {
  it('in a service is Delegate=yes in that very unit', () => {
    expect(mendIn('/system.slice/dropbox.service', 'denied')).toBe(
      'sudo systemctl edit dropbox.service: below [Service], Delegate=yes; then sudo systemctl restart dropbox.service',
    );
  });

  it('in a service of a user needs no root', () => {
    const below = '/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service';
    expect(mendIn(below, 'shared')).toMatch(/^systemctl --user edit syncthing\.service: /);
  });

  it('where a unit protects its cgroups is said to that unit, even in a container', () => {
    expect(mendIn('/system.slice/dropbox.service', 'read-only', 'lxc')).toContain(
      'dropbox.service: below [Service], ProtectControlGroups=no and Delegate=yes;',
    );
  });

  it.each([
    '/user.slice/user-1000.slice/session-3.scope',
    '/user.slice/user-1000.slice/user@1000.service/init.scope',
  ])('in a session is a scope of its own: %s', (below) => {
    expect(mendIn(below, 'denied')).toMatch(/^systemd-run --user --scope -p Delegate=yes /);
  });

  it.each([
    ['docker', /^docker run .*\/sys\/fs\/cgroup:rw/],
    ['podman', /^podman run .*unmask=\/sys\/fs\/cgroup/],
    ['lxc', /cgroup:rw/],
    [null, /^sudo mount -o remount,rw /],
  ] as const)('of a container whose cgroups are read-only is its own start: %s', (container, words) => {
    expect(mendIn('', 'read-only', container)).toMatch(words);
  });

  it('where no permission is what is missing names both ways', () => {
    expect(mendDelegation({ obstacle: null, container: null })).toBe(
      'run as root, or in a systemd unit with Delegate=yes',
    );
  });
});
