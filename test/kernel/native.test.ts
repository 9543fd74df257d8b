import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AT_FDCWD, type DirectoryCalls, loadDirectoryCalls } from '../../src/kernel/directory-calls.ts';
import { loadLibc } from '../../src/kernel/native.ts';
import { censusInChild } from '../support/census-process.ts';
import { temporaryDirectory } from '../support/trees.ts';

function calls(): DirectoryCalls {
  const loaded = loadDirectoryCalls();
  if (!loaded.ok) throw new Error(loaded.error.detail);
  return loaded.value;
}

/** NUL-terminated bytes whose address may be given away. */
function cString(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(text.length + 1);
  bytes.write(`${text}\0`, 'latin1');
  return bytes;
}

/** The permission model refuses addons; its flag lost `experimental` in 23.5. */
const PERMISSION_FLAGS =
  Number(process.versions.node.split('.')[0]) >= 24
    ? ['--permission', '--allow-fs-read=*']
    : ['--experimental-permission', '--allow-fs-read=*'];

describe('the door to libc', () => {
  it('declares what libc has and answers null for what it has not', () => {
    const libc = loadLibc();
    if (!libc.ok) throw new Error(libc.error.detail);
    const getpid = libc.value.declare('getpid', 'int', []);
    expect(getpid?.()).toBe(process.pid);
    expect(libc.value.declare('no_such_function', 'int', [])).toBeNull();
  });

  it('opens, lists and closes a directory by address', () => {
    const home = `/proc/${process.pid}`;
    const name = cString(home);
    const buffer = Buffer.allocUnsafeSlow(65_536);
    const { open, list, close, addressOf } = calls();
    const descriptor = open(AT_FDCWD, addressOf(name));
    const written = list(descriptor, addressOf(buffer), buffer.length);
    close(descriptor);
    const text = buffer.toString('latin1', 0, written);
    for (const entry of readdirSync(home)) expect(text).toContain(`${entry}\0`);
  });

  it('tells why a call failed', () => {
    const { open, errno, addressOf } = calls();
    expect(open(AT_FDCWD, addressOf(cString('/proc/nowhere')))).toBe(-1);
    expect(errno()).toBe('ENOENT');
    expect(open(AT_FDCWD, addressOf(cString('/proc/self/status')))).toBe(-1);
    expect(errno()).toBe('ENOTDIR');
    expect(open(AT_FDCWD, addressOf(cString('/proc/self')))).toBe(-1);
    expect(errno()).toBe('ENOTDIR');
  });

  it('stats the type of one entry and follows no symlink', () => {
    const { typeOf, addressOf } = calls();
    const DT = { directory: 4, regular: 8, symlink: 10 };
    expect(typeOf(AT_FDCWD, addressOf(cString('/proc')))).toBe(DT.directory);
    expect(typeOf(AT_FDCWD, addressOf(cString('/proc/version')))).toBe(DT.regular);
    expect(typeOf(AT_FDCWD, addressOf(cString('/proc/self')))).toBe(DT.symlink);
    expect(typeOf(AT_FDCWD, addressOf(cString('/proc/nowhere')))).toBe(-1);
  });

  it('where addons are not allowed the census counts by node:fs and says so', async () => {
    using place = temporaryDirectory();
    spawnSync('mkdir', ['-p', `${place.path}/a/b`]);
    const counted = await censusInChild(
      { root: place.path, engine: 'getdents64' },
      { nodeFlags: PERMISSION_FLAGS },
    );
    expect(counted).toMatchObject({ engine: 'readdir', directories: 3, complete: true });
  });
});
