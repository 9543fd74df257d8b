// In a pid namespace of its own: a tracked process ends, and a stranger is given its pid; then everything a grip and a
// keeper can do to it is done. Tells how often the pid was really the same, and how often the stranger was harmed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { openGrip } from '../../src/actuators/grip-choice.ts';
import { COOKIE_VARIABLE } from '../../src/actuators/members.ts';
import { readProcessPlace } from '../../src/kernel/process-place.ts';
import { startKeeper } from '../../src/sentinel/keeper.ts';

export interface ReuseOrder {
  readonly gripRounds: number;
  readonly keeperRounds: number;
}

export interface ReuseTally {
  gripReused: number;
  gripHarmed: number;
  keeperReused: number;
  keeperHarmed: number;
}

const { gripRounds, keeperRounds }: ReuseOrder = JSON.parse(process.argv[2] ?? '');
const tally: ReuseTally = { gripReused: 0, gripHarmed: 0, keeperReused: 0, keeperHarmed: 0 };
const home = { rooms: [], brake: { kind: 'none', reason: 'test' }, isLimited: false } as const;
/** More than the 10 ms of a clock tick, in which a start time is told. */
const TICK_MS = 30;

const run = (cookie: string): ChildProcess =>
  spawn('sleep', ['60'], { stdio: 'ignore', env: { PATH: process.env['PATH'], [COOKIE_VARIABLE]: cookie } });
const moment = (durationMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });

/** Ends `child`, and makes the next process be given its pid. */
async function succeed(child: ChildProcess): Promise<ChildProcess> {
  child.kill('SIGKILL');
  await once(child, 'exit');
  writeFileSync('/proc/sys/kernel/ns_last_pid', String((child.pid ?? 0) - 1));
  return run('a stranger');
}

async function isHarmed(stranger: ChildProcess): Promise<boolean> {
  // What a signal does is done when the next look at it is answered, but for a stop on another processor.
  await moment(1);
  const state = readProcessPlace(stranger.pid ?? 0)?.state ?? 'gone';
  const isWell = state === 'S' || state === 'R' || state === 'D';
  stranger.kill('SIGKILL');
  await once(stranger, 'exit');
  return !isWell;
}

for (let round = 0; round < gripRounds; round += 1) {
  const tracked = run('a daemon');
  const grip = openGrip({ home, traits: { sessionId: null, cookie: 'a daemon' } });
  grip.survey();
  const stranger = await succeed(tracked);
  if (stranger.pid === tracked.pid) tally.gripReused += 1;
  grip.freeze();
  grip.terminate();
  grip.freeze();
  grip.kill();
  grip.close();
  if (await isHarmed(stranger)) tally.gripHarmed += 1;
}

for (let round = 0; round < keeperRounds; round += 1) {
  const keeper = await startKeeper({
    hold: { kind: 'signals' },
    leaseMs: 270,
    path: process.env['PATH'] ?? '',
  });
  if (!keeper.ok) throw new Error(keeper.error);
  const tracked = run('a daemon');
  keeper.value.setMembers([tracked.pid ?? 0]);
  keeper.value.tell('K');
  await moment(TICK_MS);
  const stranger = await succeed(tracked);
  if (stranger.pid === tracked.pid) tally.keeperReused += 1;
  // Twice the lease without a word: it has acted.
  await moment(540);
  if (await isHarmed(stranger)) tally.keeperHarmed += 1;
  keeper.value.end();
}

process.stdout.write(JSON.stringify(tally));
