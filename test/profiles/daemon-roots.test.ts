import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRoots } from '../../src/profiles/index.ts';
import { DAEMONS, profileOf, rootsFound, rootsTrouble } from '../support/fixture-roots.ts';
import { WrittenMachine } from '../support/written-machine.ts';

let machine: WrittenMachine;
beforeEach(() => {
  machine = new WrittenMachine();
});
afterEach(() => machine.remove());

const recorded = (id: string) => rootsFound(id, { sysroot: join(DAEMONS, id) });
const written = (id: string, line = '', env: Record<string, string> = {}) =>
  rootsFound(id, { sysroot: machine.root, argv: line === '' ? [] : line.split(' '), env });
const troubled = (id: string, line = '') =>
  rootsTrouble(id, { sysroot: machine.root, argv: line === '' ? [] : line.split(' ') });

const pathsOf = ({ roots }: ReturnType<typeof recorded>): string[] => roots.map(({ path }) => path);

describe('Nextcloud', () => {
  it('has every folder of every account, as Qt wrote them', () => {
    const { roots, evidence } = recorded('nextcloud');
    expect(roots.map(({ label, path, paused }) => ({ label, path, paused }))).toEqual([
      { label: 'account 0, folder 1', path: '/home/user/Nextcloud', paused: false },
      { label: 'account 0, folder 2', path: '/srv/books, scans', paused: true },
      { label: 'account 1, folder 7', path: '/home/user/Bücher → Archiv', paused: false },
    ]);
    expect(evidence).toBe('/home/user/.config/Nextcloud/nextcloud.cfg');
  });

  it('is also found as a Flatpak, and where it is told to look', () => {
    const cfg = '[Accounts]\n0\\Folders\\1\\localPath=/a\n';
    machine.write(
      'home/user/.var/app/com.nextcloud.desktopclient.nextcloud/config/Nextcloud/nextcloud.cfg',
      cfg,
    );
    expect(pathsOf(written('nextcloud'))).toEqual(['/a']);
    machine.write('srv/conf/nextcloud.cfg', cfg.replace('/a', '/b'));
    expect(pathsOf(written('nextcloud', 'nextcloud --confdir /srv/conf --background'))).toEqual(['/b']);
  });

  it('of ownCloud is another file', () => {
    expect(pathsOf(recorded('owncloud'))).toEqual(['/home/user/ownCloud']);
    expect(troubled('owncloud').reason).toBe(
      'no ownCloud configuration at /home/user/.config/ownCloud/owncloud.cfg',
    );
  });

  it.each(['', '[Accounts]\n0\\Folders\\1\\loc', '<html>', '[Accounts]\n0\\Folders\\1\\localPath=rel\n'])(
    'is one sentence when %j is its configuration',
    (text) => {
      machine.write('home/user/.config/Nextcloud/nextcloud.cfg', text);
      expect(troubled('nextcloud')).toMatchObject({
        reason: '/home/user/.config/Nextcloud/nextcloud.cfg names no account with a folder',
        hint: 'name the tree: estimate PATH, or run --tree PATH',
      });
    },
  );

  it('in its command for one pass names its folder there', () => {
    const line =
      'nextcloudcmd --non-interactive -u ann -p secret --exclude /x.lst books https://c.example.org';
    expect(pathsOf(written('nextcloudcmd', line, { PWD: '/srv' }))).toEqual(['/srv/books']);
    expect(troubled('nextcloudcmd').reason).toMatch(/on its command line only/);
  });
});

describe('Seafile', () => {
  it('has the libraries that have a folder here and were not removed', () => {
    const { roots, evidence } = recorded('seafile');
    expect(roots.map(({ label, path, paused }) => ({ label, path, paused }))).toEqual([
      { label: 'Calibre Library', path: '/home/user/Seafile/Calibre Library', paused: false },
      { label: 'fotos', path: '/srv/fotos', paused: true },
    ]);
    expect(evidence).toBe('/home/user/seafile-data/repo.db');
  });

  it('is looked for where its daemon is told to', () => {
    const argv = ['seaf-daemon', '--daemon', '-c', '/none', '-d', '/home/user/seafile-data'];
    expect(pathsOf(rootsFound('seafile', { sysroot: join(DAEMONS, 'seafile'), argv }))).toHaveLength(2);
  });

  it.each([
    ['', /there is no \/d\/repo\.db/],
    ['SQLite', /\/d\/repo\.db: it is not an SQLite database/],
    [`SQLite format 3\0${'\0'.repeat(200)}`, /\/d\/repo\.db: it is damaged/],
  ])('is one sentence, and what to type, when %j is its database', (text, sentence) => {
    machine.write('home/user/.ccnet/seafile.ini', '/d\n');
    if (text !== '') machine.write('d/repo.db', text);
    expect(troubled('seafile').reason).toMatch(sentence);
    expect(troubled('seafile').hint).toMatch(/^seaf-cli list/);
  });

  it('without a configuration names the file that was looked for', () => {
    expect(troubled('seafile').reason).toBe('no Seafile configuration at /home/user/.ccnet/seafile.ini');
    machine.write('home/user/.ccnet/seafile.ini', '');
    expect(troubled('seafile').reason).toBe('/home/user/.ccnet/seafile.ini names no directory');
  });
});

describe('Maestral', () => {
  it('has one folder an account, the linked ones', () => {
    const { roots } = recorded('maestral');
    expect(roots.map(({ label, path }) => [label, path])).toEqual([
      ['maestral', '/home/user/Dropbox (Maestral)'],
      ['work', '/home/user/Work'],
    ]);
  });

  it('has the folder of the account on its command line', () => {
    const of = (line: string) =>
      pathsOf(rootsFound('maestral', { sysroot: join(DAEMONS, 'maestral'), argv: line.split(' ') }));
    expect(of('maestral start -f -c work')).toEqual(['/home/user/Work']);
    expect(of('maestral start --config-name=work')).toEqual(['/home/user/Work']);
  });

  it('without a linked account says where it looked', () => {
    expect(troubled('maestral').reason).toBe(
      'no folder of a linked Maestral account in /home/user/.config/maestral',
    );
    machine.write('home/user/.config/maestral/a.ini', '[sync]\npath =\n[auth');
    expect(troubled('maestral').reason).toContain('/home/user/.config/maestral/a.ini');
  });
});

describe('Unison', () => {
  it('has the local roots of every profile, and of parts the parts alone', () => {
    const { roots, sides } = recorded('unison');
    expect(roots.map(({ label, path }) => [label, path])).toEqual([
      ['books.prf', '/home/user/Calibre Library'],
      ['parts.prf: Documents', '/home/user/Documents'],
      ['parts.prf: Pictures/2026', '/home/user/Pictures/2026'],
    ]);
    expect(sides).toBe(2);
  });

  it.each([
    ['unison books -repeat 300', ['/home/user/Calibre Library'], 1],
    ['unison /srv/a /mnt/b -batch -repeat watch', ['/srv/a'], 2],
    ['unison -auto ssh://h//x /srv/a -path p -path=q', ['/srv/a/p', '/srv/a/q'], 1],
    ['unison -root /srv/a -root socket://h:1/x -ignore Name_x', ['/srv/a'], 1],
    ['unison ssh://h//x ssh://i//y', [], 1],
  ])('takes %j at its word', (line, paths, sides) => {
    const argv = line.split(' ').map((word) => word.replace('_', ' '));
    const id = line.includes('watch') ? 'unison-watch' : 'unison';
    const found = rootsFound(id, { sysroot: join(DAEMONS, 'unison'), argv });
    expect([pathsOf(found), found.sides]).toEqual([paths, sides]);
  });

  it.each([
    ['unison a', 'watch', true],
    ['unison a', 'watch+3600', true],
    ['unison a', '300', false],
    ['unison a -repeat 60', 'watch', false],
    ['unison a -repeat=watch', '300', true],
    ['unison', 'watch', true],
  ])('%j with repeat = %s in its profile watches: %j', (line, repeat, watches) => {
    machine.write('u/a.prf', `root = /a\nroot = ssh://h//a\ninclude more\n`);
    machine.write('u/more', `repeat = ${repeat}\n`);
    const { actsAs } = written('unison', line, { UNISON: '/u' });
    expect(actsAs).toEqual(watches ? { unison: 'unison-watch' } : undefined);
  });

  it('does not follow profiles that include each other for ever', () => {
    machine.write('u/a.prf', 'include a\nroot = /a\n');
    expect(pathsOf(written('unison', 'unison a', { UNISON: '/u' }))).toEqual(['/a']);
  });

  it('without a profile says where it looked', () => {
    expect(troubled('unison').reason).toBe('no Unison profile with a root in /home/user/.unison');
    expect(troubled('unison', 'unison mine').reason).toContain('/home/user/.unison/mine.prf');
  });
});

describe('Resilio Sync', () => {
  it('has the folders of its configuration, comments and last commas overread', () => {
    expect(pathsOf(recorded('resilio'))).toEqual(['/srv/books,] /*all', '/home/user/Sync']);
  });

  it.each([
    ['{ "storage_path": "/var/lib/rs" }', /names no shared_folders: .*kept in \/var\/lib\/rs/],
    ['{ "shared_folders": [{ "dir": "/a" }', /is not whole JSON/],
    ['[]', /is not whole JSON/],
    ['{ "shared_folders": [3, {"dir": 4}, {}] }', /names no shared_folders/],
  ])('is one sentence when %j is its configuration', (text, sentence) => {
    machine.write('c.json', text);
    const { reason } = troubled('resilio', 'rslsync --nodaemon --config /c.json');
    expect(reason.startsWith('/c.json')).toBe(true);
    expect(reason).toMatch(sentence);
  });
});

describe('lsyncd with computed sources', () => {
  const CONFIG =
    'settings { statusFile = "/run/lsyncd.status" }\nsync { default.rsync, source = base, target = "/t" }';
  const STATUS = `Lsyncd status report at Wed Nov 25 15:13:38 2026

Sync1 source=/srv/a/
There are 0 delays
Filtering:
  nothing.


Sync2 source=/srv/b c/
There are 0 delays

Inotify watching 2 directories
  1: /srv/a/
`;

  it('has those that its status file names', () => {
    machine.write('etc/lsyncd.conf', CONFIG);
    machine.write('run/lsyncd.status', STATUS);
    const { roots, evidence } = written('lsyncd');
    expect(roots.map(({ path }) => path)).toEqual(['/srv/a', '/srv/b c']);
    expect(roots[0]?.caveat).toMatch(/those of its last run/);
    expect(evidence).toBe('/run/lsyncd.status');
  });

  it('is one sentence where there is none', () => {
    machine.write('etc/lsyncd.conf', CONFIG);
    expect(troubled('lsyncd').reason).toMatch(/computed by Lua, and it has no status file/);
  });
});

describe('any daemon', () => {
  const files: readonly (readonly [string, string, string])[] = [
    [
      'nextcloud',
      'home/user/.config/Nextcloud/nextcloud.cfg',
      '[Accounts]\n|0\\Folders\\1\\|localPath=|paused=|"|\\x|/a',
    ],
    ['maestral', 'home/user/.config/maestral/m.ini', '[sync]\n|path|=|/a|[|]|%'],
    ['onedrive', 'home/user/.config/onedrive/config', 'sync_dir|single|=|"|/a|~|#'],
    ['unison', 'home/user/.unison/m.prf', 'root|path|include m|source?|=|/a|ssh://|file://'],
    ['resilio', 'etc/resilio-sync/config.json', '{|}|[|]|"shared_folders"|"dir"|:|,|//|/*|*/|"/a"'],
    ['seafile', 'home/user/.ccnet/seafile.ini', '/a|\0|../'],
    ['lsyncd', 'etc/lsyncd.conf', 'sync|{|}|statusFile|=|"/etc/lsyncd.conf"|source|x'],
  ];

  it.each(files)(
    '%s: no text of its file throws, and every root is absolute and named',
    (id, path, parts) => {
      const part = fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...parts.split('|'), '\n') },
        fc.string({ unit: 'binary', maxLength: 4 }),
      );
      const home = { home: '/home/user', env: {}, argv: [], sysroot: machine.root };
      fc.assert(
        fc.property(fc.array(part, { maxLength: 20 }), (text) => {
          machine.write(path, text.join(''));
          const found = readRoots(profileOf(id), home);
          if (!found.ok) expect(found.error.reason).not.toMatch(/undefined|\[object/);
          for (const root of found.ok ? found.value.roots : []) {
            expect(root.path.startsWith('/')).toBe(true);
            expect(root.label).not.toBe('');
          }
        }),
        { numRuns: 100 },
      );
    },
  );

  it.each([
    ['mega', 'mega-sync shows them; name each: estimate PATH, or run --tree PATH'],
    ['insync', 'insync get_account_information shows them; name each: estimate PATH, or run --tree PATH'],
    ['rclone-rcd', 'name the tree: estimate PATH, or run --tree PATH'],
  ])('%s, whose trees no file tells, is asked for them by what to type', (id, hint) => {
    expect(troubled(id).hint).toBe(hint);
  });

  it.each([
    ['nextcloud', 'home/user/.config/Nextcloud/nextcloud.cfg'],
    ['maestral', 'home/user/.config/maestral/maestral.ini'],
    ['onedrive', 'home/user/.config/onedrive/config'],
    ['seafile', 'home/user/.ccnet/seafile.ini'],
    ['resilio', 'etc/resilio-sync/config.json'],
  ])('%s is unreadable, not absent, where a directory stands in place of its file', (id, path) => {
    mkdirSync(join(machine.root, path), { recursive: true });
    expect(troubled(id).reason).toBe(`/${path} cannot be read: not a regular file`);
  });
});
