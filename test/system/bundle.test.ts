import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/binary.ts';
import { rootTest } from '../support/root-only.ts';

/** Nothing can be made there, not even by root. */
const NOWHERE = '/dev/null/nowhere';

let scratch = '';
let bundle = '';
let tree = '';

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'syncguard-bundle-'));
  // Anybody may come in: another user runs it, too.
  chmodSync(scratch, 0o755);
  for (const name of ['one', 'another']) {
    mkdirSync(join(scratch, name));
    const built = spawnSync('node', [join(ROOT, 'src/packaging/bundle.mjs'), join(scratch, name)], {
      encoding: 'utf8',
    });
    expect(built.status, built.stderr).toBe(0);
  }
  bundle = join(scratch, 'one/syncguard');
  tree = join(scratch, 'tree');
  mkdirSync(join(tree, 'books'), { recursive: true });
  writeFileSync(join(tree, 'books/one'), '');
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A place to unpack into that nothing is in yet, and the environment in which there is no other. */
function place(name: string): { readonly home: string; readonly env: Record<string, string> } {
  const home = mkdtempSync(join(scratch, `${name}-`));
  return { home, env: environment(home, { TMPDIR: NOWHERE, XDG_RUNTIME_DIR: NOWHERE }) };
}

const environment = (home: string, more: Record<string, string>): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  ...more,
});

const run = (env: Record<string, string>, ...args: readonly string[]) =>
  spawnSync(bundle, args, { encoding: 'utf8', env });

const programs = (home: string): string => join(home, 'state/syncguard/program');
/** The one copy in `home`. */
const copyIn = (home: string): string => {
  const [name = '', ...rest] = readdirSync(programs(home));
  expect(rest).toEqual([]);
  return join(programs(home), name);
};

describe('the program in one file', () => {
  it('makes a service that starts it by its own name in PATH, and of no other file', () => {
    const { env } = place('service');
    const words = ['service', 'print', '--init', 'systemd', '--', '/bin/true'];
    const told = run({ ...env, PATH: `${dirname(bundle)}:${env['PATH']}` }, ...words);
    expect(told.stdout).toContain(`\nExecStart=${bundle} run `);
    const lost = run(env, ...words);
    expect([lost.status, lost.stdout]).toEqual([64, '']);
    expect(lost.stderr).toMatch(/could not find it again.*\nhint: sudo install/);
  });

  it('is the same bytes from the same source', () => {
    expect(readFileSync(bundle).equals(readFileSync(join(scratch, 'another/syncguard')))).toBe(true);
    process.stdout.write(`bundle: ${(statSync(bundle).size / 1024).toFixed(0)} KiB\n`);
  });

  it('estimates and runs from an empty home, and unpacks once', () => {
    const { home, env } = place('empty');
    const estimated = run(env, 'estimate', tree, '--json');
    expect(estimated.status, estimated.stderr).toBe(0);
    expect(JSON.parse(estimated.stdout).census).toMatchObject({ files: 1, directories: 2 });
    const unpackedAt = statSync(copyIn(home)).ctimeMs;
    const ended = run(env, 'run', '--tree', tree, '--', 'sh', '-c', 'exit 7');
    expect(ended.status, ended.stderr).toBe(7);
    expect(statSync(copyIn(home)).ctimeMs).toBe(unpackedAt);
    expect(statSync(copyIn(home)).mode & 0o777).toBe(0o700);
  });

  it('passes signals, descriptors and arguments on as the installed program does', () => {
    const { env } = place('passed');
    const script = 'read line <&7; printf "%s|" "$line" "$@"; kill -TERM $$';
    const asked = spawnSync(
      'sh',
      [
        '-c',
        'exec "$0" "$@" 7<<E\nseven\nE',
        bundle,
        'run',
        '--quiet',
        '--',
        'sh',
        '-c',
        script,
        'sh',
        'a b',
        '',
      ],
      { encoding: 'utf8', env },
    );
    expect(asked).toMatchObject({ signal: 'SIGTERM', stdout: 'seven|a b||' });
  });

  it('started by eight at once, all of them run, and one copy is there', async () => {
    const { home, env } = place('concurrent');
    const statuses = await Promise.all(
      Array.from(
        { length: 8 },
        () =>
          new Promise((resolve) =>
            spawn(bundle, ['--version'], { env, stdio: 'ignore' }).on('exit', resolve),
          ),
      ),
    );
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 0));
    copyIn(home);
  });

  it.each([
    ['cut short', (file: string) => truncateSync(file, 100)],
    [
      'changed in one byte',
      (file: string) => writeFileSync(file, readFileSync(file, 'latin1').replace(/.$/s, '#'), 'latin1'),
    ],
    ['missing', (file: string) => rmSync(file)],
  ])('a copy of which a file is %s is unpacked again', (what, damage) => {
    const { home, env } = place(`damaged ${what}`);
    expect(run(env, '--version').status).toBe(0);
    const sound = mkdtempSync(join(scratch, 'sound-'));
    cpSync(copyIn(home), sound, { recursive: true });
    damage(join(copyIn(home), 'dist/sentinel.cjs'));
    const ended = run(env, 'run', '--quiet', '--', 'sh', '-c', 'exit 7');
    expect(ended.status, ended.stderr).toBe(7);
    expect(spawnSync('diff', ['-r', sound, copyIn(home)]).status).toBe(0);
  });

  it('takes the next place where the state directory cannot be made', () => {
    const blocked = join(scratch, 'a file');
    writeFileSync(blocked, '');
    const temporary = mkdtempSync(join(scratch, 'temporary-'));
    const elsewhere = environment(blocked, { TMPDIR: temporary, XDG_RUNTIME_DIR: NOWHERE });
    expect(run(elsewhere, '--version').status).toBe(0);
    expect(readdirSync(temporary)).toEqual([expect.stringMatching(/^syncguard-program-\d+$/)]);
  });

  it('says what is missing where there is no node, with the status of the command', () => {
    const { env } = place('nodeless');
    const bare = mkdtempSync(join(scratch, 'bare-'));
    const programs = ['id', 'cat', 'sha256sum'].map((name) =>
      spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim(),
    );
    for (const path of programs) cpSync(path, join(bare, path.replace(/^.*\//, '')), { dereference: true });
    const asked = run({ ...env, PATH: bare }, 'estimate');
    expect(asked).toMatchObject({
      status: 70,
      stderr: expect.stringMatching(/no node was found in PATH.*\nhint: install it/),
    });
    expect(run({ ...env, PATH: bare }, '--config', 'x', 'run', 'sleep').status).toBe(125);
    expect(run({ ...env, PATH: bare }, 'status', 'run').status).toBe(70);
  });

  rootTest('another user has a copy of his own, and no foreign one is believed', () => {
    const home = mkdtempSync(join(scratch, 'foreign-'));
    mkdirSync(programs(home), { recursive: true });
    const anybody = mkdtempSync(join(scratch, 'anybody-'));
    chmodSync(anybody, 0o1777);
    chmodSync(home, 0o755);
    const env = environment(home, { TMPDIR: anybody, XDG_RUNTIME_DIR: NOWHERE });
    const node = spawnSync('sh', ['-c', 'command -v node'], { encoding: 'utf8' }).stdout.trim();
    const asked = spawnSync(bundle, ['--version'], {
      encoding: 'utf8',
      uid: 1,
      gid: 1,
      env: { ...env, PATH: `${dirname(node)}:/usr/bin:/bin` },
    });
    expect(asked.status, asked.stderr).toBe(0);
    // Root's own place was there, and is left alone.
    expect(readdirSync(programs(home))).toEqual([]);
    expect(statSync(join(anybody, 'syncguard-program-1')).uid).toBe(1);
  });

  rootTest('runs on a read-only file system from the memory that is there', () => {
    const { home } = place('read-only');
    const script = `mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && mount -t tmpfs -o noexec,mode=1777 none /dev/shm && touch "$1/x" 2>/dev/null && exit 9
      "$0" run --quiet -- sh -c 'exit 7'; status=$?; ls /dev/shm; exit $status`;
    const asked = spawnSync('unshare', ['-m', 'sh', '-c', script, bundle, home], {
      encoding: 'utf8',
      env: environment(home, { TMPDIR: home, XDG_RUNTIME_DIR: home }),
    });
    expect(asked).toMatchObject({ status: 7, stdout: 'syncguard-program-0\n' });
  });
});
