// A machine in a file: what --sysroot says of it unpacked is what was said of the machine, and no name of it is inside.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, syncguard } from '../support/binary.ts';
import { isMet } from '../support/need.ts';

const HOSTS = join(ROOT, 'fixtures/hosts');
let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-bundle-'));
});
afterAll(() => rmSync(place, { recursive: true }));

let count = 0;
/** The bundle of a machine, and what it unpacks to; `uid`: who looks at it. */
function bundled(
  options: readonly string[] = [],
  uid = 0,
): { readonly file: string; readonly machine: string } {
  count += 1;
  const file = join(place, `${count}.tar`);
  const machine = join(place, String(count));
  const { status, stderr } = syncguard(['doctor', '--quiet', '--bundle', file, ...options], { uid });
  expect([0, 1, 2], stderr).toContain(status);
  mkdirSync(machine);
  execFileSync('tar', ['-xf', file, '-C', machine]);
  return { file, machine };
}

interface Row {
  readonly name: string;
  readonly scope: string;
}
interface Demand extends Row {
  readonly demand: unknown;
  readonly projected: unknown;
}
/** But for whose they are: that is a name. */
function rowsOf(machine: readonly string[]): unknown {
  const { subjects } = JSON.parse(syncguard(['limits', '--json', ...machine]).stdout);
  return subjects.map(({ resources }: { resources: Row[] }) => resources.map(({ scope: _, ...row }) => row));
}

/** Of every container of a node, whose order among equals is that of their names. */
const hostRowsOf = (machine: string): string[] =>
  (rowsOf(['--host', '--sysroot', machine]) as unknown[]).map((rows) => JSON.stringify(rows)).sort();

const verdictsOf = (machine: string): unknown =>
  JSON.parse(syncguard(['doctor', '--json', '--sysroot', machine]).stdout).checks.map(
    ({ name, status }: { name: string; status: string }) => [name, status],
  );

describe('a bundle', () => {
  it.each(readdirSync(HOSTS))('of %s unpacks to a machine of which all commands say the same', (name) => {
    const host = join(HOSTS, name);
    const { machine } = bundled(['--sysroot', host]);
    expect(rowsOf(['--sysroot', machine])).toEqual(rowsOf(['--sysroot', host]));
    expect(hostRowsOf(machine)).toEqual(hostRowsOf(host));
    expect(verdictsOf(machine)).toEqual(verdictsOf(host));
    const estimate = (sysroot: string): unknown => {
      const words = [
        'estimate',
        place,
        '--daemon',
        'syncthing',
        '--expect',
        'files=9000,directories=900',
        '--json',
      ];
      const { platform, verdict, binding, costs } = JSON.parse(
        syncguard([...words, '--sysroot', sysroot]).stdout,
      );
      return { id: platform.id, container: platform.container, verdict, binding, costs };
    };
    expect(estimate(machine)).toEqual(estimate(host));
  });

  it('of this machine has its rows', () => {
    const { machine } = bundled();
    const shapeOf = (rows: unknown): unknown =>
      (rows as { name: string; wall: unknown; source: string }[][]).map((each) =>
        each.map(({ name, source }) => [name, source]),
      );
    expect(shapeOf(rowsOf(['--sysroot', machine]))).toEqual(
      shapeOf(rowsOf(['--sysroot', '/proc/self/root'])),
    );
  });

  it('tells what was denied as denied, to root too', () => {
    if (!isMet(process.getuid?.() === 0, 'not root: nobody else to be denied something')) return;
    const host = join(place, 'denying');
    cpSync(join(HOSTS, 'openvz-028-2012'), host, { recursive: true });
    chmodSync(join(host, 'proc/user_beancounters'), 0o600);
    chmodSync(place, 0o777);
    const { machine } = bundled(['--sysroot', host], 65_534);
    const said = (sysroot: string, uid: number): string =>
      syncguard(['limits', '--json', '--sysroot', sysroot], { uid }).stdout;
    const there = said(host, 65_534);
    expect(JSON.parse(there).subjects[0].gaps[0]).toEqual({
      source: '/proc/user_beancounters',
      reason: 'denied',
      detail: 'EACCES',
    });
    expect(said(machine, 0)).toBe(there.replace('EACCES', 'where it was recorded'));
  });

  it('knows again what a daemon that runs there holds, and not how it was called', () => {
    const host = join(place, 'running');
    cpSync(join(HOSTS, 'cgroup2-docker-2024'), host, { recursive: true });
    const own = join(host, 'proc/7');
    writeFileSync(join(own, 'cmdline'), '/home/S3CRET/.dropbox-dist/dropbox\0--as=S3CRET\0');
    symlinkSync('/home/S3CRET/.dropbox-dist/dropbox', join(own, 'exe'));
    const demandsIn = (sysroot: string): unknown => {
      const words = ['estimate', place, '--daemon', 'dropbox', '--expect', 'files=9000,directories=900'];
      const { resources } = JSON.parse(syncguard([...words, '--json', '--sysroot', sysroot]).stdout);
      return resources.map(({ name, demand, projected }: Demand) => ({ name, demand, projected }));
    };
    const { file, machine } = bundled(['--sysroot', host]);
    expect(demandsIn(machine)).toEqual(demandsIn(host));
    expect(demandsIn(machine)).not.toEqual(demandsIn(join(HOSTS, 'cgroup2-docker-2024')));
    expect(readFileSync(file, 'latin1')).not.toContain('S3CRET');
  });

  it('has no name that was planted anywhere in a machine', () => {
    const host = join(place, 'planted');
    cpSync(join(HOSTS, 'cgroup2-systemd-2023'), host, { recursive: true });
    const mounts = join(host, 'proc/self/mountinfo');
    writeFileSync(
      mounts,
      `${readFileSync(mounts, 'utf8')}99 1 0:9 /S3CRET /home/S3CRET rw - cifs //S3CRET/share rw,username=S3CRET\n`,
    );
    mkdirSync(join(host, 'proc/1'), { recursive: true });
    writeFileSync(join(host, 'proc/1/environ'), 'TOKEN=S3CRET\0');
    writeFileSync(join(host, 'proc/1/cgroup'), '0::/system.slice/S3CRET.service\n');
    const { file } = bundled(['--sysroot', host]);
    const bytes = readFileSync(file, 'latin1');
    expect(bytes).toContain('cifs');
    expect(bytes).not.toContain('S3CRET');
  });

  it('is never written over what is there', () => {
    const file = join(place, 'there');
    writeFileSync(file, 'mine');
    const { status, stderr } = syncguard([
      'doctor',
      '--bundle',
      file,
      '--sysroot',
      join(HOSTS, 'host-plain-2024'),
    ]);
    expect([status, readFileSync(file, 'utf8')]).toEqual([74, 'mine']);
    expect(stderr).toContain('is there already, and is not written over.');
  });
});
