// `syncguard attach`: guards what already runs, and leaves it as it was found.
// Knows: the order, and what is told of it. May not know: whom it may not guard, how a wall is watched.
//
//   judged -> its processes in a cgroup of their own, where one may be made -> guarded ... detached -> thawed, back where they were
//                                                                                      ... ended

import { basename } from 'node:path';
import { adoptTree, guardAround, leaveRoom, leaveRoomOf } from '../actuators/adoption.ts';
import type { Home } from '../actuators/home.ts';
import { decideAdmission } from './admission.ts';
import type { Attachable } from './attachable.ts';
import { awaitDetachment } from './detachment.ts';
import { type Ending, FAILED, REFUSED } from './ending.ts';
import type { GuardEnd } from './guard-end.ts';
import { guardDaemon } from './guarding.ts';
import { tellStop } from './rounds.ts';
import type { Stage } from './stage.ts';
import { NO_HOME, type Started } from './start.ts';
import { foreignMain } from './supervision.ts';

export async function attachTo({ pid, tree }: Attachable, stage: Stage): Promise<Ending> {
  const { facts, relay, say, options } = stage;
  const record = await stage.ask();
  if (decideAdmission(record, options).kind === 'fail') {
    say.insist(record.message, record.hint);
    return { status: FAILED };
  }
  const main = foreignMain(pid);
  if (main === null) return told({ ending: { status: 0 }, stoppedAt: null, isAskedFor: null }, stage);
  const detachment = awaitDetachment(facts);
  relay.forwardTo(detachment.target);
  returnOrphan(pid);
  const home = options.isDryRun ? NO_HOME : adoptTree(tree, `syncguard-${process.pid}`);
  const started: Started = {
    daemon: { main, pid, traits: { home, sessionId: null, cookie: null, tree } },
    home,
    protection: protectionOf(home, options.isDryRun),
    detachment,
    release: () => {},
    giveUp: () => {},
  };
  const caution = record.verdict === 'refuse' ? 'it runs on all the same' : null;
  const admission = { kind: 'start', isBraked: false, isDegraded: false, caution } as const;
  try {
    return told(await guardDaemon(started, { record, admission }, stage), stage);
  } finally {
    for (const room of home.rooms)
      if (!leaveRoom(room)) say.say(`its cgroup ${room.directory} could not be removed`);
  }
}

/** A guard that was killed leaves its room around the daemon. */
function returnOrphan(pid: number): void {
  if (guardAround(pid) !== null) leaveRoomOf(pid);
}

function protectionOf({ rooms, brake }: Home, isDryRun: boolean): string {
  if (isDryRun) return 'unguarded (dry run)';
  if (rooms.length > 0)
    return 'in a cgroup of its own without a limit (what it holds stays charged where it was)';
  return `no cgroup of its own: ${brake.kind === 'none' ? brake.reason : ''}`;
}

function told(end: GuardEnd, stage: Stage): Ending {
  const { say, file } = stage;
  const name = basename(file);
  if (end.stoppedAt !== null) {
    say.insist(`${name} was stopped at ${end.stoppedAt}`, 'syncguard why');
    tellStop(end, stage);
    stage.watchpost.keepRecord();
    return { status: REFUSED };
  }
  say.say(
    end.isDetached === true
      ? `${name} runs on, and nobody guards it`
      : `${name} has ended; with which status, only who started it was told`,
  );
  return { status: 0 };
}
