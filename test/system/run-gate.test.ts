// What the gate's answer makes of a start, through the built program.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { GateRecord } from '../../src/formats/gate-record.ts';
import { type Ended, runToEnd, start } from '../support/ending.ts';
import { gateAnswering, type Installation, install } from '../support/installation.ts';

let installation: Installation;
afterEach(() => installation.remove());

const REFUSED: Partial<GateRecord> = {
  verdict: 'refuse',
  reason: 'over-wall',
  binding: 'dcachesize',
  message: 'dcachesize would reach 131% of its barrier.',
  hint: 'syncguard fit /t',
};

async function runWith(gate: string, ...words: string[]): Promise<Ended> {
  installation = await install(gate);
  return runToEnd(installation.program, ['run', ...words, 'echo', 'started']);
}

describe('an admitted daemon', () => {
  it('starts with one line on standard error, and none when quiet', async () => {
    const loud = await runWith(gateAnswering({}));
    expect([loud.status, loud.stdout]).toEqual([0, 'started\n']);
    expect(loud.stderr).toMatch(/^syncguard: echo started \(pid \d+\), .*\. It fits\.\n$/);
    installation.remove();
    expect(await runWith(gateAnswering({}), '--quiet')).toMatchObject({ stdout: 'started\n', stderr: '' });
  });

  it('is the command the gate was asked about, its trees and needs as they were typed', async () => {
    const note = `require('fs').writeFileSync(__dirname + '/asked', process.argv[2])`;
    await runWith(gateAnswering({}, note), '--tree', '/a b', '--require', 'shmpages=72M', '--stop-at=90%');
    expect(JSON.parse(readFileSync(join(installation.root, 'dist/asked'), 'utf8'))).toMatchObject({
      trees: ['/a b'],
      flags: { 'require.shmpages': '72M', stop_at: '90%' },
      command: [expect.stringMatching(/\/echo$/), 'started'],
      canBrake: { kind: expect.any(String), reason: expect.any(String) },
    });
  });

  it('whose message holds control characters does not write them to a terminal', async () => {
    const ended = await runWith(gateAnswering({ message: 'in \u001b[2Jdir\n' }));
    expect(ended.stderr).toContain('in \\x1b[2Jdir\\x0a');
  });
});

describe('a refused daemon', () => {
  it('is not started: 75, the reason and what to type next', async () => {
    const ended = await runWith(gateAnswering(REFUSED));
    expect(ended).toEqual({
      status: 75,
      signal: null,
      stdout: '',
      stderr: 'syncguard: dcachesize would reach 131% of its barrier.\nhint: syncguard fit /t\n',
    });
  });

  it('starts under --on-refuse start, which is said', async () => {
    const ended = await runWith(gateAnswering(REFUSED), '--on-refuse', 'start');
    expect([ended.status, ended.stdout]).toEqual([0, 'started\n']);
    expect(ended.stderr).toContain('started all the same (--on-refuse start)');
  });

  it('starts under --dry-run, which says what would have been done', async () => {
    const ended = await runWith(gateAnswering(REFUSED), '--dry-run');
    expect(ended.stdout).toBe('started\n');
    expect(ended.stderr).toContain('dry run: would refuse: dcachesize would reach 131%');
  });

  it('under --on-refuse wait starts once it fits, having said once that it waits', async () => {
    // Refused until the file is there; the gate is asked again after 5 s, then 10 s.
    const gate = `if (require('fs').existsSync(__dirname + '/fits')) { ${gateAnswering({})} } else { ${gateAnswering(REFUSED)} }`;
    installation = await install(gate);
    const running = start(installation.program, ['run', '--on-refuse', 'wait', 'echo', 'started']);
    await running.seen('waiting until it fits');
    writeFileSync(join(installation.root, 'dist/fits'), '');
    const ended = await running.ended;
    expect([ended.status, ended.stdout]).toEqual([0, 'started\n']);
    expect(ended.stderr.match(/waiting/g)).toHaveLength(1);
  });

  it('that waits is ended by TERM, as a shell sees it with 143', async () => {
    installation = await install(gateAnswering(REFUSED));
    const running = start(installation.program, ['run', '--on-refuse', 'wait', 'echo', 'started']);
    await running.seen('waiting until it fits');
    process.kill(running.pid, 'SIGTERM');
    expect(await running.ended).toMatchObject({ signal: 'SIGTERM', stdout: '' });
  });
});

describe('an unknown wall', () => {
  it('starts with one warning, and under --on-unknown refuse does not', async () => {
    const started = await runWith('process.abort()');
    expect([started.status, started.stdout]).toEqual([0, 'started\n']);
    expect(started.stderr).toMatch(
      /^syncguard: echo started .*; started all the same \(--on-unknown start\)\. the estimate failed: it ended with SIGABRT .*\n$/,
    );
    installation.remove();
    const refused = await runWith('process.abort()', '--on-unknown', 'refuse');
    expect([refused.status, refused.stdout]).toEqual([75, '']);
  });

  it('is what a gate that takes too long comes to', async () => {
    const ended = await runWith(
      'setInterval(() => {}, 1000)',
      '--gate-timeout',
      '300ms',
      '--on-unknown=refuse',
    );
    expect(ended).toMatchObject({ status: 75, stderr: expect.stringContaining('longer than 300ms') });
  });

  it('is not what a request that is wrong comes to: 125, whatever the options', async () => {
    const gate = `console.error('syncguard: /t is not there.\\nhint: ls /'); process.exitCode = 66`;
    const ended = await runWith(gate, '--on-refuse', 'start');
    expect(ended).toMatchObject({
      status: 125,
      stdout: '',
      stderr: 'syncguard: /t is not there.\nhint: ls /\n',
    });
  });
});

describe('TERM while the gate counts', () => {
  it('ends the gate and run, and starts nothing', async () => {
    const note = `require('fs').writeFileSync(__dirname + '/pid', String(process.pid)); setInterval(() => {}, 1000)`;
    installation = await install(note);
    const pidFile = join(installation.root, 'dist/pid');
    const running = start(installation.program, ['run', 'echo', 'started']);
    await expect
      .poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', { timeout: 30_000 })
      .toBe(true);
    process.kill(running.pid, 'SIGTERM');
    expect(await running.ended).toMatchObject({ signal: 'SIGTERM', stdout: '', stderr: '' });
    await expect
      .poll(() => existsSync(`/proc/${readFileSync(pidFile, 'utf8')}`), { timeout: 30_000 })
      .toBe(false);
  });
});
