// One start under guard, from the launcher that waits to the last process that is gone.
// Knows: what comes when. May not know: what is opened and tried, what a tick does, or what follows the end.

import { BAND_THROTTLE } from '../domain/guard-thresholds.ts';
import { accompany } from './accompaniment.ts';
import { arm } from './arming.ts';
import { detachTarget } from './detachment.ts';
import { awaitExecution } from './execution.ts';
import type { Answer } from './gatekeeping.ts';
import { Guard } from './guard.ts';
import type { GuardEnd } from './guard-end.ts';
import { type GuardParts, unknownTerms } from './guard-parts.ts';
import { obeyOrders } from './orders.ts';
import { OwnPause } from './own-pause.ts';
import { openReloading } from './reloading.ts';
import { collectYoung } from './settled-heap.ts';
import type { Stage } from './stage.ts';
import type { Started } from './start.ts';
import { announceStart } from './start-line.ts';
import { awaitEnd, pause } from './supervision.ts';

export async function guardDaemon(started: Started, answer: Answer, stage: Stage): Promise<GuardEnd> {
  const { daemon, detachment, release } = started;
  // From here on, or an end during the preparations would be missed.
  const ended = awaitEnd(daemon);
  if (stage.options.passesNotify) stage.readiness.withdraw();
  const terms = answer.record.terms ?? unknownTerms();
  collectYoung();
  const armed = await arm(started, terms, stage);
  const { parts, obstacle } = armed;
  const guard = new Guard(parts, daemon, terms);
  announceStart(started, answer, { armed, stage });
  stage.readiness.attend();
  // What has run freely until now goes on so, until a band says otherwise.
  guard.begin(obstacle === null && detachment === null && !stage.options.isDryRun);
  const executed = detachment === null ? awaitExecution(daemon, ended) : Promise.resolve(true);
  void executed.then((isExecuted) => isExecuted && stage.readiness.ready());
  release();
  stage.relay.forwardTo(detachment === null ? guard.signalTarget : detachTarget(detachment, parts));
  const isCalm = (): boolean => parts.judge.band < BAND_THROTTLE;
  const { reload, close: endReloading } = openReloading({ started, parts, stage, isCalm });
  const ownPause = new OwnPause(parts);
  const mayRestart = detachment === null;
  stage.watchpost.orders = obeyOrders({ guard, ownPause, stage, mayRestart, reload });
  const dismiss = accompany(started, answer, { stage, isCalm });
  const ending = await (detachment === null ? ended : Promise.race([ended, detachment.asked]));
  dismiss();
  endReloading();
  guard.close();
  if (ending === undefined) await letGo(parts, stage);
  stage.readiness.rest();
  parts.close();
  stage.watchpost.chronicle.note('ended', ending !== undefined && 'status' in ending ? ending.status : 0);
  return { ...guard.end(ending ?? { status: 0 }), isDetached: ending === undefined };
}

const THAW_ATTEMPTS = 20;
const THAW_PAUSE_MS = 50;

/** A daemon that is left behind goes on, whatever it was held for. */
async function letGo({ hold }: GuardParts, { say, options }: Stage): Promise<void> {
  for (let attempt = 0; !options.isDryRun && !hold.release(); attempt += 1) {
    if (attempt === THAW_ATTEMPTS) return say.insist('it could not be thawed', 'syncguard doctor');
    await pause(THAW_PAUSE_MS);
  }
}
