import { type ChildProcess, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/binary.ts';
import { type CleanRoot, canHaveCleanRoot, openCleanRoot } from '../support/clean-root.ts';
import { hasProgram, isMet } from '../support/need.ts';

let scratch = '';
let packages: string[] = [];

/** Builds it into a directory of its own. */
function build(name: string): string {
  const directory = join(scratch, name);
  mkdirSync(directory);
  const built = spawnSync(join(ROOT, 'src/packaging/deb.sh'), [directory], { encoding: 'utf8' });
  expect(built.status, built.stderr).toBe(0);
  return join(directory, readdirSync(directory)[0] ?? '');
}

const canBuild = (): boolean => isMet(hasProgram('dpkg-deb'), 'dpkg-deb is not installed');

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'syncguard-deb-'));
  if (canBuild()) packages = [build('one'), build('another')];
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the Debian package', () => {
  it('is the same bytes from the same source', () => {
    if (!canBuild()) return;
    const [one = '', another = ''] = packages;
    expect(readFileSync(one).equals(readFileSync(another))).toBe(true);
  });

  it('has nothing that lintian calls an error', () => {
    if (!canBuild() || !isMet(hasProgram('lintian'), 'lintian is not installed')) return;
    const checked = spawnSync('lintian', ['--allow-root', '--fail-on', 'error', packages[0] ?? ''], {
      encoding: 'utf8',
    });
    expect(checked.status, checked.stdout + checked.stderr).toBe(0);
  });
});

describe('in a clean Debian 13', () => {
  let clean: CleanRoot | null = null;
  let guard: ChildProcess | null = null;

  beforeAll(() => {
    if (!canBuild() || !canHaveCleanRoot()) return;
    const [deb = ''] = packages;
    clean = openCleanRoot([deb]);
    mkdirSync(join(clean.path, 'srv/tree/books'), { recursive: true });
    writeFileSync(join(clean.path, 'srv/tree/books/one'), '');
    const installed = clean.run('sh', '-c', 'dpkg -i /syncguard_*.deb');
    expect(installed.status, installed.stderr).toBe(0);
  }, 300_000);

  afterAll(() => {
    guard?.kill('SIGKILL');
    clean?.close();
  });

  /** A guarded daemon; its pid and its guard's. */
  async function startGuarded({ start, run }: CleanRoot): Promise<{ daemon: number; status: () => string }> {
    guard = start('syncguard', 'run', '--companion', 'on', '--tree', '/srv/tree', '--', 'sleep', '1000');
    const read = () => JSON.parse(run('syncguard', 'status', '--json').stdout).guards[0];
    const found = await until(() => (read()?.daemon?.pid > 0 && read().guard.hasCompanion ? read() : null));
    return { daemon: found.daemon.pid, status: () => read().state };
  }

  it('estimates, runs, has its manual and its completions', () => {
    if (clean === null) return;
    const { run, path } = clean;
    const estimated = run('syncguard', 'estimate', '/srv/tree', '--json');
    expect(estimated.status, estimated.stderr).toBe(0);
    expect(JSON.parse(estimated.stdout).census).toMatchObject({ files: 1, directories: 2 });
    expect(run('syncguard', 'run', '--tree', '/srv/tree', '--', 'sh', '-c', 'exit 7').status).toBe(7);
    for (const file of [
      'man/man1/syncguard.1.gz',
      'man/man5/syncguard.5.gz',
      'bash-completion/completions/syncguard',
      'zsh/vendor-completions/_syncguard',
      'fish/vendor_completions.d/syncguard.fish',
    ])
      expect([file, existsSync(join(path, 'usr/share', file))]).toEqual([file, true]);
    expect(run('syncguard', 'config', 'check').stdout).toBe('/etc/syncguard/config.toml: good\n');
  });

  it('removed, it leaves a guarded daemon running, lets a paused one go on, and purged takes its state along', async () => {
    if (clean === null) return;
    const { run, path } = clean;
    const { daemon, status } = await startGuarded(clean);
    expect(run('syncguard', 'pause').status).toBe(0);
    await until(() => stateOf(daemon) === 'T' && status() === 'paused');
    const removed = run('dpkg', '-r', 'syncguard');
    expect(removed.status, removed.stderr).toBe(0);
    expect(existsSync(join(path, 'usr/lib/syncguard'))).toBe(false);
    await until(() => stateOf(daemon) === 'S');
    expect(guard?.exitCode).toBeNull();
    guard?.kill('SIGTERM');
    await until(() => stateOf(daemon) === null);
    expect(existsSync(join(path, 'var/lib/syncguard'))).toBe(true);
    expect(run('dpkg', '-P', 'syncguard').status).toBe(0);
    expect(['etc/syncguard', 'var/lib/syncguard'].filter((each) => existsSync(join(path, each)))).toEqual([]);
  });
});

/** The letter of /proc/PID/stat; null: it has ended. */
function stateOf(pid: number): string | null {
  try {
    return /^\d+ \(.*\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** Waits for what is neither false nor null; the test's own timeout ends it. */
async function until<T>(look: () => T | false | null): Promise<T> {
  for (;;) {
    const seen = look();
    if (seen !== false && seen !== null) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
