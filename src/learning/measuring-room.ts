// Where a daemon runs while it is measured: a cgroup of its own where one may be made, else its session, by which it is found.
// Knows: how to start it there, who belongs to it, how it is ended. May not know: what is learned from it.

import { randomUUID } from 'node:crypto';
import { entrancesOf, makeHome, readMembers, removeHome } from '../actuators/cgroup-home.ts';
import type { Grip } from '../actuators/grip.ts';
import { openGrip } from '../actuators/grip-choice.ts';
import type { Home } from '../actuators/home.ts';
import { COOKIE_VARIABLE } from '../actuators/members.ts';
import { type StartedProgram, startProgram } from '../actuators/program.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { isAlive, readProcessPlace } from '../kernel/process-place.ts';
import { type KernelAccount, kernelAccountOf } from './kernel-account.ts';

export interface StartRequest {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** false: what it says is thrown away; true: it goes to our standard error. */
  readonly isHeard: boolean;
}

/** Enters every cgroup and becomes COMMAND; a status of its own where a cgroup takes nobody. */
const ENTER = 'while [ "$1" != -- ]; do echo $$ >"$1" || exit 125; shift; done; shift; exec "$@"';
const SHELL = '/bin/sh';
const STANDARD_ERROR = 2;
/** The list by signals is looked through as a whole now and then: it takes as long as the machine has processes. */
const SURVEY_MS = 500;

export class MeasuringRoom {
  readonly #home: Home;
  /** null: the kernel's own memory cannot be told apart here. */
  readonly account: KernelAccount | null;
  readonly gap: Gap | null;
  readonly main: StartedProgram;
  readonly #grip: Grip;
  #surveyedAtMs = 0;

  constructor(home: Home, main: StartedProgram, cookie: string) {
    this.#home = home;
    this.main = main;
    // The room that a memory controller counts is named as the reason; else that is what stood in the way.
    const room = home.rooms.find(({ directory }) => directory === home.brake.reason);
    this.account = room === undefined ? null : kernelAccountOf(room);
    this.gap =
      room === undefined
        ? { source: 'a memory cgroup of its own', reason: 'absent', detail: home.brake.reason }
        : null;
    const isListed = home.rooms.length > 0;
    this.#grip = openGrip({ home, traits: { sessionId: main.pid, cookie: isListed ? null : cookie } });
  }

  /** Pids of the daemon's living processes: one that has ended may wait to be reaped by somebody who never does. */
  members(): readonly number[] {
    return this.#listed().filter((pid) => isAlive(readProcessPlace(pid)));
  }

  #listed(): readonly number[] {
    const listed = readMembers(this.#home);
    if (listed !== null) return listed;
    const nowMs = monotonicMs();
    if (nowMs - this.#surveyedAtMs >= SURVEY_MS) {
      this.#grip.survey();
      this.#surveyedAtMs = nowMs;
    } else this.#grip.refresh();
    return this.#grip.members();
  }

  terminate(): void {
    this.#grip.survey();
    this.#grip.terminate();
  }

  kill(): void {
    this.#grip.survey();
    this.#grip.kill();
  }

  /** Takes the cgroups away; false: something still lies in them. */
  close(): boolean {
    this.#grip.close();
    return removeHome(this.#home);
  }
}

/** The daemon, started in a room of its own; the error is a clause. */
export function openMeasuringRoom(request: StartRequest): Result<MeasuringRoom, string> {
  const home = makeHome({ name: `syncguard-${process.pid}`, limitBytes: null, legacyLimit: 'none' });
  const cookie = randomUUID();
  const heard = request.isHeard ? STANDARD_ERROR : 'ignore';
  const started = startProgram(
    SHELL,
    ['-c', ENTER, 'syncguard', ...entrancesOf(home), '--', ...request.command],
    {
      stdio: ['ignore', heard, heard],
      env: { ...request.environment, [COOKIE_VARIABLE]: cookie },
      // A session of its own: Ctrl-C is ours to hear, and it can be found by it.
      detached: true,
    },
  );
  if (started.ok) return success(new MeasuringRoom(home, started.value, cookie));
  removeHome(home);
  return failure(started.error);
}
