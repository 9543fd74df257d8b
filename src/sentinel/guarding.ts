// One start under guard, from the launcher that waits to the last process that is gone.
// Knows: what comes when. May not know: what is opened and tried, what a tick does, or what follows the end.

import { BAND_THROTTLE } from '../domain/guard-thresholds.ts';
import { accompany } from './accompaniment.ts';
import { arm } from './arming.ts';
import { awaitExecution } from './execution.ts';
import type { Answer } from './gatekeeping.ts';
import { Guard } from './guard.ts';
import type { GuardEnd } from './guard-end.ts';
import { unknownTerms } from './guard-parts.ts';
import { obeyOrders } from './orders.ts';
import { OwnPause } from './own-pause.ts';
import { openReloading } from './reloading.ts';
import { collectYoung } from './settled-heap.ts';
import type { Stage } from './stage.ts';
import type { Started } from './start.ts';
import { announceStart } from './start-line.ts';
import { awaitEnd } from './supervision.ts';

export async function guardDaemon(started: Started, answer: Answer, stage: Stage): Promise<GuardEnd> {
  const { daemon, release } = started;
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
  guard.begin(obstacle === null && !stage.options.isDryRun);
  void awaitExecution(daemon, ended).then((isExecuted) => isExecuted && stage.readiness.ready());
  release();
  stage.relay.forwardTo(guard.signalTarget);
  const isCalm = (): boolean => parts.judge.band < BAND_THROTTLE;
  const { reload, close: endReloading } = openReloading({ started, parts, stage, isCalm });
  stage.watchpost.orders = obeyOrders({ guard, ownPause: new OwnPause(parts), stage, reload });
  const dismiss = accompany(started, answer, { stage, isCalm });
  const ending = await ended;
  dismiss();
  endReloading();
  guard.close();
  stage.readiness.rest();
  parts.close();
  stage.watchpost.chronicle.note('ended', 'status' in ending ? ending.status : 0);
  return guard.end(ending);
}
