import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readForeignFile, replaceForeignFile } from '../../src/actuators/foreign-file.ts';
import { isMet } from '../support/need.ts';

const place = mkdtempSync(join(tmpdir(), 'syncguard-foreign-'));
afterAll(() => rmSync(place, { recursive: true }));
const OTHER = 12_345;
const isRoot = isMet(process.getuid?.() === 0, 'root, to write the files of another user');
const content = Buffer.from('new');

function directory(name: string): string {
  const path = join(place, name);
  mkdirSync(path);
  return path;
}

describe('a file of another program', () => {
  it('is replaced with its mode, and nothing is left beside it', () => {
    const inside = directory('mode');
    const path = join(inside, 'list');
    writeFileSync(path, 'old');
    chmodSync(path, 0o604);
    expect(replaceForeignFile(path, content)).toEqual({ ok: true, value: null });
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o7777]).toEqual(['new', 0o604]);
    expect(readdirSync(inside)).toEqual(['list']);
  });

  it('is found behind a link, a broken one is not, and only a regular file with one name is ours to write', () => {
    const inside = directory('links');
    writeFileSync(join(inside, 'real'), 'old');
    symlinkSync('real', join(inside, 'link'));
    symlinkSync('none', join(inside, 'broken'));
    symlinkSync('loop', join(inside, 'loop'));
    expect(readForeignFile(join(inside, 'link'))).toEqual({
      ok: true,
      value: { path: join(inside, 'real'), bytes: Buffer.from('old') },
    });
    expect(readForeignFile(join(inside, 'absent'))).toMatchObject({ ok: true, value: { bytes: null } });
    for (const name of ['broken', 'loop', '.'])
      expect(readForeignFile(join(inside, name)).ok, name).toBe(false);
    linkSync(join(inside, 'real'), join(inside, 'twin'));
    expect(readForeignFile(join(inside, 'link'))).toMatchObject({
      ok: false,
      error: expect.stringContaining('2 names'),
    });
  });

  it('stays as it was where it cannot be written', () => {
    const path = join(place, 'no', 'such', 'list');
    expect(replaceForeignFile(path, content)).toEqual({ ok: false, error: 'ENOENT' });
    expect(replaceForeignFile('/proc/self/none', content).ok).toBe(false);
  });

  describe.runIf(isRoot)('of another user', () => {
    it('stays theirs, and a new one belongs to whom its directory does', () => {
      const inside = directory('owned');
      chownSync(inside, OTHER, OTHER);
      const path = join(inside, 'list');
      replaceForeignFile(path, content);
      expect([statSync(path).uid, statSync(path).gid, statSync(path).mode & 0o7777]).toEqual([
        OTHER,
        OTHER,
        0o644,
      ]);
      chownSync(path, OTHER + 1, OTHER);
      replaceForeignFile(path, Buffer.from('newer'));
      expect([statSync(path).uid, readFileSync(path, 'utf8')]).toEqual([OTHER + 1, 'newer']);
    });

    it('is not written through a link that somebody else has made', () => {
      const inside = directory('planted');
      writeFileSync(join(inside, 'passwd'), 'root');
      symlinkSync('passwd', join(inside, '.stignore'));
      expect(readForeignFile(join(inside, '.stignore')).ok).toBe(true);
      lchownSync(join(inside, '.stignore'), OTHER, OTHER);
      expect(readForeignFile(join(inside, '.stignore'))).toMatchObject({
        ok: false,
        error: expect.stringContaining('somebody else'),
      });
      chownSync(join(inside, 'passwd'), OTHER, OTHER);
      expect(readForeignFile(join(inside, '.stignore')).ok).toBe(true);
    });
  });
});
