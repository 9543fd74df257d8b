import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { overrideProfile } from '../../src/domain/profile-override.ts';
import { findProfile, type RootsRequest, readRoots, readTreeRules } from '../../src/profiles/index.ts';

const DAEMONS = join(import.meta.dirname, '../../fixtures/daemons');
const HOME = '/home/user';

let machine = '';
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'syncguard-roots-'));
});
afterEach(() => rmSync(machine, { recursive: true }));

function write(path: string, text: string): void {
  const full = join(machine, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}

function profileOf(id: string) {
  const found = findProfile(id, {});
  if (!found.ok) throw new Error(id);
  return found.value;
}

const read = (id: string, request: Partial<RootsRequest> = {}) =>
  readRoots(profileOf(id), { home: HOME, env: {}, argv: [], sysroot: machine, ...request });

function found(id: string, request: Partial<RootsRequest> = {}) {
  const result = read(id, request);
  if (!result.ok) throw new Error(result.error.reason);
  return result.value;
}

function trouble(id: string, request: Partial<RootsRequest> = {}) {
  const result = read(id, request);
  if (result.ok) throw new Error(`${id} found ${result.value.evidence}`);
  return result.error;
}

describe('Dropbox', () => {
  const INFO = 'home/user/.dropbox/info.json';

  it('has one root per account, and an attribute leaves folders out of it', () => {
    const { roots, evidence } = found('dropbox', { sysroot: join(DAEMONS, 'dropbox') });
    expect(roots.map(({ path, label }) => [label, path])).toEqual([
      ['personal', '/home/user/Dropbox'],
      ['business', '/home/user/Dropbox (Calibre & Co)'],
    ]);
    expect(roots[0]).toMatchObject({ caveat: null, ignore: { attribute: 'user.com.dropbox.ignored' } });
    expect(evidence).toBe('/home/user/.dropbox/info.json');
  });

  it.each([
    ['{"personal": {"path": "/home/us', /not whole JSON/],
    ['', /not whole JSON/],
    ['[]', /not whole JSON/],
    ['null', /not whole JSON/],
    ['{}', /names no account/],
    ['{"personal": {"path": 3}}', /names no account/],
    ['{"personal": null}', /names no account/],
  ])('is one sentence when %j is its configuration', (text, sentence) => {
    write(INFO, text);
    expect(trouble('dropbox').reason).toMatch(sentence);
    expect(trouble('dropbox').hint).toContain('--tree');
  });

  it('without a configuration is not linked', () => {
    expect(trouble('dropbox')).toMatchObject({
      reason: 'no /home/user/.dropbox/info.json: this Dropbox is not linked to an account yet',
      hint: 'link it first, or name the tree: estimate PATH, or run --tree PATH',
    });
  });

  it('is unreadable, not absent, where a directory stands in its place', () => {
    mkdirSync(join(machine, INFO), { recursive: true });
    expect(trouble('dropbox').reason).toMatch(/cannot be read: not a regular file/);
  });
});

describe('Syncthing', () => {
  const xml = (folders: string): string => `<configuration version="37">${folders}</configuration>`;
  const LEGACY = 'home/user/.config/syncthing/config.xml';
  const STATE = 'home/user/.local/state/syncthing/config.xml';
  const labels = (request: Partial<RootsRequest> = {}): string[] =>
    found('syncthing', request).roots.map(({ label }) => label);

  it('has the folders of its configuration, not the template they are made from', () => {
    const { roots, evidence } = found('syncthing', { sysroot: join(DAEMONS, 'syncthing') });
    expect(roots.map(({ label, path, paused, watched }) => ({ label, path, paused, watched }))).toEqual([
      { label: 'Calibre', path: '/home/user/Calibre Library', paused: false, watched: true },
      { label: 'Fotos & "mehr"', path: '/srv/fotos', paused: true, watched: true },
      { label: 'third', path: '/home/user/scans', paused: false, watched: false },
    ]);
    expect(evidence).toBe('/home/user/.local/state/syncthing/config.xml');
  });

  it("leaves out what a folder's .stignore says", () => {
    const [calibre] = found('syncthing', { sysroot: join(DAEMONS, 'syncthing') }).roots;
    expect(calibre?.caveat).toBeNull();
    expect(calibre?.ignore.prunesDirectory('Author/covers', 'covers')).toBe(true);
    expect(calibre?.ignore.prunesDirectory('Author', 'Author')).toBe(false);
    expect(calibre?.ignore.skipsLeaf?.('Author/Book/x.TMP', 'x.TMP')).toBe(true);
  });

  it('looks in the old home before the new one', () => {
    write(STATE, xml('<folder id="new" path="/new"/>'));
    expect(labels()).toEqual(['new']);
    write(LEGACY, xml('<folder id="old" path="/old"/>'));
    expect(labels()).toEqual(['old']);
  });

  it.each([
    [['syncthing', 'serve', '--home', '/var/st'], {}],
    [['syncthing', 'serve', '--home=/var/st'], {}],
    [['syncthing', '-home', '/var/st'], {}],
    [['env', 'A=1', '/usr/bin/syncthing', '--config=/var/st'], {}],
    [[], { STHOMEDIR: '/var/st' }],
  ])('with the home it is given looks nowhere else: %j %j', (argv, env) => {
    write(LEGACY, xml('<folder id="old" path="/old"/>'));
    expect(trouble('syncthing', { argv, env }).reason).toBe(
      'no Syncthing configuration at /var/st/config.xml',
    );
    write('var/st/config.xml', xml('<folder id="given" path="~"/>'));
    expect(found('syncthing', { argv, env }).roots[0]).toMatchObject({ label: 'given', path: HOME });
  });

  it("does not read another command's options as its own", () => {
    write(STATE, xml('<folder id="new" path="/new"/>'));
    expect(labels({ argv: ['/opt/wrap.sh', '--home', '/var/st'] })).toEqual(['new']);
  });

  it.each([
    ['', /line 1: it is not XML/],
    ['nonsense', /line 1: it is not XML/],
    ['<opml><folder id="a" path="/a"/></opml>', /its root is <opml>/],
    ['<configuration>\n<folder id="a" path="/a">', /line 2: it ends inside <folder>/],
    ['<configuration>\n\n<folder id="a" pa', /line 3: it ends inside a tag/],
    ['<configuration><!-- ', /it ends inside <!--/],
    ['<configuration></folder></configuration>', /<\/folder> closes what is not open/],
    ['<configuration a=b></configuration>', /a tag is not well formed/],
  ])('is one sentence when %j is its configuration', (text, sentence) => {
    write(STATE, text);
    const { reason, path } = trouble('syncthing');
    expect(reason).toMatch(sentence);
    expect(reason.startsWith(path)).toBe(true);
  });

  it('counts everything, and says so, where Syncthing could not read .stignore itself', () => {
    write(STATE, xml('<folder id="a" path="/srv/a"/>'));
    write('srv/a/.stignore', 'fine\n[a-zA-Z]*\n');
    const [root] = found('syncthing').roots;
    expect(root?.caveat).toMatch(/^\/srv\/a\/\.stignore, line 2: .*will not scan this folder/);
    expect(root?.ignore.prunesDirectory('fine', 'fine')).toBe(false);
  });

  it('applies the .stignore of a tree that is named by hand', () => {
    write('srv/a/.stignore', 'gone\n');
    const { ignore } = readTreeRules(profileOf('syncthing'), '/srv/a', { sysroot: machine });
    expect(ignore.prunesDirectory('x/gone', 'gone')).toBe(true);
    expect(readTreeRules(profileOf('lsyncd'), '/srv/a', { sysroot: machine }).ignore.skipsLeaf).toBeNull();
  });
});

describe('lsyncd', () => {
  it('has the sources written in its configuration', () => {
    const { roots, sides } = found('lsyncd', { sysroot: join(DAEMONS, 'lsyncd') });
    expect(roots.map(({ label, path }) => [label, path])).toEqual([
      ['/srv/www', '/srv/www'],
      ['books', '/srv/calibre library'],
    ]);
    expect(sides).toBe(2);
    expect(roots[1]?.caveat).toBeNull();
    expect(roots[1]?.ignore.prunesDirectory('caltrash', 'caltrash')).toBe(true);
    expect(roots[1]?.ignore.skipsLeaf?.('a/metadata.db-journal', 'metadata.db-journal')).toBe(true);
    expect(roots[0]?.ignore.prunesDirectory('caltrash', 'caltrash')).toBe(false);
  });

  it.each([
    ['lsyncd -rsync /srv/a /mnt/b', ['/srv/a'], 2],
    ['lsyncd -nodaemon -delay 5 -rsync a host:b', ['/srv/a'], 1],
    ['lsyncd --rsyncssh /srv/a host /b', ['/srv/a'], 1],
    ['nice lsyncd -log all -direct /srv/a /b -rsync /srv/c rsync://h/m', ['/srv/a', '/srv/c'], 2],
  ])('takes %j at its word', (line, paths, sides) => {
    const result = found('lsyncd', { argv: line.split(' '), env: { PWD: '/srv' } });
    expect([result.roots.map(({ path }) => path), result.sides]).toEqual([paths, sides]);
  });

  it.each([
    [
      'for _, d in ipairs(list) do\n  sync { default.rsync, source = base .. d, target = "h:/b" }\nend',
      /line 2: its source is computed by Lua, and it has no status file/,
    ],
    ['sync { default.rsync, target = "h:/b" }', /line 1: its source is not named/],
    ['settings {}\n-- sync { source = "/a" }\n--[[ sync { source = "/a" } ]]', /has no sync/],
    ['sync {\n default.rsync, source = "/a"', /line 1: sync\{ is not closed/],
    ['', /has no sync/],
  ])('is one sentence for %j', (text, sentence) => {
    write('etc/lsyncd.conf', text);
    expect(trouble('lsyncd').reason).toMatch(sentence);
    expect(trouble('lsyncd').hint).toContain('--tree');
  });

  it('counts what computed or missing rules would leave out, and says so', () => {
    write('c.lua', 'sync{ default.rsync, source="/a", exclude = rules(), excludeFrom="/none" }');
    const { roots } = found('lsyncd', { argv: ['lsyncd', '/c.lua'] });
    expect(roots[0]?.caveat).toBe(
      'sync{} of line 1: exclude computed by Lua, /none unreadable; what it leaves out is counted',
    );
  });

  it('applies no exclude where an unread filter may keep what it drops', () => {
    write('d.lua', 'sync{ default.rsync, source="/a", exclude = "x", filterFrom="/none" }');
    const [root] = found('lsyncd', { argv: ['lsyncd', '/d.lua'] }).roots;
    expect([root?.caveat !== null, root?.ignore.prunesDirectory('x', 'x')]).toEqual([true, false]);
  });

  it('without a configuration names the places that were looked at', () => {
    expect(trouble('lsyncd').reason).toBe(
      'no lsyncd configuration at /etc/lsyncd/lsyncd.conf.lua or /etc/lsyncd.conf',
    );
    expect(trouble('lsyncd', { argv: ['lsyncd', 'mine.lua'], env: { PWD: '/x' } }).path).toBe('/x/mine.lua');
  });
});

describe('a profile without a tree', () => {
  it('has no roots where there can be none', () => {
    expect(found('process').roots).toEqual([]);
    expect(found('rclone-mount', { argv: ['rclone', 'mount', 'a:', '/mnt'] }).roots).toEqual([]);
  });

  it('is asked for one where there must be one', () => {
    expect(trouble('generic')).toMatchObject({ hint: 'name the tree: estimate PATH, or run --tree PATH' });
  });

  it('finds its roots whether or not its ignore rules are known', () => {
    write('home/user/.dropbox/info.json', '{"personal": {"path": "/d"}}');
    const plain = { ...profileOf('dropbox'), ignore: 'none' } as const;
    const result = readRoots(plain, { home: HOME, env: {}, argv: [], sysroot: machine });
    expect(result.ok && result.value.roots.map(({ path }) => path)).toEqual(['/d']);
  });

  it('made by the configuration reads the files of the one it is like', () => {
    write('home/user/.dropbox/info.json', '{"personal": {"path": "/d"}}');
    const mine = overrideProfile({ ...profileOf('dropbox'), id: 'mine' }, { tasks: 3 });
    const result = readRoots(mine, { home: HOME, env: {}, argv: ['mined'], sysroot: machine });
    expect(result.ok && result.value.roots.map(({ path }) => path)).toEqual(['/d']);
  });
});
