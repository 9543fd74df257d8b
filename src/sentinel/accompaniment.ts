// The companion beside one daemon: whether it is started, with what it is asked, and that it is started again when it died.

import { basename, join } from 'node:path';
import { MiB } from '../domain/units.ts';
import type { CompanionRequest } from '../formats/companion-request.ts';
import type { Answer } from './gatekeeping.ts';
import { companionEnvironment } from './launch-facts.ts';
import type { Stage } from './stage.ts';
import type { Started } from './start.ts';

/** A companion takes some 50 MiB, of which 15 are its own; a daemon that ends at once needs none. */
const FIRST_MS = 1_000;
const LOOK_MS = 15_000;
const LEAST_HEADROOM_BYTES: number = 256 * MiB;

/**
 * Starts it when the daemon has lived for a second, and again while it lives, but only while all is calm: a program that is
 * started at a wall takes what is left there. Returns how to end that.
 */
export function accompany(
  started: Started,
  answer: Answer,
  { stage, isCalm }: { readonly stage: Stage; readonly isCalm: () => boolean },
): () => void {
  const { watchpost, options } = stage;
  const { place } = watchpost;
  if (place === null || !isWanted(answer, options)) return () => {};
  const call = {
    program: join(import.meta.dirname, 'companion.cjs'),
    request: requestOf(place.directory, { started, answer, stage }),
    environment: companionEnvironment(stage.environment),
  };
  const look = (): void => {
    if (isCalm()) watchpost.accompany(call);
  };
  let timer = setTimeout(function again(): void {
    look();
    timer = setTimeout(again, LOOK_MS);
  }, FIRST_MS);
  return () => clearTimeout(timer);
}

/** Off where memory is short, unless it is asked for, or for what only it can do. */
function isWanted(
  { record, admission }: Answer,
  { companion, isScheduled, alertWaitMs }: Stage['options'],
): boolean {
  if (companion !== 'auto') return companion === 'on';
  const isNeeded = isScheduled || alertWaitMs > 0 || (admission.kind === 'start' && admission.isDegraded);
  return isNeeded || record.ownLimitBytes === null || record.ownLimitBytes >= LEAST_HEADROOM_BYTES;
}

interface Accompanied {
  readonly started: Started;
  readonly answer: Answer;
  readonly stage: Stage;
}

function requestOf(runtimeDirectory: string, { started, answer, stage }: Accompanied): CompanionRequest {
  const { options, file, gateRequest } = stage;
  const { gateTimeoutMs, onUnknown, verbosity, config, flags, isDryRun } = options;
  const isDegraded = answer.admission.kind === 'start' && answer.admission.isDegraded;
  // A daemon that is left behind must not be left paused by its own word.
  const mayAsk = started.detachment === null && !isDryRun;
  const pausesItself = answer.record.terms?.pausesItself === true && mayAsk;
  return {
    runtimeDirectory,
    daemon: basename(file),
    profile: answer.record.profile,
    rooms: started.daemon.traits.home.rooms,
    verbosity,
    source: { config, flags },
    alerts: stage.errands.directory,
    ...(isDegraded || pausesItself
      ? { folders: { gate: gateRequest, gateTimeoutMs, onUnknown, isDegraded } }
      : {}),
  };
}
