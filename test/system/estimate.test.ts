import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ended, ROOT, syncguard } from '../support/binary.ts';
import { ORIGIN, plantLibrary } from '../support/library.ts';

const { scratch, tree } = plantLibrary();
const json = ({ stdout }: Ended) => JSON.parse(stdout);

describe('syncguard estimate', () => {
  it('counts by names alone and says what it counted', () => {
    const ended = syncguard(['estimate', tree, '--json']);
    expect(ended.status).toBe(0);
    expect(json(ended)).toMatchObject({
      schema: 'syncguard/estimate/1',
      census: { files: 3, directories: 4103, symlinks: 1, other: 0, unreadable: 0, complete: true },
      verdict: 'admit',
    });
  });

  it('refuses the tree of 2012 against the table of 2012, names dcachesize, and says what to leave out', () => {
    const ended = syncguard(['estimate', tree, '-f', ORIGIN, '--daemon', 'dropbox', '--json']);
    expect(ended.status).toBe(75);
    const { binding, verdict, sentence, plan, contributors, platform, costs } = json(ended);
    // The table's kernel is not this machine's: nothing may be taken from here.
    expect(costs.constants.source).toBe('default');
    expect({ binding, verdict, platform: platform.id }).toEqual({
      binding: 'dcachesize',
      verdict: 'refuse',
      platform: 'openvz-028',
    });
    expect(sentence).toContain('3.0 MiB barrier');
    expect(contributors[0]).toMatchObject({ path: join(tree, 'Calibre'), directories: 4101 });
    expect(plan).not.toHaveLength(0);
    expect(plan[0]).toMatchObject({ mechanism: 'dropbox exclude add', effect: 'deletes-local' });
  });

  it('fits once what the plan names is excluded', () => {
    const first = json(syncguard(['estimate', tree, '-f', ORIGIN, '--daemon', 'dropbox', '--json']));
    const excludes = first.plan.flatMap(({ path }: { path: string }) => [
      '--exclude',
      path.slice(tree.length),
    ]);
    const second = syncguard(['estimate', tree, '-f', ORIGIN, '--daemon', 'dropbox', ...excludes]);
    expect(second.status).toBe(0);
  });

  it('reads the table from standard input', () => {
    expect(syncguard(['estimate', tree, '-f', '-'], { input: readFileSync(ORIGIN, 'latin1') }).status).toBe(
      75,
    );
  });

  it('judges a recorded machine, and a tree nobody has yet', () => {
    const host = join(ROOT, 'fixtures/hosts/openvz-028-2012');
    const ended = syncguard([
      'estimate',
      tree,
      '--expect',
      'files=18000,directories=7501',
      '--daemon',
      'syncthing',
      '--sysroot',
      host,
      '--json',
    ]);
    expect(ended.status).toBe(75);
    expect(json(ended)).toMatchObject({
      census: { files: 18_000, directories: 7501, engine: 'expected' },
      binding: 'dcachesize',
    });
  });

  it('judges counts that are expected before there is a daemon or a tree', () => {
    for (const daemon of [[], ['--daemon', 'syncthing']]) {
      const words = ['estimate', '--expect', 'files=9000,directories=900', '--json', ...daemon];
      const { stdout, stderr } = syncguard(words, { env: { HOME: scratch } });
      expect(stderr).toBe('');
      const { profile, census } = JSON.parse(stdout);
      expect([profile.id, census.files]).toEqual([daemon[1] ?? 'generic', 9000]);
    }
  });

  it('the gate stops at the wall: a tree four times as large is not counted further', () => {
    const visited = [5000, 20_000].map((count) => {
      const folder = join(scratch, `library-${count}`);
      for (let index = 0; index < count; index += 1)
        mkdirSync(join(folder, `a${index % 50}`, `b${index}`), { recursive: true });
      const args = ['--gate', '--daemon', 'syncthing', '--barrier', 'dcachesize=3145728', '--json'];
      const ended = syncguard(['estimate', folder, ...args]);
      expect(ended.status).toBe(75);
      expect(json(ended)).toMatchObject({ census: { complete: false }, plan: null });
      return json(ended).census.visitedDirectories;
    });
    // Looked at every 256 directories, or when a slice of time is over: a few looks apart on a busy machine.
    expect(Math.abs(visited[1] - visited[0])).toBeLessThanOrEqual(1024);
    expect(visited[1]).toBeLessThan(5000);
  });

  it('a what-if barrier judges, and prints back what it was taken for', () => {
    const ended = syncguard(['estimate', tree, '--barrier', 'inotify_watches=4096', '--daemon', 'syncthing']);
    expect(ended.status).toBe(75);
    expect(ended.stdout).toMatch(/inotify_watches.*4,096/);
    expect(ended.stdout).toContain('what-if');
  });

  it('prints no escape sequence into a pipe, and at most 100 columns where nothing is long', () => {
    const { stdout } = syncguard(['estimate', tree]);
    expect(stdout).not.toContain('\u001b');
    const prose = stdout.split('\n').filter((line) => !line.includes(tree));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(syncguard(['estimate', tree, '--color', 'always']).stdout).toContain('\u001b[');
    expect(
      syncguard(['estimate', tree, '--color', 'auto'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout,
    ).not.toContain('\u001b');
  });

  it('a name that would command the terminal is shown as escapes', () => {
    const hostile = join(scratch, 'hostile');
    mkdirSync(join(hostile, 'evil\u001b[2Jname'), { recursive: true });
    const { stdout } = syncguard(['estimate', hostile]);
    expect(stdout).toContain('evil\\x1b[2Jname');
  });

  it('an unreadable folder makes the count a lower bound; --strict makes it an error', () => {
    const locked = join(scratch, 'locked');
    mkdirSync(join(locked, 'secret'), { recursive: true });
    chmodSync(locked, 0o755);
    chmodSync(join(locked, 'secret'), 0o700);
    const lax = syncguard(['estimate', locked, '--json'], { uid: 65_534 });
    expect([lax.status, json(lax).census.unreadable, json(lax).census.complete]).toEqual([0, 1, false]);
    expect(json(lax).census.unreadableExamples[0]).toEqual({ path: join(locked, 'secret'), errno: 'EACCES' });
    const strict = syncguard(['estimate', locked, '--strict'], { uid: 65_534 });
    expect(strict.status).toBe(65);
    expect(strict.stdout.replace(/\s+/g, ' ')).toContain(
      `1 folder could not be read (${join(locked, 'secret')} EACCES)`,
    );
  });
});
