// A guard that froze its daemon dies or hangs: the keeper carries its last will out.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MiB } from '../../src/domain/units.ts';
import { readProcessPlace } from '../../src/kernel/process-place.ts';
import type { KeeperShell } from '../../src/sentinel/keeper-script.ts';
import { KEEPER_SHELVES, shelveShell } from '../../src/sentinel/keeper-shelf.ts';
import { makeContainer } from '../support/container.ts';
import { hasProgram, isMet } from '../support/need.ts';
import {
  type Hall,
  makeHall,
  moment,
  startScripted,
  until,
  untilAllMove,
} from '../support/scripted-daemon.ts';
import { type Held, type HoldRequest, holdByGuard } from '../support/scripted-daemon-hold.ts';

/** Nine reads of 0.2 s; a guard's own is 90 s. */
const LEASE_MS = 1_800;
/** How often each cell is tried; more for a measurement. */
const ROUNDS = Number(process.env['SYNCGUARD_ROUNDS'] ?? 1);

const shelves: string[] = [];
afterAll(() => {
  for (const shelf of shelves) rmSync(shelf, { recursive: true });
});

/** A PATH with this shell alone. */
function pathOf(shell: KeeperShell): string {
  const shelf = mkdtempSync(join(tmpdir(), 'syncguard-shells-'));
  shelves.push(shelf);
  const file = (process.env['PATH'] ?? '').split(':').find((directory) => existsSync(join(directory, shell)));
  symlinkSync(join(file ?? '/bin', shell), join(shelf, shell));
  return shelf;
}

/** The same with a copy of the shell that was written inside the container, whose pages are its own. */
async function coldPathOf(shell: KeeperShell, enter: readonly string[]): Promise<string> {
  const path = pathOf(shell);
  const link = join(path, shell);
  const [file = '', ...rest] = [...enter, 'cp', '--remove-destination', realpathSync(link), link];
  await once(spawn(file, rest), 'exit');
  return path;
}

const NAMES = ['worker', 'main'];
const SCRIPT = '(beat worker) & beat main';

const CASES = (['unified', 'legacy-freezer', 'signals'] as const).flatMap((kind) =>
  (
    [
      ['bash', 'SIGKILL'],
      ['bash', 'SIGSTOP'],
      ['dash', 'SIGKILL'],
    ] as const
  ).flatMap(([shell, fate]) => (['C', 'K'] as const).map((will) => ({ kind, shell, fate, will }))),
);

const ENDING = { C: 'continued', K: 'ended' } as const;

/** The guard is gone or hung; what stands in the daemon's grip is as the keeper left it. */
async function forsake({ guard }: Held, fate: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
  guard.kill(fate);
  if (fate === 'SIGKILL') await once(guard, 'exit');
}

/** A stopped guard that goes on finds its keeper listening; either then ends. */
async function dismiss({ guard, keeperPid }: Held): Promise<void> {
  if (guard.exitCode === null && guard.signalCode === null) {
    guard.kill('SIGCONT');
    guard.kill('SIGTERM');
    await once(guard, 'exit');
  }
  await until(() => ENDED.includes(stateOf(keeperPid)));
}

describe.runIf(isMet(hasProgram('bash') && hasProgram('dash'), 'no bash and dash'))(
  'a forsaken daemon',
  () => {
    for (const { kind, shell, fate, will } of CASES) {
      const probe = makeHall(kind);
      probe?.remove();
      const title = `held by ${kind} is ${ENDING[will]} by ${shell} after ${fate}, and the keeper ends`;
      it.runIf(isMet(probe !== null, `no writable hierarchy for ${kind}`))(title, async () => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const hall = makeHall(kind) as Hall;
          const daemon = await startScripted(hall, SCRIPT, NAMES);
          const request: HoldRequest = { leaseMs: LEASE_MS, will, path: pathOf(shell) };
          const held = await holdByGuard(hall, daemon, request);
          await forsake(held, fate);
          if (will === 'C') await untilAllMove(daemon, NAMES);
          else await until(() => daemon.grip.refresh() === 0);
          await dismiss(held);
          daemon.remove();
        }
      });
    }

    it('stays frozen while its guard speaks, longer than the lease, and after the guard has taken leave', async () => {
      const hall = makeHall('signals') as Hall;
      const daemon = await startScripted(hall, SCRIPT, NAMES);
      const held = await holdByGuard(hall, daemon, { leaseMs: 2_700, will: 'K', path: pathOf('bash') });
      await moment(4_000);
      expect(daemon.grip.isFrozen()).toBe(true);
      await dismiss(held);
      expect([daemon.grip.isFrozen(), daemon.grip.refresh() > 1]).toEqual([true, true]);
      daemon.remove();
    });
  },
);

const shelved = shelveShell('/bin/sh', KEEPER_SHELVES);
const hasShelf = shelved !== null && spawnSync(shelved.file, [...shelved.words, '-c', ':']).status === 0;
shelved?.unlink();
const probed = makeContainer('syncguard-test-keeper-probe', 64 * MiB);
probed?.remove();

describe.runIf(isMet(probed !== null, 'no writable v1 memory hierarchy'))(
  'a daemon forsaken in an exhausted container',
  () => {
    for (const { kind, shell, fate, will } of CASES)
      it(`held by ${kind} is ${ENDING[will]} by ${shell} after ${fate}`, async () => {
        for (let round = 0; round < ROUNDS; round += 1) await surviveExhaustion({ kind, shell, fate, will });
      });

    for (const shell of ['bash', 'dash'] as const)
      for (const will of ['C', 'K'] as const)
        it.runIf(isMet(hasShelf, 'no tmpfs to run a shell from'))(
          `is ${ENDING[will]} by a ${shell} whose program was charged to the container, since its copy was not`,
          async () => {
            const cell = { kind: 'legacy-freezer', shell, fate: 'SIGKILL', will, isCold: true } as const;
            for (let round = 0; round < ROUNDS; round += 1) await surviveExhaustion(cell);
          },
        );
  },
);

/** Guard, keeper and a neighbour that takes all the memory there is lie in one cgroup whose tasks wait at the limit. */
async function surviveExhaustion(cell: (typeof CASES)[number] & { isCold?: true }): Promise<void> {
  const { kind, shell, fate, will } = cell;
  const hall = makeHall(kind) as Hall;
  const container = makeContainer(`syncguard-test-keeper-${kind}`, 64 * MiB)!;
  writeFileSync(join(container.directory, 'memory.oom_control'), '1');
  const daemon = await startScripted(
    hall,
    `echo $$ >'${container.directory}/cgroup.procs'; ${SCRIPT}`,
    NAMES,
  );
  const { enter } = container;
  const path = cell.isCold ? await coldPathOf(shell, enter) : pathOf(shell);
  const shelves = cell.isCold ? KEEPER_SHELVES : [];
  const held = await holdByGuard(hall, daemon, { leaseMs: LEASE_MS, will, path, enter, shelves });
  const [file = '', ...rest] = [...enter, 'tail', '/dev/zero'];
  const hog = spawn(file, rest, { stdio: 'ignore' });
  const isExhausted = (): boolean => /^under_oom 1$/m.test(container.read('memory.oom_control'));
  const members = (): readonly number[] => daemon.grip.members();
  const isContinued = (): boolean =>
    kind === 'signals' ? members().every((pid) => stateOf(pid) !== 'T') : !daemon.grip.isFrozen();
  const hasActed = (): boolean =>
    will === 'C' ? isContinued() : members().every((pid) => ENDED.includes(stateOf(pid)));
  try {
    expect(held.isShelved).toBe(cell.isCold === true);
    await until(isExhausted);
    await forsake(held, fate);
    await until(hasActed);
    // What the dead guard and daemon gave back is taken at once.
    await until(isExhausted);
  } finally {
    hog.kill('SIGKILL');
    await dismiss(held);
    daemon.remove();
    await until(() => container.read('cgroup.procs') === '');
    container.remove();
  }
}

/** Gone, or dead and not yet reaped: in an exhausted container a parent may wait before it reaps. */
const ENDED = ['', 'Z', 'X'];

const stateOf = (pid: number): string => readProcessPlace(pid)?.state ?? '';
