// What is answered on the control socket: what is remembered, or an order passed on and its effect awaited.
// Knows: which record shows that an order was carried out. May not know: sockets, or how the sentinel acts.

import { PHASES, type Phase } from '../domain/lifecycle.ts';
import {
  type ControlReply,
  type ControlRequest,
  type GuardOrder,
  renderGuardOrder,
} from '../formats/control-message.ts';
import type { GuardManifest } from '../formats/guard-manifest.ts';
import { type GuardRecord, KINDS } from '../formats/guard-record.ts';
import { type GuardStatus, guardDecisionsOf, guardStatusOf } from '../formats/guard-status.ts';
import { sentenceOf } from '../settings/settings-file.ts';
import type { Configuration } from './configuration.ts';
import type { PausedFolders } from './paused-folders.ts';
import type { GuardMemory } from './records.ts';

export interface CommandScene {
  readonly memory: GuardMemory;
  /** null: it cannot be read (any more). */
  readManifest(): GuardManifest | null;
  readonly paused: Pick<PausedFolders, 'readHeldBack' | 'pause' | 'resume'>;
  readonly configuration: Pick<Configuration, 'standing' | 'reload'>;
  /** One line to the sentinel; false: it could not be written. */
  order(line: string): boolean;
}

/** A tick is at most 1 s away, and carries an order out at once; after two it is busy dying or hung. */
const ANSWER_WITHIN_MS = 2000;
/** More than a screen of them is looked up in the journal. */
const MOST_DECISIONS = 100;

export async function answerCommand(request: ControlRequest, scene: CommandScene): Promise<ControlReply> {
  const manifest = scene.readManifest();
  if (manifest === null)
    return failed('io', 'The guard has removed its manifest: it is ending.', 'syncguard status');
  const status = (): GuardStatus =>
    guardStatusOf(manifest, scene.memory.records(), {
      isAlive: true,
      hasCompanion: true,
      heldBack: scene.paused.readHeldBack(),
      configuration: scene.configuration.standing(),
    });
  if (request.command === 'status') return { ok: true, isDone: true, status: status() };
  if (request.command === 'why') {
    const asked = { isAlive: true, most: MOST_DECISIONS };
    return { ok: true, isDone: true, decisions: guardDecisionsOf(manifest, scene.memory.records(), asked) };
  }
  if (request.command === 'reload') return reloadOn(scene, status);
  // While it hears: what a frozen daemon pins cannot be given back.
  const isPause = request.command === 'pause';
  if (isPause && !(await scene.paused.pause(request.forMs ?? null)))
    return { ok: true, isDone: true, status: status() };
  const reply = await passOn(request, manifest, scene);
  if (!reply.ok) return reply;
  if (reply.isDone && request.command === 'resume') scene.paused.resume();
  return { ...reply, status: status() };
}

async function passOn(
  request: ControlRequest,
  { pid }: GuardManifest,
  { memory, order: send }: CommandScene,
): Promise<ControlReply> {
  const order = orderOf(request);
  const effect = memory.awaitRecord((record) => showsEffect(order, record), ANSWER_WITHIN_MS);
  if (!send(renderGuardOrder(order)))
    return failed(
      'io',
      'The guard does not take orders: its pipe is full or closed.',
      `kill ${pid} ends it and its daemon`,
    );
  return { ok: true, isDone: await effect };
}

/** The configuration passes its order on itself, where it is good. */
async function reloadOn(scene: CommandScene, status: () => GuardStatus): Promise<ControlReply> {
  const effect = scene.memory.awaitRecord(({ kind }) => kind === COMMAND, ANSWER_WITHIN_MS);
  const reloaded = scene.configuration.reload();
  if (!reloaded.ok)
    return failed('bad-config', `Nothing was reloaded: ${sentenceOf(reloaded.error)}`, reloaded.error.hint);
  return { ok: true, isDone: await effect, status: status(), reloaded: reloaded.value };
}

const failed = (code: string, message: string, hint: string): ControlReply => ({
  ok: false,
  code,
  message,
  hint,
});

function orderOf({ command, forMs, clearHold }: ControlRequest): GuardOrder {
  switch (command) {
    case 'pause':
      return { order: 'pause', forMs: forMs ?? null };
    case 'restart':
      return { order: 'restart', clearHold: clearHold ?? false };
    case 'resume':
    case 'stop':
      return { order: command };
    default:
      return { order: 'calm?' };
  }
}

const COMMAND = KINDS.indexOf('command');

/** Phases that show that an order was carried out; the record of kind `command` comes before, with the phase until then. */
const EFFECT_OF: Readonly<Partial<Record<GuardOrder['order'], readonly Phase[]>>> = {
  pause: ['paused'],
  resume: ['starting', 'running', 'throttled'],
  stop: ['stopping', 'killing', 'ended'],
  restart: ['stopping', 'killing', 'ended', 'waiting'],
};

function showsEffect({ order }: GuardOrder, record: GuardRecord): boolean {
  const phase = PHASES[record.phase];
  const effect = EFFECT_OF[order];
  return effect === undefined ? record.kind === COMMAND : phase !== undefined && effect.includes(phase);
}
