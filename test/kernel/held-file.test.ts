import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HeldFile, openHeld, openHeldWriter } from '../../src/kernel/held-file.ts';

const BYTES = 64;

function scratchFile(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-held-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'file');
  writeFileSync(path, text);
  return path;
}

function held(path: string, bytes: number = BYTES): HeldFile {
  const opened = openHeld(path, bytes);
  if (!opened.ok) throw new Error(opened.error.detail);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

const textOf = ({ buffer, length }: HeldFile): string => Buffer.from(buffer.subarray(0, length)).toString();

describe('a held file', () => {
  it('shows at every read what the file says then', () => {
    const path = scratchFile('1\n');
    const file = held(path);
    expect([file.read(), textOf(file)]).toEqual([true, '1\n']);
    writeFileSync(path, '12345\n');
    expect([file.read(), textOf(file)]).toEqual([true, '12345\n']);
    writeFileSync(path, '2\n');
    expect([file.read(), textOf(file), file.errno]).toEqual([true, '2\n', '']);
  });

  it.each([
    ['empty', ''],
    ['cut', '1234'],
    ['too long', `${'x'.repeat(BYTES - 1)}\n`],
  ])('that is %s is no text, and says so, however it is read', (word, text) => {
    const file = held(scratchFile(text));
    expect([file.read(), file.errno, file.length]).toEqual([false, word, 0]);
    expect([file.readToEnd(), file.errno, file.length]).toEqual([false, word, 0]);
  });

  it('that failed once is read again at the next read', () => {
    const path = scratchFile('');
    const file = held(path);
    expect(file.read()).toBe(false);
    writeFileSync(path, 'back\n');
    expect([file.read(), file.errno]).toEqual([true, '']);
  });

  it('of several records is read to its end, where one read gives a page of it', () => {
    const file = held('/proc/self/smaps', 1024 * 1024);
    file.read();
    expect(file.length).toBeLessThanOrEqual(4096);
    expect(file.readToEnd()).toBe(true);
    expect(file.length).toBeGreaterThan(4096);
  });

  it('of a process that is gone answers ESRCH, and does not throw', () => {
    const child = execFileSync('sh', ['-c', 'sleep 1000 >&- 2>&- & echo $!'], { encoding: 'utf8' }).trim();
    const file = held(`/proc/${child}/stat`, 2048);
    expect(file.read()).toBe(true);
    process.kill(Number(child), 'SIGKILL');
    const deadline = Date.now() + 10_000;
    while (file.read() && Date.now() < deadline) execFileSync('sleep', ['0.05']);
    expect([file.read(), file.errno]).toEqual([false, 'ESRCH']);
  });

  it('that is closed answers EBADF, also when its number has been given to another file', () => {
    const file = held(scratchFile('1\n'));
    file.close();
    const other = held(scratchFile('other\n'));
    expect(other.fd).toBe(file.fd);
    file.close();
    expect([file.read(), file.errno]).toEqual([false, 'EBADF']);
    expect([other.read(), textOf(other)]).toEqual([true, 'other\n']);
  });

  it('that is not there, or not to be read, is a gap', () => {
    expect(openHeld('/nonexistent/file', BYTES)).toMatchObject({ error: { reason: 'absent' } });
    const directory = held('/proc');
    expect([directory.read(), directory.errno]).toEqual([false, 'EISDIR']);
  });

  it('is opened below the sysroot, and never outside it', () => {
    const path = scratchFile('inside\n');
    const below = openHeld('/../../file', BYTES, join(path, '..'));
    expect(below.ok && below.value.read()).toBe(true);
    if (below.ok) below.value.close();
  });
});

describe('a held writer', () => {
  it('writes all bytes at once, and never makes a file', () => {
    const path = scratchFile('');
    const writer = openHeldWriter(path);
    if (!writer.ok) throw new Error(writer.error.detail);
    expect([writer.value.write(Buffer.from('FROZEN')), writer.value.errno]).toEqual([true, '']);
    writer.value.close();
    expect(readFileSync(path, 'utf8')).toBe('FROZEN');
    expect(openHeldWriter('/nonexistent/file')).toMatchObject({ error: { reason: 'absent' } });
  });

  it('that is refused names the errno, and does not throw', () => {
    const writer = openHeldWriter('/dev/full');
    if (!writer.ok) throw new Error(writer.error.detail);
    expect([writer.value.write(Buffer.from('x')), writer.value.errno]).toEqual([false, 'ENOSPC']);
    writer.value.close();
    expect([writer.value.write(Buffer.from('x')), writer.value.errno]).toEqual([false, 'EBADF']);
  });
});
