import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GATE_DESCRIPTOR, type LauncherRequest, renderLauncher } from '../../src/sentinel/launcher-script.ts';
import { hasProgram, isMet } from '../support/need.ts';

const PLAIN: LauncherRequest = {
  entrances: [],
  ignoredSignals: [],
  openFilesLimit: null,
  closedDescriptors: [],
  pidVariables: [],
  raw: { words: new Map(), variables: new Map() },
  wordCount: 1,
};

const SHELLS = [['dash'], ['bash'], ['busybox', 'sh']].filter(([name = '']) =>
  isMet(hasProgram(name), `${name} is not installed: the launcher is not tried with it`),
);

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "syncguard's launcher "));
});
afterAll(() => rmSync(root, { recursive: true }));

/** As /bin/sh each is called `sh`: bash by its own name would read ~/.bashrc when its input is a socket. Starts the launcher and lets it go, or closes the line, once it has said that it is ready. */
function launch(
  [shell = '', ...flags]: readonly string[],
  request: Partial<LauncherRequest>,
  command: readonly string[],
  act: (line: Duplex) => void = (line) => line.end('\n'),
): Promise<{ pid: number; status: number | null; stdout: string }> {
  const script = renderLauncher({ ...PLAIN, ...request });
  const stdio = [
    ...Array.from({ length: GATE_DESCRIPTOR }, (_, index) => (index < 3 ? 'pipe' : 'ignore')),
    'pipe',
  ];
  const child = spawn(shell, [...flags, '-c', script, 'syncguard', ...command], {
    stdio: stdio as 'pipe'[],
    ...(flags.length === 0 ? { argv0: 'sh' } : {}),
    env: { PATH: process.env['PATH'], LISTEN_PID: '1', WATCHDOG_PID: '1', LISTEN_FDS: '1' },
  });
  let stdout = '';
  child.stdout.on('data', (part: Buffer) => {
    stdout += part;
  });
  const line = (child.stdio as unknown as Duplex[])[GATE_DESCRIPTOR]!;
  line.on('error', () => {});
  line.once('data', () => act(line));
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ pid: child.pid ?? 0, status, stdout }));
  });
}

describe.each(SHELLS)('the launcher in %s', (...shell) => {
  it('becomes the command: same pid, its words untouched, our line closed', async () => {
    const show = 'echo $$; printf "%s|" "$@"; ls /proc/self/fd | tr "\\n" " "';
    const { pid, stdout, status } = await launch(shell, {}, ['sh', '-c', show, 'x', 'a b', '', '*', '$HOME']);
    expect(status).toBe(0);
    const [before, descriptors] = [stdout.slice(0, stdout.lastIndexOf('|') + 1), stdout.split('|').at(-1)];
    expect(before).toBe(`${pid}\na b||*|$HOME|`);
    expect(descriptors?.split(' ')).not.toContain(String(GATE_DESCRIPTOR));
  });

  it('executes nothing when the guard is gone', async () => {
    const { status, stdout } = await launch(shell, {}, ['echo', 'ran'], (line) => line.destroy());
    expect([status, stdout]).toEqual([125, '']);
  });

  it('enters its cgroups before it says that it is ready', async () => {
    const entrance = join(root, `${shell[0]} "procs"`);
    writeFileSync(entrance, '');
    let seen = '';
    const { pid } = await launch(shell, { entrances: [entrance, '/proc/no/such'] }, ['true'], (line) => {
      seen = readFileSync(entrance, 'utf8');
      line.end('\n');
    });
    expect(seen).toBe(`${pid}\n`);
  });

  it('gives back ignored signals, the soft limit of open files, closed descriptors, and the pid sockets and a watchdog are for', async () => {
    const request = {
      ignoredSignals: [1, 2, 64],
      openFilesLimit: '77',
      closedDescriptors: [0],
      pidVariables: ['LISTEN_PID', 'WATCHDOG_PID'],
    };
    const show =
      'grep SigIgn /proc/self/status; ulimit -Sn; [ -e /proc/self/fd/0 ] || echo closed; echo $LISTEN_PID $WATCHDOG_PID';
    const { pid, stdout } = await launch(shell, request, ['sh', '-c', show]);
    expect(stdout).toBe(`SigIgn:\t8000000000000003\n77\nclosed\n${pid} ${pid}\n`);
  });

  it('gives words and variables that are not UTF-8 byte by byte', async () => {
    const raw = {
      words: new Map([[4, 'caf\xe9\n']]),
      variables: new Map([['LISTEN_FDS', "\xff'%.\n"]]),
    };
    const command = [
      'sh',
      '-c',
      'printf "%s|%s|%s" "$0" "$LISTEN_FDS" "$1" | od -An -w64 -tx1',
      'lossy',
      'as is',
    ];
    const { stdout } = await launch(shell, { raw, wordCount: command.length }, command);
    expect(stdout.trim()).toBe('63 61 66 e9 0a 7c ff 27 25 2e 0a 7c 61 73 20 69 73');
  });

  it('is killed before its guard where memory ends', async () => {
    const { stdout } = await launch(shell, {}, ['cat', '/proc/self/oom_score_adj']);
    expect(stdout).toBe('1000\n');
  });
});
