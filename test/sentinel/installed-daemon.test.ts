import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInstalledDaemon } from '../../src/sentinel/installed-daemon.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'syncguard-installed-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function install(path: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), '#!/bin/sh\n');
  chmodSync(join(home, path), 0o755);
}

const find = () => findInstalledDaemon({ path: join(home, 'bin'), home });

describe('run without COMMAND', () => {
  it('takes the one daemon that is installed, in PATH or where its own installer puts it', () => {
    install('.dropbox-dist/dropboxd');
    expect(find()).toEqual({ ok: true, value: ['dropboxd'] });
  });

  it('never chooses between two', () => {
    install('.dropbox-dist/dropboxd');
    install('bin/syncthing');
    expect(find()).toMatchObject({ ok: false, error: expect.stringContaining('dropboxd, syncthing') });
  });

  it('lists what it looked for where there is none', () => {
    const found = find();
    expect(found.ok).toBe(false);
    if (!found.ok) expect(found.error).toContain(join(home, '.dropbox-dist/dropboxd'));
  });
});
