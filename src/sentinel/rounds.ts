// From one start to the next: hold, gate, start, guard, end, and then what the restart policy says.
// Knows: the order, and what is told and remembered on the way. May not know: how a wall is watched, how anything is judged.

import { basename } from 'node:path';
import { decideRestart, HOLD_RECHECK_MS, STARTS_WINDOW_MS } from '../domain/restart-policy.ts';
import type { GateRecord } from '../formats/gate-record.ts';
import { renderWait } from '../formats/quantity-text.ts';
import { decideAdmission, renderIntention } from './admission.ts';
import { type Ending, FAILED, REFUSED } from './ending.ts';
import { type Answer, awaitAnswer } from './gatekeeping.ts';
import type { GuardEnd } from './guard-end.ts';
import { guardDaemon } from './guarding.ts';
import type { RunOptions } from './options.ts';
import type { Stage } from './stage.ts';
import { type Started, startDaemon, vacate } from './start.ts';
import { waitOut } from './waiting.ts';

/** null: another round. */
type RoundEnd = Ending | null;

/** Rounds until one ends for good. */
export async function runRounds(stage: Stage): Promise<Ending> {
  // A hold keeps nobody waiting who wants no restarts, and only the gate knows what the configuration says of them.
  if (stage.memories.read().hold !== null) await stage.ask();
  // Nothing was started, and nothing is to be: done as asked.
  if (!(await sitOutHold(stage))) return { status: 0 };
  for (let isRestart = false; ; isRestart = true) {
    const end = await runRound(stage, isRestart);
    if (end !== null) return end;
  }
}

async function runRound(stage: Stage, isRestart: boolean): Promise<RoundEnd> {
  const { say, relay } = stage;
  const answer = await awaitAnswer({
    options: () => answersFor(stage, isRestart),
    announce(record) {
      say.say(`waiting until it fits (--on-refuse wait): ${record.message}`);
      tellRefusal(record, stage);
    },
    ask: stage.ask,
    pause: (delayMs) => waitOut(stage, { kind: 'waiting', rule: 'refused', delayMs }),
    random: Math.random,
  });
  if (answer === null) return { status: 0 };
  const refused = refusalOf(answer, stage);
  if (refused !== null) return refused;
  const started = await start(answer, stage);
  if ('status' in started) return started;
  noteStart(stage, isRestart);
  const end = await guardHoused(started, answer, stage);
  relay.forwardTo(null);
  // An order may no longer reach that guard: the pids it knew are somebody else's soon.
  stage.watchpost.orders = () => {};
  return afterEnd(end, answer.record, stage);
}

/** Whatever becomes of it, nothing of its home is left; a guard that could not be armed starts nothing. */
async function guardHoused(started: Started, answer: Answer, stage: Stage): Promise<GuardEnd> {
  try {
    return await guardDaemon(started, answer, stage);
  } catch (error) {
    started.giveUp();
    throw error;
  } finally {
    if (!(await vacate(started.home)))
      stage.say.say(`its cgroup ${started.home.rooms[0]?.directory} could not be removed`);
  }
}

/** A restart waits for room instead of ending the run; after a stop at a wall an unknown wall is not risked again. */
function answersFor({ options, memories }: Stage, isRestart: boolean): RunOptions {
  if (options.isDryRun) return { ...options, onRefuse: 'exit' };
  const onRefuse = isRestart && options.onRefuse === 'exit' ? 'wait' : options.onRefuse;
  return memories.read().wasStoppedAtWall
    ? { ...options, onRefuse, onUnknown: 'refuse' }
    : { ...options, onRefuse };
}

function refusalOf({ record, admission }: Answer, stage: Stage): Ending | null {
  const { options, say } = stage;
  if (options.isDryRun)
    say.say(`dry run: ${renderIntention(decideAdmission(record, options))}: ${record.message}`);
  else if (admission.kind !== 'start') {
    say.insist(record.message, record.hint);
    // A configuration that is to be mended does not say whom to tell.
    if (admission.kind === 'refuse') tellRefusal(record, stage);
    return { status: admission.kind === 'fail' ? FAILED : REFUSED };
  }
  return null;
}

const tellRefusal = ({ message, hint, binding }: GateRecord, { errands }: Stage): void =>
  errands.tell({ event: 'refuse', rule: 'refused', sentence: message, hint, resource: binding });

async function start(
  { record, admission }: Answer,
  stage: Stage,
): Promise<Started | { readonly status: number }> {
  const { options, file, word, command, environment, facts, say } = stage;
  const cheap = admission.kind === 'start' && admission.isDegraded ? (record.terms?.degradeWords ?? []) : [];
  const started = await startDaemon({
    command: [word, ...command.slice(1), ...cheap],
    record,
    isBraked: admission.kind === 'start' && admission.isBraked,
    mayHouse: !options.isDryRun,
    environment,
    passesNotify: options.passesNotify,
    facts,
  });
  if (started.ok) return started.value;
  say.insist(`${basename(file)} was not started: ${started.error.message}`, 'syncguard doctor');
  return { status: started.error.kind === 'refused' ? REFUSED : FAILED };
}

/** Starts by the wall clock: a reboot or a new guard must not forget them. */
function noteStart({ memories, options, say }: Stage, isRestart: boolean): void {
  if (options.isDryRun) return;
  const nowAt = Date.now();
  const { startsAt } = memories.read();
  const recent = startsAt.filter((at) => nowAt - at < STARTS_WINDOW_MS && at <= nowAt);
  const isKept = memories.write({ startsAt: [...recent, nowAt], wasStoppedAtWall: false, hold: null });
  if (!(isKept || isRestart) && options.restart !== 'never')
    say.say(
      'starts are not remembered: the state directory cannot be written, so the next guard counts anew',
    );
}

async function afterEnd(end: GuardEnd, { terms }: GateRecord, stage: Stage): Promise<RoundEnd> {
  const { options, memories, say, file } = stage;
  const isAtWall = end.stoppedAt !== null;
  if (isAtWall) say.insist(`${basename(file)} was stopped at ${end.stoppedAt}`, 'syncguard why');
  const final: Ending = isAtWall && !options.preservesStatus ? { status: REFUSED } : end.ending;
  if (isAtWall) {
    memories.write({ ...memories.read(), wasStoppedAtWall: true });
    tellStop(end, stage);
    // Afterwards is when people ask why.
    stage.watchpost.keepRecord();
  }
  if (end.isAskedFor === 'restart') return null;
  if (end.isAskedFor === 'stop') return final;
  const decision = decideRestart({
    mode: options.restart,
    ending: end.ending,
    startsAt: memories.read().startsAt,
    now: Date.now(),
    random: Math.random(),
    ownRestartStatuses: terms?.restartStatuses ?? [],
    wasStoppedAtWall: isAtWall,
  });
  if (decision.kind === 'end') return final;
  if (decision.kind === 'start') {
    say.say(
      `${basename(file)} ended (${renderEnding(end.ending)}); the next start is asked for in ${renderWait(decision.delayMs)}`,
    );
    return roundAfter(
      await waitOut(stage, { kind: 'waiting', rule: 'calm', delayMs: decision.delayMs }),
      final,
    );
  }
  const reason = isAtWall ? STOPPED_AT_WALL : 'it was started too often';
  memories.write({ ...memories.read(), hold: { sinceAt: Date.now(), reason } });
  return roundAfter(await sitOutHold(stage), final);
}

/** A companion that heard of it has told it already. */
export function tellStop({ stoppedAt }: GuardEnd, { errands, watchpost, file }: Stage): void {
  if (watchpost.chronicle.link?.isAlive() === true) return;
  const sentence = `${basename(file)} was stopped at ${stoppedAt}`;
  errands.tell({ event: 'stop', rule: 'stopped-at-wall', sentence, hint: 'syncguard why' });
}

const roundAfter = (isWanted: boolean, final: Ending): RoundEnd => (isWanted ? null : final);

/**
 * Until the next re-check of a hold that is in force; a person who runs it once, without --restart, is not kept waiting.
 * false: a stop was asked for meanwhile.
 */
async function sitOutHold(stage: Stage): Promise<boolean> {
  const { options, memories, say, file, errands } = stage;
  const { hold } = memories.read();
  if (hold === null || options.restart === 'never' || options.isDryRun) return true;
  const sinceMs = Math.max(0, Date.now() - hold.sinceAt);
  const leftMs = HOLD_RECHECK_MS - (sinceMs % HOLD_RECHECK_MS);
  say.insist(
    `${basename(file)} is on hold: ${hold.reason}; the gate is asked again in ${renderWait(leftMs)}`,
    'syncguard restart --clear-hold',
  );
  const rule = hold.reason === STOPPED_AT_WALL ? 'stopped-at-wall' : 'restart-budget';
  const sentence = `${basename(file)} is on hold: ${hold.reason}`;
  errands.tell({ event: 'hold', rule, sentence, hint: 'syncguard restart --clear-hold' });
  return await waitOut(stage, { kind: 'held', rule, delayMs: leftMs });
}

const STOPPED_AT_WALL = 'it was stopped at a wall';

const renderEnding = (ending: Ending): string =>
  'signal' in ending ? ending.signal : `status ${ending.status}`;
