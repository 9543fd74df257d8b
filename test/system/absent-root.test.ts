// A folder that a daemon's own configuration names and that is not there: yet, or no longer.
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BINARY } from '../support/binary.ts';
import { type Ended, runToEnd } from '../support/ending.ts';

let place = '';
let daemon = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-absent-'));
  const configuration = join(place, '.config/syncthing');
  mkdirSync(configuration, { recursive: true });
  const folders = ['Sync', 'Other'].map((name) => `<folder id="${name}" path="${place}/${name}"></folder>`);
  writeFileSync(join(configuration, 'config.xml'), `<configuration>${folders.join('')}</configuration>`);
  daemon = join(place, 'syncthing');
  writeFileSync(daemon, '#!/bin/sh\necho started\n');
  chmodSync(daemon, 0o755);
});
afterEach(() => rmSync(place, { recursive: true }));

/** Away from whatever this user has configured. */
const syncguard = (...words: string[]): Promise<Ended> =>
  runToEnd(BINARY, words, {
    env: { PATH: process.env['PATH'], HOME: place, XDG_STATE_HOME: join(place, 'state') },
  });
const run = (...options: string[]): Promise<Ended> => syncguard('run', ...options, daemon, 'serve');

it('a daemon whose folders are all to be made yet starts; who asks is told that there is none', async () => {
  const ended = await run();
  expect([ended.status, ended.stdout], ended.stderr).toEqual([0, 'started\n']);
  expect(ended.stderr).toContain(`${place}/Sync: it is not there, and is counted as an empty folder`);
  const asked = await syncguard('estimate', '--daemon', 'syncthing');
  expect(asked).toMatchObject({ status: 66, stderr: expect.stringContaining(`There is no ${place}/Sync.`) });
});

it('a folder that is not there does not hide what the others cost', async () => {
  mkdirSync(join(place, 'Other/Books'), { recursive: true });
  const asked = await syncguard('estimate', '--daemon', 'syncthing', '--json');
  expect(asked.status, asked.stderr).toBe(0);
  expect(JSON.parse(asked.stdout).census).toMatchObject({ directories: 3 });
});

it('a folder that is gone since the last start is refused until it is accepted so', async () => {
  mkdirSync(join(place, 'Sync/Books'), { recursive: true });
  expect((await run()).status).toBe(0);
  renameSync(join(place, 'Sync'), join(place, 'away'));
  const refused = await run();
  expect([refused.status, refused.stdout]).toEqual([75, '']);
  expect(refused.stderr).toContain(`${place}/Sync: it is not there, and held 1 entry at the last start`);
  expect((await run('--on-refuse', 'start')).stdout).toBe('started\n');
  expect((await run()).status).toBe(0);
});

it('a folder that is named by hand has to be there', async () => {
  const ended = await run('--tree', join(place, 'Nowhere'));
  expect(ended).toMatchObject({ status: 125, stdout: '', stderr: expect.stringContaining('There is no') });
});
