import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askGate } from '../../src/actuators/gate-client.ts';
import type { GateRecord } from '../../src/formats/gate-record.ts';
import { type RunSettings, renderRunSettings } from '../../src/formats/run-settings.ts';
import { ADMITTED, gateAnswering } from '../support/installation.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'syncguard-gate-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const SETTINGS: RunSettings = {
  onRefuse: 'wait',
  onUnknown: 'refuse',
  gateTimeoutMs: 90_000,
  leaseMs: 30_000,
  restart: 'always',
  companion: 'off',
  preservesStatus: true,
  passesNotify: false,
  isScheduled: true,
  alertWaitMs: 0,
};

/** Program text that tells these, as a gate does before it counts. */
const telling = (settings: RunSettings): string =>
  `require('fs').writeSync(3, ${JSON.stringify(renderRunSettings(settings))})`;

function ask(
  text: string,
  timeoutMs = 60_000,
  onSettings = (_: RunSettings): void => {},
): Promise<GateRecord> {
  const program = join(root, 'gate.cjs');
  writeFileSync(program, text);
  const request = {
    mode: 'gate',
    trees: ['/t'],
    daemon: null,
    command: ['x'],
    excludes: [],
    sysroot: null,
    platform: null,
    config: null,
    flags: {},
    canBrake: { kind: 'none', reason: '' },
    runningPid: null,
  } as const;
  return askGate({ program, request, timeoutMs, onSettings, environment: { ROOT: root } }).record;
}

describe('the gate', () => {
  it('is asked one JSON argument and believed when it answers whole', async () => {
    const note = `require('fs').writeFileSync(process.env.ROOT + '/asked', process.argv[2])`;
    expect(await ask(gateAnswering({ verdict: 'throttle' }, note))).toEqual({
      ...ADMITTED,
      verdict: 'throttle',
    });
    expect(JSON.parse(readFileSync(join(root, 'asked'), 'utf8'))).toMatchObject({
      mode: 'gate',
      trees: ['/t'],
    });
  });

  it('is killed first where memory ends', async () => {
    const note = `const { readFileSync: r, writeFileSync: w } = require('fs'); w(process.env.ROOT + '/score', r('/proc/self/oom_score_adj'))`;
    await ask(`setTimeout(() => { ${note}; ${gateAnswering({})} }, 300)`);
    expect(readFileSync(join(root, 'score'), 'utf8').trim()).toBe('1000');
  });

  it('that lingers after its answer is not waited for', async () => {
    expect(await ask(gateAnswering({}, 'setInterval(() => {}, 1000)'))).toEqual(ADMITTED);
  });

  it.each([
    ['that crashes', 'process.abort()', 'SIGABRT'],
    ['that ends without a word', '', 'status 0 (short record: 0 of 4096 bytes)'],
    ['that answers in part', `require('fs').writeSync(3, 'SGGATE1 ')`, 'short record: 8 of 4096'],
    ['that answers something else', `require('fs').writeSync(3, 'x'.repeat(5000))`, 'foreign record'],
    ['that throws', 'throw new Error()', 'status 1'],
    [
      'that says why',
      `console.error('syncguard: No such thing.\\nhint: do that'); process.exit(70)`,
      'No such thing.',
    ],
  ])('%s is unknown, and the reason is told', async (_, text, reason) => {
    const record = await ask(text);
    expect(record).toMatchObject({ verdict: 'unknown', reason: 'gate-failed', ownLimitBytes: null });
    expect(record.message).toContain(reason);
  });

  it('that takes too long is ended and unknown', async () => {
    const pidFile = join(root, 'pid');
    const record = await ask(
      `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`,
      2_000,
    );
    expect(record).toMatchObject({
      verdict: 'unknown',
      message: 'the estimate failed: it took longer than 2s',
    });
    await expect.poll(() => isAlive(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
  });

  it('tells of its settings before its answer, once, and also where none comes', async () => {
    const heard: RunSettings[] = [];
    const hear = (settings: RunSettings): void => void heard.push(settings);
    expect(await ask(gateAnswering({}, telling(SETTINGS)), 60_000, hear)).toEqual(ADMITTED);
    expect(heard).toEqual([SETTINGS]);
    expect(await ask(`${telling(SETTINGS)};process.abort()`, 60_000, hear)).toMatchObject({
      verdict: 'unknown',
    });
    expect(heard).toEqual([SETTINGS, SETTINGS]);
    await ask(telling({ ...SETTINGS, leaseMs: 0 }), 60_000, hear);
    await ask(`require('fs').writeSync(3, 'SGRUN1 nonsense\\n')`, 60_000, hear);
    expect(heard).toHaveLength(2);
  });

  it('has the time that its settings give it, and no other', async () => {
    const text = `${telling({ ...SETTINGS, gateTimeoutMs: 1_500 })}; setInterval(() => {}, 1000)`;
    expect((await ask(text)).message).toBe('the estimate failed: it took longer than 1s500ms');
    const slow = `${telling(SETTINGS)}; setTimeout(() => { ${gateAnswering({})} }, 3500)`;
    expect(await ask(slow, 3_000)).toEqual(ADMITTED);
  });

  it.each([64, 66, 78])('that ends with %i and a sentence was asked wrongly', async (status) => {
    const record = await ask(
      `console.error('syncguard: no such tree\\nhint: ls'); process.exitCode = ${status}`,
    );
    expect(record).toMatchObject({ reason: 'bad-request', message: 'no such tree', hint: 'ls' });
  });
});

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
