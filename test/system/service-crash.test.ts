// service install killed at every call that changes a file: what is there then is taken away again to the byte.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_HOME, syncguard } from '../support/binary.ts';
import { killAtEach } from '../support/kill-at-calls.ts';
import { hasProgram, isMet } from '../support/need.ts';

const isHere = isMet(hasProgram('strace'), 'strace kills service install at a system call');
const root = mkdtempSync(join(tmpdir(), 'syncguard-service-crash-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MINE = '#!/bin/sh\n# mine\n';
const run = join(root, 'etc/sv/sync/run');

/** Of three files of a runit service one is somebody's own, and not even executable. */
function reset(): void {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, 'etc/sv/sync'), { recursive: true });
  writeFileSync(run, MINE);
  chmodSync(run, 0o600);
}

const files = (): string[] =>
  readdirSync(join(root, 'etc'), { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => `${path} ${statSync(join(root, 'etc', path)).mode.toString(8)}`);

const words = (action: string): string[] => ['service', action, '--root', root];
const install = [...words('install'), '--init', 'runit', '--name', 'sync', '--as', 'root', '--', 'syncd'];
/** By fit's own law a file is whole at any of the others. */
const scene = {
  environment: { HOME: NO_HOME, XDG_STATE_HOME: NO_HOME },
  calls: ['mkdir', 'rename', 'unlink'],
} as const;

describe.runIf(isHere)('service install killed at any change', () => {
  it('leaves nothing that uninstall does not take away', () => {
    reset();
    const before = files();
    const kills = killAtEach({ ...scene, words: install }, reset, (where) => {
      // 66: it had not come so far as to write down what it would do.
      expect([0, 66], where).toContain(syncguard([...words('uninstall'), 'sync']).status);
      expect([files(), readFileSync(run, 'utf8')], where).toEqual([before, MINE]);
    });
    // The kept content, the journal and three files are renamed, a directory is made.
    expect(kills).toBeGreaterThanOrEqual(6);
  });

  it('can be repeated, and uninstall killed at any change, too', () => {
    reset();
    const before = files();
    const ready = (): void => {
      reset();
      expect(syncguard(install).status).toBe(0);
    };
    const kills = killAtEach({ ...scene, words: [...words('uninstall'), 'sync'] }, ready, (where) => {
      expect([0, 66], where).toContain(syncguard([...words('uninstall'), 'sync']).status);
      expect([files(), readFileSync(run, 'utf8')], where).toEqual([before, MINE]);
    });
    expect(kills).toBeGreaterThanOrEqual(2);
  });
});
