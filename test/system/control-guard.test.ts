// A guard, its companion and the command line together, each as built from today's source.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BuildOptions, build } from 'rolldown';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GuardStatus } from '../../src/formats/guard-status.ts';
import { type Ended, type Running, runToEnd, start } from '../support/ending.ts';
import { type Installation, install } from '../support/installation.ts';

/** Its type is not declared: a configuration file of a bundler is plain JavaScript. */
const CONFIGURATION = join(import.meta.dirname, '../../src/rolldown.config.mjs');

let installation: Installation;
beforeAll(async () => {
  installation = await install();
  const gate = join(installation.root, 'dist/gate.cjs');
  const answering = readFileSync(gate);
  const { default: programs } = (await import(CONFIGURATION)) as { default: readonly BuildOptions[] };
  for (const program of programs)
    await build({ ...program, output: { ...program.output, dir: dirname(gate) }, logLevel: 'silent' });
  // The gate of the test's choice again.
  writeFileSync(gate, answering);
});
afterAll(() => installation.remove());

let place: string;
let guard: Running;
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  RUNTIME_DIRECTORY: place,
  XDG_STATE_HOME: place,
  JOURNAL_STREAM: '',
});

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-control-'));
});
afterEach(async () => {
  if (isThere(guard.pid)) process.kill(guard.pid, 'SIGTERM');
  await guard.ended;
  rmSync(place, { recursive: true, force: true });
});

const type = (...words: readonly string[]): Promise<Ended> =>
  runToEnd(installation.program, words, { env: environment() });

async function readStatus(): Promise<GuardStatus> {
  const { stdout, stderr } = await type('status', String(guard.pid), '--json');
  if (stdout === '') throw new Error(stderr);
  const { guards } = JSON.parse(stdout) as { guards: readonly GuardStatus[] };
  const [status] = guards;
  if (status === undefined) throw new Error('no guard was found');
  return status;
}

/** A guarded `sleep`, once its companion answers. */
async function startGuarded(...options: readonly string[]): Promise<GuardStatus> {
  guard = start(installation.program, ['run', '--companion', 'on', ...options, 'sleep', '600'], {
    env: environment(),
  });
  await guard.seen('started');
  await expect.poll(async () => (await readStatus()).guard.hasCompanion, { timeout: 30_000 }).toBe(true);
  return readStatus();
}

const isThere = (pid: number): boolean => readdirSync('/proc').includes(String(pid));

/** R, S, D, T, ... of proc(5). */
const stateOf = (pid: number): string =>
  /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

/** Frozen by a freezer cgroup (v1 or v2), or stopped by a signal. */
function isFrozen(pid: number): boolean {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n');
  const freezer = lines.find((line) => line.split(':')[1] === 'freezer')?.split(':')[2];
  if (freezer?.includes('syncguard-'))
    return readFileSync(`/sys/fs/cgroup/freezer${freezer}/freezer.state`, 'utf8').trim() === 'FROZEN';
  const unified = lines.find((line) => line.startsWith('0::'))?.slice('0::'.length);
  if (unified?.includes('syncguard-'))
    return /^frozen 1$/m.test(readFileSync(`/sys/fs/cgroup${unified}/cgroup.events`, 'utf8'));
  return stateOf(pid) === 'T';
}

const companionOf = (pid: number): number =>
  Number(
    readdirSync('/proc').find((entry) => {
      try {
        const commandLine = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1];
        return commandLine.includes('companion.cjs') && parent === String(pid);
      } catch {
        return false;
      }
    }) ?? 0,
  );

describe('a guarded daemon', () => {
  it('is paused, resumed and stopped from the command line, and says so once each', async () => {
    const { daemon } = await startGuarded();
    const pid = daemon.pid ?? 0;
    expect((await type('pause', String(guard.pid))).status).toBe(0);
    expect(isFrozen(pid)).toBe(true);
    expect((await readStatus()).state).toBe('paused');
    expect((await type('resume', String(guard.pid))).stdout).toMatch(/^sleep is (running|starting)\n$/);
    expect(isFrozen(pid)).toBe(false);
    expect((await type('why', String(guard.pid))).stdout).toMatch(/action -> paused: .*FREEZE/);
    expect((await type('stop', String(guard.pid))).status).toBe(0);
    const { stderr } = await guard.ended;
    expect(isThere(pid)).toBe(false);
    for (const words of [
      'sleep is paused: on request',
      'sleep goes on: on request',
      'sleep is asked to end: on request',
    ])
      expect(stderr.split('\n').filter((line) => line === `syncguard: ${words}`)).toHaveLength(1);
    expect((await type('status', String(guard.pid))).status).toBe(3);
  });

  it('is guarded on when the companion is killed, and stop needs none', async () => {
    const { daemon } = await startGuarded();
    const pid = daemon.pid ?? 0;
    process.kill(companionOf(guard.pid), 'SIGKILL');
    await expect.poll(async () => (await readStatus()).guard.hasCompanion).toBe(false);
    expect([isThere(guard.pid), isThere(pid)]).toEqual([true, true]);
    expect((await type('status', String(guard.pid))).status).toBe(0);
    const paused = await type('pause', String(guard.pid));
    expect([paused.status, isFrozen(pid)]).toEqual([74, false]);
    expect(paused.stderr).toContain('syncguard stop works without one');
    expect((await type('stop', String(guard.pid))).status).toBe(0);
    await guard.ended;
    expect(isThere(pid)).toBe(false);
  });

  it('is another process after a restart, under the same guard', async () => {
    const before = await startGuarded();
    expect((await type('restart', String(guard.pid))).status).toBe(0);
    await expect
      .poll(async () => (await readStatus()).daemon.pid, { timeout: 30_000 })
      .not.toBe(before.daemon.pid ?? 0);
    await expect.poll(async () => (await readStatus()).daemon.pid, { timeout: 30_000 }).not.toBeNull();
    expect(isThere(before.daemon.pid ?? 0)).toBe(false);
  });
});
