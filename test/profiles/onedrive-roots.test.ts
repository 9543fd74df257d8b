import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAEMONS, rootsFound, rootsTrouble } from '../support/fixture-roots.ts';
import { WrittenMachine } from '../support/written-machine.ts';

let machine: WrittenMachine;
beforeEach(() => {
  machine = new WrittenMachine();
});
afterEach(() => machine.remove());

const written = (line = '', env: Record<string, string> = {}) =>
  rootsFound('onedrive', { sysroot: machine.root, argv: line === '' ? [] : line.split(' '), env });
const pathsOf = ({ roots }: ReturnType<typeof written>): string[] => roots.map(({ path }) => path);
const reasonOf = (): string => rootsTrouble('onedrive', { sysroot: machine.root }).reason;

describe('the folder of onedrive', () => {
  it('has the folder of each directory of configuration, by default ~/OneDrive', () => {
    const { roots } = rootsFound('onedrive', { sysroot: join(DAEMONS, 'onedrive') });
    expect(roots.map(({ label, path }) => [label, path])).toEqual([
      ['/home/user/.config/onedrive', '/home/user/OneDrive'],
      ['/home/user/.config/onedrive-work', '/srv/One Drive'],
    ]);
  });

  it.each([
    ['onedrive --monitor --confdir=/c', ['/b']],
    ['onedrive --monitor --confdir /c --syncdir ~/y', ['/home/user/y']],
    ['onedrive --synchronize --confdir /c --single-directory Books', ['/b/Books']],
    ['onedrive --sync --confdir /c --single-directory ./Books/', ['/b/Books']],
    ['onedrive --sync --confdir /c --single-directory /b/Books/New', ['/b/Books/New']],
  ])('takes %j at its word', (line, paths) => {
    machine.write('c/config', 'sync_dir = "/a"\nsync_dir="/b"  \n');
    expect(pathsOf(written(line))).toEqual(paths);
  });

  it('named on a command line counts from where it is started', () => {
    const line = 'onedrive --monitor --confdir conf --syncdir files';
    expect(pathsOf(written(line, { PWD: '/srv' }))).toEqual(['/srv/files']);
    expect(pathsOf(written(line))).toEqual(['/home/user/files']);
  });

  it('logged in without a configuration syncs the default folder', () => {
    expect(reasonOf()).toBe('no onedrive configuration or login in /home/user/.config/onedrive');
    machine.write('home/user/.config/onedrive/refresh_token', 'x');
    expect(pathsOf(written())).toEqual(['/home/user/OneDrive']);
  });

  it.each(["sync_dir = '/srv/single'", 'sync_dir = /srv/bare', '<html>'])(
    'is one sentence for a line that onedrive does not take: %j',
    (line) => {
      machine.write('home/user/.config/onedrive/config', `# first\n${line}\n`);
      expect(reasonOf()).toBe('/home/user/.config/onedrive/config, line 2 is not key = "value"');
    },
  );
});

describe('what onedrive leaves out', () => {
  const CONFIG = 'home/user/.config/onedrive/config';
  const LIST = 'home/user/.config/onedrive/sync_list';

  /** Of these paths below the root; those that end in a slash are directories. */
  function leftOut(line: string, ...paths: string[]): string[] {
    const ignore = written(line).roots[0]?.ignore;
    return paths.filter((each) => {
      const path = each.replace(/\/$/, '');
      const name = path.slice(path.lastIndexOf('/') + 1);
      return each.endsWith('/') ? ignore?.prunesDirectory(path, name) : ignore?.skipsLeaf?.(path, name);
    });
  }

  it('adds up over the lines of its configuration', () => {
    machine.write(CONFIG, 'skip_dir = "a"\nskip_dir = "b"\n');
    expect(leftOut('', 'a/', 'b/', 'c/')).toEqual(['a/', 'b/']);
    machine.write(LIST, '/keep\n');
    expect(leftOut('', 'keep/', 'c/')).toEqual(['c/']);
    expect(written().roots[0]?.caveat).toMatch(/sync_list is counted/);
  });

  it('is what the command line says where it says anything', () => {
    machine.write(CONFIG, 'skip_dir = "a"\nskip_file = "*.x"\n');
    const paths = ['a/', 'b/', '.git/', 'f.x', 'f.y', 'f.tmp'];
    expect(leftOut('onedrive --monitor', ...paths)).toEqual(['a/', 'f.x']);
    expect(leftOut('onedrive -m --skip-dir b --skip-file=*.y', ...paths)).toEqual(['b/', 'f.y']);
    expect(leftOut('onedrive -m --skip-dot-files', ...paths)).toEqual(['a/', '.git/', 'f.x']);
    expect(written('onedrive -m --check-for-nosync').roots[0]?.ignore.markers).toEqual(['.nosync']);
    const forced = 'onedrive --synchronize --single-directory d --force-sync';
    expect(leftOut(forced, ...paths)).toEqual(['f.tmp']);
  });

  it('counts from the folder where one directory of it is synced alone, but for sync_list', () => {
    machine.write(CONFIG, 'skip_dir = "/d/a|/b"\n');
    machine.write(LIST, '/d/a\n');
    expect(leftOut('onedrive --sync --single-directory d', 'a/', 'b/', 'c/')).toEqual(['a/']);
    expect(written('onedrive --sync --single-directory d').roots[0]?.caveat).toBe(
      'what sync_list leaves out of a single directory is counted',
    );
  });
});
