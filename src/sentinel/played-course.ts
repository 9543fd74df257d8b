// The whole way to an end, played before there is a daemon: on walls that read what they are told, with a grip on nobody.
// Knows: what a daemon that must be stopped looks like to the tick. May not know: a kernel file, a process.
//
// A function that runs for the first time is compiled, and an object that takes a new shape gets a new map; at an exhausted
// wall both wait for memory for ever (6.18: 9 of 12 guards whose acts had not been played stopped their daemon there).

import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { GraceRoom } from '../actuators/grace-room.ts';
import type { Grip } from '../actuators/grip.ts';
import { Judge } from '../domain/guard-observation.ts';
import { compileTable } from '../domain/policy-table.ts';
import { RESOURCE_NAMES } from '../domain/resource.ts';
import { success } from '../domain/result.ts';
import { MiB } from '../domain/units.ts';
import type { GuardTerms } from '../formats/gate-record.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { SensorRow } from '../kernel/sensor.ts';
import { openActionLine } from './action-line.ts';
import { type Chronicle, openChronicle } from './chronicle.ts';
import { Hold } from './hold.ts';
import { LastWill } from './last-will.ts';
import { noRing, openRing } from './ring.ts';
import { ServiceNotice } from './service-notice.ts';
import { collectYoung } from './settled-heap.ts';
import { Tick } from './tick.ts';

/** A play is 14 looks of 20 us. */
const PLAYS = 100;
const FAILURES = 20;
const WALL_BYTES: number = 64 * MiB;
const NOWHERE = '/dev/null';
/** A sign of life with every second look or so. */
const SIGN_MS = 30;
/** Above every descriptor there can be (fs.nr_open is 2^20). */
const NO_DESCRIPTOR = 2_000_000;

/** Share of the wall (below 0: a gap), whether tasks wait, and how long after the look before, ms. */
type Look = readonly [share: number, underOom: 0 | 1, afterMs: number];

/** Every act, also for who is ended late: slowed and let go, paused and let go, paused, told to end, killed, killed again. */
const COURSE: readonly Look[] = [
  [0.3, 0, 20],
  [0.87, 0, 20],
  [0.5, 0, 70_000],
  [0.5, 0, 70_000],
  [0.92, 0, 20],
  [0.5, 0, 70_000],
  [0.5, 0, 70_000],
  [-1, 0, 20],
  [0.96, 0, 20],
  [0.97, 0, 20],
  [0.97, 1, 20],
  [0.98, 1, 2_000],
  [0.99, 1, 60_000],
  [0.99, 1, 2_000],
  [0.2, 0, 2_000],
];

/** Headrooms of a slow start: cheap slices, dear ones, a gap, none left. */
const SLICES: readonly number[] = [0.9, 0.9, 0.8, 0.8, 0.4, 0.4, -1, -1, 0.4, 0, 0, 0.4, 0.4];
/** Longer than every slice; all of them are longer than a slow start may last. */
const SLICE_MS = 40_000;

class PlayedWall extends SensorRow {
  show(share: number, underOom: number): void {
    this.drawWall(WALL_BYTES);
    this.judged = share < 0 ? -1 : Math.floor(share * WALL_BYTES);
    this.held = this.judged;
    this.hits = Math.max(0, this.hits) + underOom;
    this.failcnt = Math.max(0, this.failcnt);
    this.underOom = underOom;
  }

  read(): boolean {
    return true;
  }

  close(): void {}
}

const GRIP_ON_NOBODY: Grip = {
  kind: 'signals',
  reason: 'a play',
  freeze: () => true,
  thaw: () => true,
  kill: () => true,
  terminate: () => {},
  isFrozen: () => true,
  isFrozenByOthers: () => false,
  refresh: () => 0,
  members: () => [],
  survey: () => {},
  rehearse: () => success(undefined),
  close: () => {},
};

/**
 * Plays it with the daemon's own terms; returns the records that were made of it. Nothing is printed or kept, and the grace
 * room, null where there is none, is asked for no more than there is.
 */
export function playCourse(terms: GuardTerms, grace: GraceRoom | null): number {
  if (grace !== null) grace.isRehearsal = true;
  const opened = openRing(NOWHERE);
  const ring = opened.ok ? opened.value : noRing();
  const line = openActionLine('a play', { isQuiet: false, isDryRun: false }, NOWHERE);
  const nowhere = openNowhere();
  const notice = new ServiceNotice({ descriptor: nowhere, daemon: 'a play', isDryRun: false });
  notice.keepAlive(SIGN_MS, monotonicMs());
  const chronicle = openChronicle({ ring, line, notice });
  for (let play = 0; play < PLAYS; play += 1) {
    if (play % 4 === 0) collectYoung();
    playOnce(terms, { chronicle, grace });
  }
  for (let count = 0; count < FAILURES; count += 1) failEverything();
  if (grace !== null) grace.isRehearsal = false;
  ring.close();
  line.close();
  if (nowhere >= 0) closeSync(nowhere);
  return chronicle.record.sequence;
}

/** -1 where no descriptor is left: it plays to nobody. */
function openNowhere(): number {
  try {
    return openSync(NOWHERE, 'w');
  } catch {
    return -1;
  }
}

interface Props {
  readonly chronicle: Chronicle;
  readonly grace: GraceRoom | null;
}

function playOnce({ policy, platform, graceMs, ends }: GuardTerms, { chronicle, grace }: Props): void {
  const sensors = [false, true].map(
    (isShared) =>
      new PlayedWall({ resource: 'memory', scope: 'a play', source: 'cgroup1', isShared }, undefined),
  );
  const judge = new Judge({ walls: sensors, policy, platform, graceMs, ends });
  const hold = new Hold({ grip: GRIP_ON_NOBODY, grace, mayFreeze: true });
  const resources = Uint8Array.from(sensors, ({ resource }) => RESOURCE_NAMES.indexOf(resource));
  const parts = { sensors, resources, judge, table: TABLE, hold, will: new LastWill(), chronicle };
  let nowMs = monotonicMs();
  const tick = new Tick({ ...parts, isDryRun: false }, nowMs);
  hold.beginSlowStart(nowMs, 1);
  for (const headroom of SLICES) {
    nowMs += SLICE_MS;
    hold.step(nowMs, headroom);
  }
  if (hold.takeSlowStartEnd()) tick.endSlowStart(nowMs);
  judge.shift(0);
  for (const [share, underOom, afterMs] of COURSE) {
    nowMs += afterMs;
    for (const sensor of sensors) sensor.show(share, underOom);
    tick.run(nowMs);
  }
}

const TABLE: Uint16Array = compileTable();

/** Kept, so that their shapes are: an error that Node throws has a map of its own for every property. */
const failures: unknown[] = [];

const FAILING: readonly (() => unknown)[] = [
  () => openSync(`${NOWHERE}/absent`, 'r'),
  () => readSync(NO_DESCRIPTOR, new Uint8Array(8), 0, 8, 0),
  () => writeSync(NO_DESCRIPTOR, new Uint8Array(8), 0, 8),
  () => writeSync(NO_DESCRIPTOR, new Uint8Array(8), 0, 8, 0),
];

/** What a tick asks of the kernel is refused at the wall, and a refusal is an object that must be made. */
function failEverything(): void {
  for (const fail of FAILING)
    try {
      fail();
    } catch (error) {
      failures.push(error);
    }
}
