import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProfile, readRoots, readTreeRules, renderLeaveOut } from '../../src/profiles/index.ts';

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
];

function profileOf(id: string) {
  const found = findProfile(id, {});
  if (!found.ok) throw new Error(id);
  return found.value;
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

describe.each(NAMES)('leaving out %s', (name) => {
  const path = `Author/${name}`;

  it('of Syncthing, pasted into a shell, leaves out that folder and no other', () => {
    const root = join(place, `st-${NAMES.indexOf(name)}`);
    mkdirSync(root);
    execFileSync('sh', ['-c', renderLeaveOut(profileOf('syncthing'), root, path)]);
    const { ignore, caveat } = readTreeRules(profileOf('syncthing'), root, {});
    expect(caveat).toBeNull();
    expect(ignore.prunesDirectory(latin1(path), latin1(name))).toBe(true);
    expect(ignore.prunesDirectory(latin1(`${path}x`), latin1(`${name}x`))).toBe(false);
    expect(ignore.prunesDirectory('Author', 'Author')).toBe(false);
  });

  it('of rclone does likewise', () => {
    const words = renderLeaveOut(profileOf('rclone'), place, path);
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

  it('of Dropbox names it to a shell as one word', () => {
    const command = renderLeaveOut(profileOf('dropbox'), place, path).replace(
      /^dropbox exclude add/,
      "printf '%s\\0'",
    );
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe(`${place}/${path}\0`);
  });
});
