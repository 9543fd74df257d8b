import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlSocket, openControlSocket } from '../../src/companion/control-socket.ts';
import type { ControlReply, ControlRequest } from '../../src/formats/control-message.ts';

let place: string;
let path: string;
const open: ControlSocket[] = [];
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-control-'));
  path = join(place, 'control');
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
  rmSync(place, { recursive: true });
});

const DONE: ControlReply = { ok: true, isDone: true };

async function serve(answer: (request: ControlRequest) => Promise<ControlReply>): Promise<ControlSocket> {
  const opened = await openControlSocket({ path, answer });
  if (!opened.ok) throw new Error(opened.error);
  open.push(opened.value);
  return opened.value;
}

/** Everything the socket says to `text` until `lines` lines are there or it hangs up. */
function converse(text: string, lines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(path, () => socket.write(text));
    const finish = (): void => {
      socket.destroy();
      resolve(heard.split('\n').slice(0, -1));
    };
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      heard += piece;
      if (heard.split('\n').length > lines) finish();
    });
    socket.on('end', finish);
    socket.on('error', reject);
  });
}

describe('the control socket', () => {
  it('may be used by its owner alone, whatever the umask', async () => {
    const before = process.umask(0);
    await serve(async () => DONE);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(process.umask(before)).toBe(0);
  });

  it('answers every line in the order of the questions', async () => {
    const pauses: number[] = [];
    await serve(async ({ forMs = 0 }) => {
      await new Promise((resolve) => setTimeout(resolve, pauses.length === 0 ? 30 : 0));
      pauses.push(forMs);
      return { ok: false, code: String(forMs), message: '', hint: '' };
    });
    const asked = [3, 1, 2].map((forMs) => JSON.stringify({ command: 'pause', forMs })).join('\n');
    const heard = await converse(`${asked}\n`, 3);
    expect(heard.map((line) => JSON.parse(line).code)).toEqual(['3', '1', '2']);
  });

  it('answers nonsense with what is wrong, and what fails with the failure', async () => {
    await serve(async () => {
      throw new Error('broken');
    });
    const heard = (await converse('hello\n{"command":"status"}\n', 2)).map((line) => JSON.parse(line));
    expect(heard[0]).toMatchObject({ ok: false, code: 'usage' });
    expect(heard[1]).toMatchObject({ ok: false, code: 'internal', message: 'It failed: Error: broken.' });
  });

  it('hangs up on a line without end', async () => {
    await serve(async () => DONE);
    const heard = await converse('x'.repeat(100_000), 2);
    expect(heard).toHaveLength(1);
    expect(JSON.parse(heard[0] ?? '')).toMatchObject({ ok: false, code: 'usage' });
  });

  it('takes the place of a dead one, and of nothing else', async () => {
    await serve(async () => ({ ok: false, code: 'first', message: '', hint: '' }));
    await serve(async () => ({ ok: false, code: 'second', message: '', hint: '' }));
    expect(JSON.parse((await converse('{"command":"status"}\n', 1))[0] ?? '')).toMatchObject({
      code: 'second',
    });
    for (const socket of open.splice(0)) socket.close();
    rmSync(path, { force: true });
    writeFileSync(path, 'precious');
    expect(await openControlSocket({ path, answer: async () => DONE })).toEqual({
      ok: false,
      error: `${path} is there and is no socket`,
    });
  });

  it('says so where its path is too long or its directory is not there', async () => {
    const long = join(place, 'x'.repeat(120));
    const answer = async (): Promise<ControlReply> => DONE;
    const opened = await openControlSocket({ path: long, answer });
    expect(opened.ok ? '' : opened.error).toContain('107 bytes');
    const absent = await openControlSocket({ path: join(place, 'none/control'), answer });
    expect(absent.ok ? '' : absent.error).toContain('could not be made');
  });

  it('is gone when it is closed', async () => {
    const socket = await serve(async () => DONE);
    socket.close();
    await expect.poll(() => existsSync(path)).toBe(false);
  });
});
