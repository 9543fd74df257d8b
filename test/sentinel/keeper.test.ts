// What a keeper does besides its act: it starts or says why not, keeps out of the way, and does not mistake a long freeze
// of everybody for the silence of its guard.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProcessPlace } from '../../src/kernel/process-place.ts';
import { type Keeper, startKeeper } from '../../src/sentinel/keeper.ts';
import { KEEPER_PIPE, type KeeperHold, renderKeeper } from '../../src/sentinel/keeper-script.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { moment, until } from '../support/scripted-daemon.ts';

const PATH = process.env['PATH'] ?? '';
const HOLDS: readonly KeeperHold[] = [
  { kind: 'signals' },
  { kind: 'legacy-freezer', directory: "/no 'such" },
  { kind: 'unified', directory: '/no such', hasKill: true },
  { kind: 'unified', directory: '/no such', hasKill: false },
];

/** Stands for a v1 freezer cgroup: what the keeper writes is found in a file. */
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "syncguard-keeper 'test-"));
  for (const file of ['freezer.state', 'cgroup.procs']) writeFileSync(join(directory, file), '');
});
afterEach(() => rmSync(directory, { recursive: true }));

const written = (): string => readFileSync(join(directory, 'freezer.state'), 'utf8');

async function keep(leaseMs: number, path = PATH): Promise<Keeper> {
  const started = await startKeeper({ hold: { kind: 'legacy-freezer', directory }, leaseMs, path });
  if (!started.ok) throw new Error(started.error);
  return started.value;
}

const stateOf = (pid: number): string => readProcessPlace(pid)?.state ?? '';

async function end(keeper: Keeper): Promise<void> {
  keeper.end();
  await until(() => ['', 'Z'].includes(stateOf(keeper.pid)));
}

/** A directory for PATH in which `shell` is another program. */
function shelfOf(shell: string, program: string): string {
  const shelf = join(directory, shell);
  mkdirSync(shelf);
  symlinkSync(program, join(shelf, shell));
  return shelf;
}

describe.runIf(isMet(hasProgram('bash') && hasProgram('dash'), 'no bash and dash'))('a keeper', () => {
  it('is bash where there is one, else dash, and says which', async () => {
    const best = await keep(9_000);
    const second = await keep(9_000, shelfOf('dash', '/usr/bin/dash'));
    await Promise.all([end(best), end(second)]);
    expect([best.kind, second.kind]).toEqual(['bash', 'dash']);
  });

  it('that cannot be had is said: no shell, a shell that is none, a cgroup that is not there', async () => {
    const failing = (hold: KeeperHold, path: string) => startKeeper({ hold, leaseMs: 9_000, path });
    const signals: KeeperHold = { kind: 'signals' };
    expect(await failing(signals, '/nonexistent')).toEqual({
      ok: false,
      error: 'no bash in PATH, no dash in PATH',
    });
    expect(await failing(signals, shelfOf('bash', '/bin/true'))).toMatchObject({
      error: expect.stringContaining('bash could not rehearse its act'),
    });
    for (const hold of HOLDS.slice(1)) expect((await failing(hold, PATH)).ok).toBe(false);
  });

  it('writes nothing while it rehearses, while it is spoken to, and when it is sent away', async () => {
    const keeper = await keep(1_800);
    for (let tell = 0; tell < 30; tell += 1) {
      expect(keeper.tell('K')).toBe(true);
      await moment(20);
    }
    await end(keeper);
    expect(written()).toBe('');
    expect(keeper.tell('C')).toBe(false);
  });

  it('acts in a silence as it was last told, once, and listens again', async () => {
    const keeper = await keep(450);
    await until(() => written() === 'THAWED\n');
    await moment(900);
    expect(written()).toBe('THAWED\n');
    keeper.tell('K');
    await until(() => written().includes('FROZEN\nTHAWED\n'));
    await end(keeper);
  });

  it('hears a line whose end comes after a read of it timed out', async () => {
    const keeper = await keep(450);
    await until(() => written() === 'THAWED\n');
    const pipe = `/proc/${keeper.pid}/fd/${KEEPER_PIPE}`;
    appendFileSync(pipe, 'K');
    // Three of its reads.
    await moment(150);
    appendFileSync(pipe, '\n');
    await until(() => written().includes('FROZEN\nTHAWED\n'));
    await end(keeper);
  });

  it('does not take it for silence that it stood still itself, however long', async () => {
    const keeper = await keep(900);
    keeper.tell('C');
    process.kill(keeper.pid, 'SIGSTOP');
    await moment(2_000);
    process.kill(keeper.pid, 'SIGCONT');
    await moment(300);
    keeper.tell('C');
    expect(written()).toBe('');
    await end(keeper);
  });

  it('runs from a tmpfs where one executes programs, and leaves no name there; else from where it is', async () => {
    const shelves = ['exec', 'noexec'].map((flag) => join(directory, flag));
    const hold: KeeperHold = { kind: 'signals' };
    const seen: unknown[] = [];
    for (const shelf of [directory, ...shelves]) {
      if (shelf !== directory) {
        mkdirSync(shelf);
        if (spawnSync('mount', ['-t', 'tmpfs', '-o', basename(shelf), 'keeper', shelf]).status !== 0) break;
      }
      const kept = await startKeeper({ hold, leaseMs: 9_000, path: PATH, shelves: [shelf] });
      if (kept.ok) await end(kept.value);
      seen.push([
        kept.ok && kept.value.isShelved,
        readdirSync(shelf).filter((name) => /^syncguard/.test(name)),
      ]);
    }
    for (const shelf of shelves) spawnSync('umount', [shelf]);
    if (isMet(seen.length === 3, 'no permission to mount a tmpfs'))
      expect(seen).toEqual([
        [false, []],
        [true, []],
        [false, []],
      ]);
  });

  it('hears no signal that a terminal or a service manager sends to everybody', async () => {
    const keeper = await keep(9_000);
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGTSTP'] as const)
      process.kill(keeper.pid, signal);
    expect(keeper.tell('C')).toBe(true);
    await moment(100);
    expect(stateOf(keeper.pid)).toBe('S');
    expect(readProcessPlace(keeper.pid)?.sessionId).toBe(keeper.pid);
    await end(keeper);
    expect(written()).toBe('');
  });

  it('is no earlier choice of the OOM killer than its guard, and holds nobody else open', async () => {
    const keeper = await keep(9_000);
    const score = Number(readFileSync(`/proc/${keeper.pid}/oom_score_adj`, 'utf8'));
    const strange = (): string[] =>
      readdirSync(`/proc/${keeper.pid}/fd`)
        .filter((descriptor) => Number(descriptor) < 10)
        .map((descriptor) => readlinkSync(`/proc/${keeper.pid}/fd/${descriptor}`))
        .filter((target) => !/^\/dev\/null$|freezer\.state$|^pipe:/.test(target));
    // It lets go of its output when it has said that it is ready.
    await expect.poll(strange).toEqual([]);
    await end(keeper);
    expect(score).toBeLessThanOrEqual(0);
  });

  it('whose reader has stopped costs its guard no wait: the will is dropped', async () => {
    const keeper = await keep(90_000);
    process.kill(keeper.pid, 'SIGSTOP');
    let told = 0;
    while (keeper.tell('C') && told < 1_000_000) told += 1;
    process.kill(keeper.pid, 'SIGCONT');
    expect(told).toBeLessThan(1_000_000);
    await until(() => keeper.tell('C'));
    await end(keeper);
  });
});

describe.runIf(isMet(hasProgram('shellcheck'), 'no shellcheck'))('its script', () => {
  it.each(HOLDS.flatMap((hold) => (['bash', 'dash'] as const).map((shell) => ({ hold, shell }))))(
    'is sound $shell for $hold.kind',
    ({ hold, shell }) => {
      // SC2086: lists of pids and options are split on purpose. SC2034, SC2154: set in one branch of the rendering alone.
      const ignored = 'SC2086,SC2034,SC2154,SC2015,SC2162,SC2317,SC2329';
      const checked = spawnSync('shellcheck', ['-s', shell, '-e', ignored, '-'], {
        input: renderKeeper({ shell, hold, leaseMs: 90_000 }),
        encoding: 'utf8',
      });
      expect(checked.stdout).toBe('');
    },
  );
});
