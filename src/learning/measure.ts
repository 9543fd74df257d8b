// One daemon on one tree, from its start to its end: looked at until it has settled, then made to show what it pins, then ended.

import { setTimeout as pause } from 'node:timers/promises';
import { askProgram } from '../actuators/daemon-program.ts';
import type { DaemonHeld, MeasuredDaemon } from '../domain/measured-daemon.ts';
import type { EndSafety } from '../domain/profile.ts';
import type { Result } from '../domain/result.ts';
import { success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { readSlabDrops } from '../kernel/slab-drops.ts';
import { endDaemon } from './ending.ts';
import type { KernelAccount } from './kernel-account.ts';
import { type MeasuringRoom, openMeasuringRoom, type StartRequest } from './measuring-room.ts';
import { Observation } from './observation.ts';

export interface MeasureRequest extends StartRequest {
  /** Roots of its trees, whose filesystems are flushed before reclaim is asked for. */
  readonly trees: readonly string[];
  /** Exactly this long; null: until it has settled or ended. */
  readonly forMs: number | null;
  /** The longest to wait for it to settle. */
  readonly mostMs: number;
  /** Whether TERM may meet it in the middle of a run: where not, its own end is waited for. */
  readonly termSafe: EndSafety;
  readonly graceMs: number;
  readonly interruption: AbortSignal;
  onReading(held: DaemonHeld, elapsedMs: number): void;
}

/** Peaks are found by looking often: 4 short-lived rsync of 8 ran less than 100 ms. */
const READING_MS = 20;

/** An interruption ends the daemon and is then answered as `limit`: the caller knows that it asked. The error is a clause. */
export async function measureDaemon(request: MeasureRequest): Promise<Result<MeasuredDaemon, string>> {
  const opened = openMeasuringRoom(request);
  if (!opened.ok) return opened;
  const room = opened.value;
  const dropsBefore = readSlabDrops();
  const observation = new Observation(room);
  try {
    const over = await observe(observation, request);
    const seen = observation.seen();
    const isRunning = over !== 'ended' && !request.interruption.aborted;
    const kernelLeftBytes =
      isRunning && room.account !== null ? await leftBytes(room.account, request) : null;
    const end = await endDaemon(room, observation, request);
    const gaps = [...gapsOf(room), ...dropGaps(dropsBefore, readSlabDrops())];
    return success({ ...seen, over, kernelLeftBytes, end, gaps });
  } finally {
    await clear(room);
  }
}

async function observe(observation: Observation, request: MeasureRequest): Promise<MeasuredDaemon['over']> {
  for (;;) {
    observation.read();
    request.onReading(observation.last, observation.elapsedMs);
    if (observation.hasEnded()) return 'ended';
    if (request.interruption.aborted) return 'limit';
    const over = overNow(observation, request);
    if (over !== null) return over;
    await pause(READING_MS);
  }
}

/** null: it is looked at further. In the middle of a run that TERM would harm it is never ended by us, whatever the time. */
function overNow(
  observation: Observation,
  { forMs, mostMs, termSafe }: MeasureRequest,
): 'settled' | 'time' | 'limit' | null {
  const isSettled = observation.hasSettled();
  if (termSafe === false || (termSafe === 'idle-only' && !isSettled)) return null;
  if (forMs !== null) return observation.elapsedMs >= forMs ? 'time' : null;
  if (isSettled) return 'settled';
  return observation.elapsedMs >= mostMs ? 'limit' : null;
}

/** Readings this near are the same: stocks of charges by processor. */
const NOISE_BYTES = 16_384;
const SETTLED_READINGS = 3;
const MOST_PASSES = 40;
/** Longer than an RCU grace period and the work queued behind it (up to 0.5 s seen). */
const PASS_MS = 400;

/** Kernel bytes left when reclaim finds nothing more, the daemon still running: inodes follow their dentries. */
async function leftBytes(
  account: KernelAccount,
  { trees, environment }: MeasureRequest,
): Promise<number | null> {
  // What it has written cannot be reclaimed before it is on the disk; without the program, less is.
  if (trees.length > 0) await askProgram(['sync', '-f', ...trees], environment);
  let least = Number.POSITIVE_INFINITY;
  for (let [idle, passes] = [0, 0]; idle < SETTLED_READINGS && passes < MOST_PASSES; passes++) {
    await account.reclaim();
    await pause(PASS_MS);
    const now = account.readBytes();
    if (!now.ok) return null;
    idle = now.value < least - NOISE_BYTES ? 0 : idle + 1;
    least = Math.min(least, now.value);
  }
  return least;
}

function gapsOf({ account, gap }: MeasuringRoom): Gap[] {
  const read = account?.readBytes();
  return [...(gap === null ? [] : [gap]), ...(read === undefined || read.ok ? [] : [read.error])];
}

function dropGaps(before: number | null, after: number | null): Gap[] {
  if (before === null || after === null || before === after) return [];
  return [
    {
      source: '/proc/vmstat',
      reason: 'stale',
      detail: "somebody dropped the machine's caches meanwhile: kernel memory may read too low",
    },
  ];
}

const CLEARED_AFTER_MS = 50;
const MOST_CLEARINGS = 100;

/** Whatever happened: nobody of it runs on, and its cgroups are gone. */
async function clear(room: MeasuringRoom): Promise<void> {
  for (let attempt = 0; attempt < MOST_CLEARINGS; attempt++) {
    if (room.members().length > 0) room.kill();
    else if (room.close()) return;
    await pause(CLEARED_AFTER_MS);
  }
}
