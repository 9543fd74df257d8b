import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCommand } from '../../src/sentinel/command-path.ts';

let root: string;
const at = (...parts: string[]): string => join(root, ...parts);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'syncguard-path-'));
  for (const directory of ['a', 'b', 'b/folder']) mkdirSync(at(directory));
  for (const [name, mode] of [
    ['a/plain', 0o644],
    ['b/plain', 0o755],
    ['a/text', 0o644],
    ['b/-dash', 0o755],
    ['dropboxd', 0o755],
  ] as const) {
    writeFileSync(at(name), '#!/bin/sh\n');
    chmodSync(at(name), mode);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

const find = (command: string, installPaths: string[] = []) =>
  findCommand({ command, path: `${at('a')}:${at('b')}`, installPaths });

describe('the command', () => {
  it('is the first executable of that name in PATH, and keeps the name it was typed by', () => {
    expect(find('plain')).toEqual({ ok: true, value: { file: at('b/plain'), word: 'plain' } });
  });

  it('with a slash is sought nowhere else', () => {
    expect(find(at('b/plain'))).toMatchObject({ value: { file: at('b/plain'), word: at('b/plain') } });
    expect(find('./plain')).toMatchObject({ error: { exitCode: 127 } });
  });

  it('that begins with a dash is not an option of the shell', () => {
    expect(find('-dash')).toMatchObject({ value: { word: at('b/-dash') } });
  });

  it('that is there but not executable, or is a directory, is 126; that is nowhere is 127', () => {
    expect(find('text')).toMatchObject({
      error: { exitCode: 126, message: `${at('a/text')} may not be executed` },
    });
    expect(find('folder')).toMatchObject({
      error: { exitCode: 126, message: `${at('b/folder')} is a directory` },
    });
    expect(find('missing')).toMatchObject({ error: { exitCode: 127 } });
    expect(find('missing').ok ? '' : JSON.stringify(find('missing'))).toContain(at('a'));
  });

  it('that PATH does not know is taken from where it installs itself, under its own name only', () => {
    const paths = [at('other'), at('dropboxd')];
    expect(find('dropboxd', paths)).toMatchObject({ value: { file: at('dropboxd'), word: at('dropboxd') } });
    expect(find('dropbox', paths)).toMatchObject({ error: { exitCode: 127 } });
  });

  it('without PATH is sought where the C library would', () => {
    expect(findCommand({ command: 'sh', path: null, installPaths: [] })).toMatchObject({
      value: { word: 'sh' },
    });
  });
});
