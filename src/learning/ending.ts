// How a measured daemon is ended, and how it takes that: TERM, time to write its state down, KILL for what is left.

import { setTimeout as pause } from 'node:timers/promises';
import type { DaemonEnd } from '../domain/measured-daemon.ts';
import { monotonicMs } from '../kernel/clock.ts';
import type { MeasureRequest } from './measure.ts';
import type { MeasuringRoom } from './measuring-room.ts';
import type { Observation } from './observation.ts';

const LOOK_MS = 20;
/** Somebody waits for us to go: no longer than `run` gives. */
const INTERRUPTED_GRACE_MS = 8_000;
/** What KILL does not end hangs in the kernel; the cgroup is then left, and said to be. */
const KILLED_WITHIN_MS = 10_000;

export async function endDaemon(
  room: MeasuringRoom,
  observation: Observation,
  { graceMs, interruption }: Pick<MeasureRequest, 'graceMs' | 'interruption'>,
): Promise<DaemonEnd> {
  if (observation.hasEnded())
    return describe(room, { by: 'itself', tookMs: observation.elapsedMs, orphans: 0 });
  const startedAtMs = monotonicMs();
  room.terminate();
  const orphans = await goneWithin(room, observation, interruption.aborted ? INTERRUPTED_GRACE_MS : graceMs);
  const tookMs = (): number => monotonicMs() - startedAtMs;
  if (observation.hasEnded()) return describe(room, { by: 'TERM', tookMs: tookMs(), orphans });
  room.kill();
  await goneWithin(room, observation, KILLED_WITHIN_MS);
  return describe(room, { by: 'KILL', tookMs: tookMs(), orphans });
}

/** Processes that were left when the first had ended, once all are gone or the time is up. */
async function goneWithin(room: MeasuringRoom, observation: Observation, withinMs: number): Promise<number> {
  const untilMs = monotonicMs() + withinMs;
  let orphans: number | null = null;
  while (monotonicMs() < untilMs && !observation.hasEnded()) {
    observation.read();
    if (observation.hasMainEnded) orphans ??= room.members().length;
    await pause(LOOK_MS);
  }
  return orphans ?? 0;
}

function describe({ main }: MeasuringRoom, seen: Pick<DaemonEnd, 'by' | 'tookMs' | 'orphans'>): DaemonEnd {
  return { ...seen, status: main.exitCode, signal: main.signalCode };
}
