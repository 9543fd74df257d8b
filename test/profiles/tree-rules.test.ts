import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTreeRules } from '../../src/profiles/index.ts';
import { HOME, profileOf, rootsFound } from '../support/fixture-roots.ts';
import { WrittenMachine } from '../support/written-machine.ts';

let machine: WrittenMachine;
beforeEach(() => {
  machine = new WrittenMachine();
});
afterEach(() => machine.remove());

const rulesOf = (id: string, path: string) =>
  readTreeRules(profileOf(id), path, { home: HOME, env: {}, sysroot: machine.root });
const rootOf = (id: string, line = '') => {
  const argv = line === '' ? [] : line.split(' ');
  return rootsFound(id, { sysroot: machine.root, argv }).roots[0];
};
const pruned = (ignore: ReturnType<typeof rulesOf>['ignore'] | undefined, ...paths: string[]): string[] =>
  paths.filter((path) => ignore?.prunesDirectory(path, path.split('/').at(-1) ?? ''));

describe('rules that lie in a tree', () => {
  it.each([
    ['maestral', '.mignore', 'cache/\n'],
    ['seafile', 'seafile-ignore.txt', 'cache/\n'],
    ['nextcloud', '.sync-exclude.lst', 'cache/\n'],
    ['nextcloudcmd', '.sync-exclude.lst', 'cache/\n'],
    ['syncthing', '.stignore', '/cache\n'],
  ])('of %s are those of %s', (id, file, text) => {
    machine.write(`srv/tree/${file}`, text);
    const { ignore, caveat } = rulesOf(id, '/srv/tree');
    expect([pruned(ignore, 'cache', 'books'), caveat]).toEqual([['cache'], null]);
  });

  it.each([
    ['maestral', '.mignore'],
    ['seafile', 'seafile-ignore.txt'],
    ['nextcloud', '.sync-exclude.lst'],
  ])('of %s leave out nothing and say so when %s cannot be read', (id, file) => {
    mkdirSync(join(machine.root, 'srv/tree', file), { recursive: true });
    const { ignore, caveat } = rulesOf(id, '/srv/tree');
    expect(pruned(ignore, 'cache', 'books')).toEqual([]);
    expect(caveat).toMatch(/cannot be read|not a regular file/);
  });

  it('of Maestral name the line that stops them', () => {
    machine.write('srv/tree/.mignore', 'a\nb\\\n');
    expect(rulesOf('maestral', '/srv/tree').caveat).toBe(
      '/srv/tree/.mignore, line 2: b\\ is no pattern; nothing is left out',
    );
  });

  it('of a root its daemon names are read with it', () => {
    machine.write('home/user/.config/maestral/m.ini', '[sync]\npath = /srv/box\n');
    machine.write('srv/box/.mignore', 'cache\n');
    expect(pruned(rootOf('maestral')?.ignore, 'cache', 'books')).toEqual(['cache']);
    expect(rootOf('maestral')?.caveat).toBeNull();
  });
});

describe('lists of Nextcloud', () => {
  const command = 'nextcloudcmd /srv/tree https://cloud';

  it("are the user's, else the system's", () => {
    machine.write('etc/Nextcloud/sync-exclude.lst', 'system\n');
    expect(pruned(rulesOf('nextcloud', '/srv/tree').ignore, 'system', 'user')).toEqual(['system']);
    machine.write('home/user/.config/Nextcloud/sync-exclude.lst', 'user\n');
    expect(pruned(rulesOf('nextcloud', '/srv/tree').ignore, 'system', 'user')).toEqual(['user']);
    expect(pruned(rulesOf('owncloud', '/srv/tree').ignore, 'system', 'user')).toEqual([]);
  });

  it('of its command leave out what is hidden, unless it is told otherwise', () => {
    expect(pruned(rootOf('nextcloudcmd', command)?.ignore, '.git', 'a/.git', 'git')).toEqual([
      '.git',
      'a/.git',
    ]);
    expect(pruned(rootOf('nextcloudcmd', command.replace(' ', ' -h '))?.ignore, '.git')).toEqual([]);
    expect(pruned(rulesOf('nextcloud', '/srv/tree').ignore, '.git')).toEqual([]);
  });

  it('given on the command line count where they are called as its own are', () => {
    machine.write('srv/sync-exclude.lst', 'given\n');
    machine.write('srv/other.lst', 'given\n');
    const of = (list: string, program = 'nextcloudcmd') =>
      pruned(rootOf('nextcloudcmd', `${program} --exclude ${list} /srv/tree https://c`)?.ignore, 'given');
    expect([of('/srv/sync-exclude.lst'), of('/srv/other.lst')]).toEqual([['given'], []]);
    expect(of('/srv/other.lst', 'owncloudcmd')).toEqual(['given']);
  });

  it('in a directory hide those above it, and are read when it is met', () => {
    machine.write('etc/Nextcloud/sync-exclude.lst', 'system\n');
    machine.write('srv/tree/a/.sync-exclude.lst', 'mine\nb/deep\n');
    machine.write('srv/tree/odd/.sync-exclude.lst', '[[:alpha:]]\n');
    machine.write('srv/tree/empty/.sync-exclude.lst', '# nothing\n');
    const { ignore, caveat } = rulesOf('nextcloud', '/srv/tree');
    const paths = ['a/mine', 'a/system', 'mine', 'system', 'odd/system', 'empty/system'];
    expect(pruned(ignore, ...paths)).toEqual(['a/system', 'system', 'odd/system', 'empty/system']);
    const { rulesWithin } = ignore;
    const told = ['', 'a', 'a', 'odd', 'empty', 'none'].map((directory) => rulesWithin?.read(directory));
    expect(told).toEqual([false, true, false, true, false, false]);
    expect(pruned(ignore, ...paths)).toEqual(['a/mine', 'system', 'empty/system']);
    expect([caveat, rulesWithin?.trouble()]).toEqual([
      null,
      '.sync-exclude.lst in odd: a [] in it is not understood here; nothing is left out there',
    ]);
  });

  it('of a tree are not read by ownCloud, nor where no list is there to begin with', () => {
    machine.write('srv/tree/a/.sync-exclude.lst', 'mine\n');
    expect(rulesOf('nextcloud', '/srv/tree').ignore.rulesWithin).toBeUndefined();
    machine.write('srv/tree/.sync-exclude.lst', 'cache/\n');
    expect(rulesOf('nextcloud', '/srv/tree').ignore.rulesWithin).toBeDefined();
    const { ignore } = rulesOf('owncloud', '/srv/tree');
    expect([pruned(ignore, 'cache'), ignore.rulesWithin]).toEqual([[], undefined]);
  });

  it('that are not understood leave out nothing, and it is said', () => {
    machine.write('etc/Nextcloud/sync-exclude.lst', 'cache\n[[:alpha:]]\n');
    const { ignore, caveat } = rulesOf('nextcloud', '/srv/tree');
    expect([pruned(ignore, 'cache'), caveat]).toEqual([[], expect.stringContaining('not understood')]);
  });
});
