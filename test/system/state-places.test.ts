import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BINARY } from '../support/binary.ts';

let place = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-places-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** Ends a program that hangs, which no test of its own process could. */
const LONGEST_MS = 60_000;

const limits = (stateDirectory: string) =>
  spawnSync(BINARY, ['limits', '--json'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: place, STATE_DIRECTORY: stateDirectory },
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });

describe('a state directory', () => {
  it.each(['/proc/syncguard', '/proc/1/new/deep', '/dev/null/below'])(
    '%s, where none can be made, hangs nothing and hides nothing',
    (stateDirectory) => {
      const { signal, status, stdout } = limits(stateDirectory);
      expect({ signal, status }).toEqual({ signal: null, status: 0 });
      expect(JSON.parse(stdout)).toHaveProperty('schema');
    },
  );

  it('is made with everything above it, and kept where a symlink leads', () => {
    symlinkSync('.', join(place, 'link'));
    expect(limits(join(place, 'link/new/deep')).status).toBe(0);
    expect(existsSync(join(place, 'new/deep/limits.json'))).toBe(true);
  });
});
