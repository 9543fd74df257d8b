import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/binary.ts';
import { canHaveCleanRoot, keptCleanRoot } from '../support/clean-root.ts';
import { hasProgram, isMet } from '../support/need.ts';

let scratch = '';

const PROGRAMS = ['podman', 'runc', 'dpkg-deb'];

/** A store of its own: whole copies for layers, which every file system can hold. */
function podman(...args: readonly string[]): SpawnSyncReturns<string> {
  const places = ['root', 'runroot', 'tmpdir'].map((place) => `--${place}=${join(scratch, place)}`);
  const how = [
    '--storage-driver=vfs',
    '--cgroup-manager=cgroupfs',
    '--events-backend=file',
    '--runtime=runc',
  ];
  return spawnSync('podman', [...places, ...how, ...args], { encoding: 'utf8' });
}

/** Its output; fails where it failed. */
function asked(...args: readonly string[]): string {
  const ended = podman(...args);
  expect(ended.status, `podman ${args.join(' ')}: ${ended.stderr}`).toBe(0);
  return ended.stdout.trim();
}

/** Without a kernel's leave for more than a chroot while it builds. */
const build = (...args: readonly string[]): string =>
  asked('build', '--quiet', '--isolation', 'chroot', '--layers=false', '--format=docker', ...args);

/** As README has it. By itself podman raises both limits, which a machine without CAP_SYS_RESOURCE does not let it. */
const start = (...args: readonly string[]): string =>
  asked(
    ...['run', '--read-only', '--memory=512m', '--network=none', '--volume', `${scratch}/tree:/srv/sync:ro`],
    ...[
      '--cgroups=no-conmon',
      '--cgroup-parent',
      basename(scratch),
      '--ulimit=nofile=1024:1024',
      '--ulimit=nproc=1024:1024',
    ],
    ...args,
  );

const canBuild = (): boolean =>
  isMet(PROGRAMS.every(hasProgram), `not all of ${PROGRAMS.join(', ')} are installed`) && canHaveCleanRoot();

beforeAll(() => {
  if (!canBuild()) return;
  scratch = mkdtempSync(join(tmpdir(), 'syncguard-image-'));
  const context = join(scratch, 'context');
  for (const each of [context, join(scratch, 'tree/books')]) mkdirSync(each, { recursive: true });
  writeFileSync(join(scratch, 'tree/books/one'), '');
  const packed = spawnSync(join(ROOT, 'src/packaging/deb.sh'), [context], { encoding: 'utf8' });
  expect(packed.status, packed.stderr).toBe(0);
  // As the recipe says for a machine that can pull nothing; what a program does not need is left behind for speed alone.
  const [base, left] = [join(scratch, 'base'), join(scratch, 'left-behind')];
  writeFileSync(base, 'FROM scratch\nCOPY . /\n');
  writeFileSync(left, 'usr/share/doc\nusr/share/locale\nusr/share/man\nvar/cache\nvar/lib/apt/lists\n');
  build('-t', 'debian-13', '-f', base, '--ignorefile', left, keptCleanRoot());
  const recipe = join(ROOT, 'src/packaging/Containerfile');
  build('--build-arg', 'BASE=localhost/debian-13', '-t', 'syncguard', '-f', recipe, context);
}, 400_000);

afterAll(() => {
  if (scratch === '') return;
  podman('rm', '--all', '--force');
  spawnSync('find', [
    ...['/sys/fs/cgroup', '-depth', '-type', 'd', '-path', `*/${basename(scratch)}*`],
    ...['-exec', 'rmdir', '{}', '+'],
  ]);
  rmSync(scratch, { recursive: true, force: true });
});

describe('the image', () => {
  it('estimates a mounted tree against the limit of its container', () => {
    if (!canBuild()) return;
    const report = JSON.parse(
      start('--rm', '--entrypoint=syncguard', 'syncguard', 'estimate', '--json', '/srv/sync'),
    );
    expect(report.census).toMatchObject({ files: 1, directories: 2 });
    const memory = report.resources.filter((row: { name: string }) => row.name === 'memory');
    expect(memory.map((row: { limit: number }) => row.limit)).toContain(512 * 1024 * 1024);
  });

  it('guards its command as process 1, without root, on a read-only root, and tells whether it is well', async () => {
    if (!canBuild()) return;
    const container = start('--detach', 'syncguard', 'sleep', '1000');
    await expect.poll(() => podman('healthcheck', 'run', container).status).toBe(0);
    const inside = (...command: readonly string[]) => podman('exec', container, ...command);
    expect(inside('cat', '/proc/1/cmdline').stdout.split('\0')).toContain('run');
    expect(inside('id', '-u').stdout).toBe('990\n');
    expect(inside('touch', '/var/lib/syncguard/kept').status).toBe(0);
    expect(inside('touch', '/home/syncguard/kept').stderr).toContain('Read-only file system');
    asked('stop', container);
    // TERM went to the daemon, whose end process 1 tells as a shell does.
    expect(asked('wait', container)).toBe('143');
  });
});
