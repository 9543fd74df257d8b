import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  editSyncthingWatcher,
  findProfile,
  listEditOf,
  readRoots,
  readTreeRules,
  renderLeaveOut,
} from '../../src/profiles/index.ts';

const place = mkdtempSync(join(tmpdir(), "syncguard it's-"));
afterAll(() => rmSync(place, { recursive: true }));

const NAMES = [
  'plain',
  'a b',
  "it's",
  '[x] {y,z}',
  'back\\slash',
  '$HOME `id` "q"',
  '*',
  '?',
  '\u00e9t\u00e9',
  '!no',
  '(?i)A',
  'ends in a space ',
];

function profileOf(id: string) {
  const found = findProfile(id, {});
  if (!found.ok) throw new Error(id);
  return found.value;
}

function commandFor(id: string, root: string, path: string, which = 0): string {
  const profile = profileOf(id);
  const mechanism = profile.leaveOut[which];
  if (mechanism === undefined) throw new Error(id);
  return renderLeaveOut(profile, mechanism, { root, path });
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

describe.each(NAMES)('leaving out %s', (name) => {
  const path = `Author/${name}`;

  it('of Syncthing, pasted into a shell, leaves out that folder and no other', () => {
    const root = join(place, `st-${NAMES.indexOf(name)}`);
    mkdirSync(root);
    writeFileSync(join(root, '.stignore'), '!/Author\n');
    execFileSync('sh', ['-c', commandFor('syncthing', root, path)]);
    const { ignore, caveat } = readTreeRules(profileOf('syncthing'), root, {});
    expect(caveat).toBeNull();
    expect(ignore.prunesDirectory(latin1(path), latin1(name))).toBe(true);
    expect(ignore.prunesDirectory(latin1(`${path}x`), latin1(`${name}x`))).toBe(false);
    expect(ignore.prunesDirectory('Author', 'Author')).toBe(false);
  });

  it('of a filter file of rclone goes in front of what keeps all', () => {
    const file = join(place, 'filters');
    writeFileSync(file, '+ **\n');
    const command = commandFor('rclone', place, path, 1).replaceAll('FILTER-FILE', `"${file}"`);
    execFileSync('sh', ['-c', command]);
    const found = readRoots(profileOf('rclone'), {
      home: place,
      env: {},
      argv: ['rclone', 'sync', '--filter-from', file, '/srv/a', 'remote:'],
    });
    const ignore = found.ok ? found.value.roots[0]?.ignore : undefined;
    const pruned = [path, `${path}x`].filter((each) => ignore?.prunesDirectory(latin1(each), latin1(each)));
    expect(pruned).toEqual([path]);
  });

  it('of rclone does likewise', () => {
    const words = commandFor('rclone', place, path);
    const argv = execFileSync('sh', ['-c', `printf '%s\\0' ${words}`], { encoding: 'utf8' })
      .split('\0')
      .slice(0, -1);
    const found = readRoots(profileOf('rclone'), {
      home: place,
      env: {},
      argv: ['rclone', 'sync', ...argv, '/srv/a', 'remote:'],
    });
    const ignore = found.ok ? found.value.roots[0]?.ignore : undefined;
    expect(ignore?.prunesDirectory(latin1(path), latin1(name))).toBe(true);
    expect(ignore?.prunesDirectory(latin1(`${path}x`), latin1(`${name}x`))).toBe(false);
  });

  it('of Nextcloud, as a line of its list, does likewise', () => {
    const root = join(place, `nc-${NAMES.indexOf(name)}`);
    mkdirSync(root);
    writeFileSync(join(root, '.sync-exclude.lst'), `${commandFor('nextcloud', root, path)}\n`);
    const { ignore, caveat } = readTreeRules(profileOf('nextcloud'), root, { home: place });
    expect(caveat).toBeNull();
    const pruned = [path, `${path}x`, 'Author', `x/${path}`].filter((each) =>
      ignore.prunesDirectory(latin1(each), latin1(each.split('/').at(-1) ?? '')),
    );
    expect(pruned).toEqual([path]);
  });

  it('of Dropbox names it to a shell as one word', () => {
    const command = commandFor('dropbox', place, path).replace(/^dropbox exclude add/, "printf '%s\\0'");
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe(`${place}/${path}\0`);
  });
});

const placeOf = (root: string, ...folders: string[]) => ({
  root,
  folders: folders.map(latin1),
  request: { home: place, env: {}, argv: [] },
});

function editedStignore(root: string, before: string, ...folders: string[]) {
  const edit = listEditOf('stignore', placeOf(root, ...folders));
  if (!edit.ok) throw new Error(edit.error);
  expect(edit.value.path).toBe(join(root, '.stignore'));
  return edit.value.edited(Buffer.from(before, 'latin1'));
}

describe('a .stignore with folders added', () => {
  const root = join(place, 'st');
  mkdirSync(join(root, '.stfolder'), { recursive: true });

  it.each(NAMES)('leaves out %j, before every rule that was there', (name) => {
    const before = '!/Author\n*.tmp\n';
    const after = editedStignore(root, before, `Author/${name}`);
    if (!after.ok) throw new Error(after.error);
    expect(after.value.subarray(-before.length).toString('latin1')).toBe(before);
    writeFileSync(join(root, '.stignore'), after.value);
    const { ignore, caveat } = readTreeRules(profileOf('syncthing'), root, {});
    expect(caveat).toBeNull();
    expect(ignore.prunesDirectory(latin1(`Author/${name}`), latin1(name))).toBe(true);
    expect(ignore.prunesDirectory(latin1(`Author/${name}x`), latin1(`${name}x`))).toBe(false);
  });

  it('keeps every byte, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const before = Buffer.concat([Buffer.from('// '), Buffer.from(bytes).filter((byte) => byte !== 10)]);
        const after = editedStignore(root, before.toString('latin1'), 'a');
        if (!after.ok) throw new Error(after.error);
        expect(after.value.subarray(-before.length)).toEqual(before);
      }),
    );
  });

  it('is refused where Syncthing would walk what it ignores, or the name is no rule', () => {
    expect(editedStignore(root, '!/a/**/b\n', 'Calibre')).toMatchObject({
      ok: false,
      error: expect.stringContaining('would still enter Calibre'),
    });
    expect(editedStignore(root, '', 'a\nb').ok).toBe(false);
    expect(editedStignore(root, '[]\n', 'a')).toMatchObject({
      ok: false,
      error: expect.stringContaining('line 3'),
    });
  });

  it("is only written into a folder of Syncthing's", () => {
    expect(listEditOf('stignore', placeOf(join(place, 'other'), 'a'))).toMatchObject({ ok: false });
  });
});

describe('the exclude file of an lsyncd block with folders added', () => {
  const request = (config: string) => {
    writeFileSync(join(place, 'lsyncd.lua'), config);
    return { home: place, env: {}, argv: ['lsyncd', join(place, 'lsyncd.lua')] };
  };
  const block = (rest: string) => `sync{ default.rsync, source = "/srv/a", target = "/srv/b"${rest} }`;

  it('is the one its block names, and keeps what was there', () => {
    const edit = listEditOf('lsyncd-exclude-file', {
      root: '/srv/a',
      folders: [latin1('Calibre/\u00e9')],
      request: request(block(', excludeFrom = "/etc/lsyncd.exclude"')),
    });
    if (!edit.ok) throw new Error(edit.error);
    expect(edit.value.path).toBe('/etc/lsyncd.exclude');
    const after = edit.value.edited(Buffer.from('*.tmp'));
    expect(after.ok && after.value.toString()).toMatch(/^\*\.tmp\n# .*\n\/Calibre\/\u00e9\/\n$/);
  });

  it.each([
    ['', 'names no file'],
    [', excludeFrom = where()', 'names no file'],
  ])('is not there where Lua would have to be edited (%s)', (rest, reason) => {
    const edit = listEditOf('lsyncd-exclude-file', {
      root: '/srv/a',
      folders: ['a'],
      request: request(block(rest)),
    });
    expect(edit).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
  });
});

describe('config.xml with one watcher switched', () => {
  const tag = (id: string, rest: string): string =>
    `<folder id="${id}" path="/${id}"${rest}><paused>false</paused></folder>`;
  const config = (...folders: string[]): string =>
    `<configuration>\r\n  <!-- ${tag('a', ' fsWatcherEnabled="true"')} -->\n${folders.join('\n\t')}\n<gui/></configuration>`;
  const edited = (text: string, id: string): string | null =>
    editSyncthingWatcher(Buffer.from(text), id, false)?.toString() ?? null;

  it.each([
    [' fsWatcherEnabled="true" x="y"', ' fsWatcherEnabled="false" x="y"'],
    [" fsWatcherEnabled='true'", " fsWatcherEnabled='false'"],
    [' x="y"', ' x="y" fsWatcherEnabled="false"'],
  ])('has nothing else changed: %s', (before, after) => {
    const others = [tag('b', ' fsWatcherEnabled="true"'), tag('a&amp;b', '')];
    const text = config(tag('q', before), ...others);
    expect(edited(text, 'q')).toBe(config(tag('q', after), ...others));
  });

  it('is not written where a comment or another way of writing stands in between', () => {
    expect(edited(config(tag('a', ' fsWatcherEnabled="true"')), 'a')).toBeNull();
    expect(edited(config(tag('b', '')), 'none')).toBeNull();
    expect(
      edited(config('<folder id="c" path="/c"><fsWatcherEnabled>true</fsWatcherEnabled></folder>'), 'c'),
    ).toBeNull();
    expect(editSyncthingWatcher(Buffer.from([0xff]), 'a', false)).toBeNull();
  });
});
