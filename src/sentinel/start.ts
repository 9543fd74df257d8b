// From an admission to a daemon that runs: its home is made, its launcher seen there, and what stood in the way is said.

import { makeHome, removeHome } from '../actuators/cgroup-home.ts';
import type { Home, HomeRequest } from '../actuators/home.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { GateRecord } from '../formats/gate-record.ts';
import { renderBytes } from '../formats/quantity-text.ts';
import { readProcessPlace } from '../kernel/process-place.ts';
import { needsBrake } from './admission.ts';
import { type Launch, launchDaemon } from './daemon-launcher.ts';
import type { Detachment } from './detachment.ts';
import { daemonEnvironment, type LaunchFacts } from './launch-facts.ts';
import { type Daemon, mainOf, pause } from './supervision.ts';

export interface StartRequest {
  readonly command: readonly [string, ...string[]];
  readonly record: GateRecord;
  readonly isBraked: boolean;
  /** false with --dry-run: nothing is set. */
  readonly mayHouse: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly passesNotify: boolean;
  readonly facts: LaunchFacts;
}

export interface Started {
  readonly daemon: Daemon;
  readonly home: Home;
  /** One clause for the start line: under what it runs. */
  readonly protection: string;
  /** null: we have started it, and it ends with us. */
  readonly detachment: Detachment | null;
  /** Until then it waits, in its cgroups, in front of COMMAND's first instruction. */
  release(): void;
  /** It ends instead, without having executed COMMAND. */
  giveUp(): void;
}

/** `refused`: it must not run without a brake that could not be set. `failed`: it could not be started. */
export interface StartTrouble {
  readonly kind: 'refused' | 'failed';
  readonly message: string;
}

/** With --dry-run nothing is made. */
export const NO_HOME: Home = { rooms: [], brake: { kind: 'none', reason: 'dry run' }, isLimited: false };

export async function startDaemon(request: StartRequest): Promise<Result<Started, StartTrouble>> {
  const home = homeFor(request);
  const lacking = lackOfBrake(request.record, home);
  if (lacking !== null) return abandon(home, lacking);
  const isNewSession = readProcessPlace('self')?.terminal === 0;
  const cookie = home.rooms.length > 0 ? null : `${process.pid}-${process.hrtime.bigint()}`;
  const launched = await launchDaemon({
    command: request.command,
    environment: daemonEnvironment(request.environment, { passesNotify: request.passesNotify, cookie }),
    facts: request.facts,
    home,
    isNewSession,
  });
  if (!launched.ok) return abandon(home, { kind: 'failed', message: launched.error });
  const outside = lackOfRoom(request.record, launched.value);
  if (outside !== null) {
    launched.value.giveUp();
    return abandon(home, outside);
  }
  const { child, pid } = launched.value;
  const { closedRooms } = launched.value;
  const isHoused = closedRooms.length === 0;
  const lived: Home = { ...home, rooms: home.rooms.filter((room) => !closedRooms.includes(room)) };
  const traits = { home: lived, sessionId: isNewSession ? pid : null, cookie };
  const { release, giveUp } = launched.value;
  const protection = protectionOf(request, home, isHoused);
  return success({
    daemon: { main: mainOf(child), pid, traits },
    home,
    protection,
    detachment: null,
    release,
    giveUp,
  });
}

function homeFor({ mayHouse, record, isBraked }: StartRequest): Home {
  if (!mayHouse) return NO_HOME;
  return makeHome({
    name: `syncguard-${process.pid}`,
    limitBytes: record.ownLimitBytes,
    legacyLimit: legacyLimitFor(record, isBraked),
  });
}

/**
 * A daemon that may not be made to wait has a plain limit where it was judged to stay below; let in although it was refused,
 * it would be killed there, sooner than without us.
 */
function legacyLimitFor({ enomemSafe, verdict }: GateRecord, isBraked: boolean): HomeRequest['legacyLimit'] {
  if (isBraked && enomemSafe) return 'waiting';
  return verdict === 'refuse' && !enomemSafe ? 'none' : 'plain';
}

function lackOfBrake(record: GateRecord, { brake }: Home): StartTrouble | null {
  if (!needsBrake(record) || brake.kind !== 'none') return null;
  const why = record.enomemSafe
    ? brake.reason
    : `${brake.reason}; ${record.profile} may take a refused call for a deletion, so it is not made to wait`;
  return {
    kind: 'refused',
    message: `it touches more than there is room for, and no brake could be set: ${why}`,
  };
}

/** Every room counts where a brake is needed; else being outside is told in the start line. */
function lackOfRoom(record: GateRecord, { closedRooms }: Launch): StartTrouble | null {
  const [room] = closedRooms.filter(({ brake }) => brake !== 'none');
  if (room === undefined || !needsBrake(record)) return null;
  return {
    kind: 'refused',
    message: `it touches more than there is room for, and may not enter the cgroup that brakes it: ${room.directory} takes no processes`,
  };
}

async function abandon(home: Home, trouble: StartTrouble): Promise<Result<never, StartTrouble>> {
  await vacate(home);
  return failure(trouble);
}

const REMOVAL_ATTEMPTS = 20;
const REMOVAL_PAUSE_MS = 50;

/** Removes the home; the kernel still finds a process in it for some milliseconds after its end. */
export async function vacate(home: Home): Promise<boolean> {
  for (let attempt = 0; attempt < REMOVAL_ATTEMPTS; attempt += 1) {
    if (removeHome(home)) return true;
    await pause(REMOVAL_PAUSE_MS);
  }
  return false;
}

function protectionOf({ record, mayHouse }: StartRequest, home: Home, isHoused: boolean): string {
  if (!mayHouse) return 'unguarded (dry run)';
  if (record.ownLimitBytes === null) return 'no memory limit of its own';
  const isLeftFree = home.rooms.some(({ kind }) => kind === 'memory');
  if (!home.isLimited && isLeftFree)
    return `no memory limit of its own: ${record.profile} may not wait at one`;
  if (!home.isLimited) return `no cgroup of its own: ${home.brake.reason}`;
  if (!isHoused) return 'no cgroup of its own: the one made takes no processes';
  const limit = renderBytes(record.ownLimitBytes);
  return `in a cgroup of its own, limit ${limit}${BRAKE_CLAUSE[home.brake.kind]}`;
}

const BRAKE_CLAUSE: Readonly<Record<Home['brake']['kind'], string>> = {
  'memory-high': ', braked below it',
  'waiting-cgroup': ', waiting at it',
  none: '',
};
