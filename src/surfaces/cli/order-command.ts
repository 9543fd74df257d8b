// `syncguard pause`, `resume`, `stop`, `restart`, `reload`: orders to a running guard, which carries them out itself.

import { sendSignal } from '../../actuators/signal.ts';
import { type ErrorCode, SyncguardError } from '../../domain/error.ts';
import {
  type ControlReply,
  type ControlRequest,
  LONGEST_PAUSE_MS,
  type Reloaded,
} from '../../formats/control-message.ts';
import { type GuardStatus, guardStatusOf, type HeldBack } from '../../formats/guard-status.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import { parseDuration, renderDuration } from '../../formats/quantity-text.ts';
import type { CommonOptions } from './common-options.ts';
import { askGuard } from './control-client.ts';
import { EXIT } from './exit-code.ts';
import { chooseGuard } from './guard-choice.ts';
import { type FoundGuard, isGuardAlive, nameOf, readRing } from './guard-place.ts';
import { renderJson } from './json-text.ts';
import { leaveSlip } from './order-slip.ts';
import { sayWhileWaiting } from './progress.ts';
import { renderHeldBack } from './status-text.ts';
import type { Terminal } from './terminal.ts';

export type OrderName = 'pause' | 'resume' | 'stop' | 'restart' | 'reload';

export interface OrderOptions extends CommonOptions {
  readonly for?: string;
  readonly clearHold?: boolean;
}

/** 0: carried out, or passed on; 1: the guard answered that it is otherwise. */
export async function runOrder(
  order: OrderName,
  word: string | undefined,
  options: OrderOptions,
  terminal: Terminal,
): Promise<number> {
  const request = requestOf(order, options);
  const guard = chooseGuard(word, { mayBeGone: false }, terminal);
  const answered = sayWhileWaiting(terminal, options.quiet === true, 'waiting for the guard ');
  const reply = await askGuard(guard.directory, request);
  answered();
  const outcome = reply.ok ? reply.value : await withoutCompanion(request, order, guard);
  if (!outcome.ok) throw new SyncguardError(codeOf(outcome.code), outcome.message, outcome.hint);
  const state = outcome.status?.state ?? null;
  const { reloaded = null } = outcome;
  const heldBack = outcome.status?.heldBack ?? null;
  return tell(
    { order, request, guard, state, heldBack, reloaded, effect: effectOf(order, outcome) },
    options,
    terminal,
  );
}

const codeOf = (code: string): ErrorCode => (code === 'usage' || code === 'bad-config' ? code : 'io');

function requestOf(order: OrderName, options: OrderOptions): ControlRequest {
  if (order === 'restart') return { command: order, clearHold: options.clearHold === true };
  if (order !== 'pause' || options.for === undefined) return { command: order };
  const forMs = parseDuration(options.for);
  if (forMs.ok && forMs.value > 0 && forMs.value <= LONGEST_PAUSE_MS)
    return { command: order, forMs: forMs.value };
  const reason = forMs.ok ? `${options.for} is not between 1ms and 24d` : forMs.error;
  throw new SyncguardError('bad-quantity', `--for ${reason}.`, 'write it as in --for 10min');
}

/** TERM needs nobody to answer: the guard ends its daemon and itself. One without a daemon takes a slip. */
async function withoutCompanion(
  request: ControlRequest,
  order: OrderName,
  guard: FoundGuard,
): Promise<ControlReply> {
  const { pid } = guard.manifest;
  const state = stateOf(guard);
  const hasDaemon = !WITHOUT_DAEMON.includes(state);
  if (order === 'restart' && !hasDaemon) {
    const isTaken = await leaveSlip(guard.directory, { order, clearHold: request.clearHold === true });
    return { ok: true, isDone: isTaken, status: statusFromRing(guard) };
  }
  if (order === 'stop') {
    // Looked at again: the wait for an answer was long enough for the pid to become another's.
    const delivery = isGuardAlive(guard.manifest) ? sendSignal(pid, 'SIGTERM') : 'gone';
    if (delivery !== 'denied') return { ok: true, isDone: delivery === 'gone' };
  }
  if (!hasDaemon && order !== 'stop') return noDaemon(guard, state, order);
  return {
    ok: false,
    code: 'io',
    message: `The guard of ${nameOf(guard)} (pid ${pid}) has no companion to take the order.`,
    hint:
      order === 'stop'
        ? `kill ${pid}, as its owner or root`
        : 'syncguard status; syncguard stop works without one',
  };
}

const WITHOUT_DAEMON: readonly GuardStatus['state'][] = ['waiting', 'held'];

/** It takes no such order, and there is nobody to carry it out on. */
function noDaemon(guard: FoundGuard, state: GuardStatus['state'], order: OrderName): ControlReply {
  const { pid } = guard.manifest;
  const reason =
    order === 'reload'
      ? 'it reads its configuration at the next start'
      : `no daemon is running that could ${order}`;
  return {
    ok: false,
    code: 'io',
    message: `The guard of ${nameOf(guard)} (pid ${pid}) is ${state}: ${reason}.`,
    hint: `syncguard restart ${state === 'held' ? '--clear-hold ' : ''}${pid} starts it`,
  };
}

const statusFromRing = ({ directory, manifest }: FoundGuard): GuardStatus =>
  guardStatusOf(manifest, readRing(directory), { isAlive: isGuardAlive(manifest), hasCompanion: false });

const stateOf = (guard: FoundGuard): GuardStatus['state'] => statusFromRing(guard).state;

interface Told {
  readonly order: OrderName;
  readonly request: ControlRequest;
  readonly guard: FoundGuard;
  readonly state: GuardStatus['state'] | null;
  readonly heldBack: HeldBack | null;
  /** Of `reload`; null: the guard did not say. */
  readonly reloaded: Reloaded | null;
  /** `contrary`: the guard has decided otherwise. */
  readonly effect: 'done' | 'told' | 'contrary';
}

function tell(told: Told, options: OrderOptions, terminal: Terminal): number {
  const { order, guard, state, reloaded, effect } = told;
  if (options.json === true)
    terminal.print(
      renderJson({ schema: `syncguard/${order}/1`, guard: guard.manifest.pid, effect, state, ...reloaded }),
    );
  else if (options.quiet !== true) terminal.print(`${renderTold(told)}\n`);
  return effect === 'contrary' ? EXIT.warned : EXIT.ok;
}

function renderTold({ order, request, guard, state, heldBack, reloaded, effect }: Told): string {
  const name = escapeForTerminal(nameOf(guard));
  const { pid } = guard.manifest;
  if (effect === 'contrary') return `${name} is ${state}: syncguard why ${pid} tells why`;
  if (effect === 'told') return `${name}'s guard was told, and has not done it yet: syncguard status ${pid}`;
  if (order === 'reload')
    return `${name}'s guard has read its configuration again${renderReloaded(reloaded)}`;
  const lasting = request.forMs === undefined ? '' : ` for ${renderDuration(request.forMs)}`;
  const kept = heldBack === null ? '' : `; ${escapeForTerminal(renderHeldBack(heldBack))}`;
  return `${name} is ${state ?? 'gone'}${lasting}${kept}${renderBroken(order, guard)}`;
}

/** A person's stop is obeyed at once, whatever it breaks. */
function renderBroken(order: OrderName, { manifest }: FoundGuard): string {
  const { isTermSafe = true, recover = null } = manifest.ends ?? {};
  const isEnding = order === 'stop' || order === 'restart';
  return isEnding && !isTermSafe && recover !== null ? `; if that broke off a run: ${recover}` : '';
}

function renderReloaded(reloaded: Reloaded | null): string {
  if (reloaded === null) return '';
  const { atOnce, nextStart } = reloaded;
  if (atOnce.length + nextStart.length === 0) return ': nothing has changed';
  const later = nextStart.map((change) => `${change}  (from the daemon's next start)`);
  return `:\n${[...atOnce, ...later].map((change) => `  ${escapeForTerminal(change)}`).join('\n')}`;
}

function effectOf(order: OrderName, { isDone, status }: Extract<ControlReply, { ok: true }>): Told['effect'] {
  if (!isDone) return 'told';
  return status === undefined || STATES_OF[order].includes(status.state) ? 'done' : 'contrary';
}

/** States in which the order has been followed. */
const STATES_OF: Readonly<Record<OrderName, readonly GuardStatus['state'][]>> = {
  pause: ['paused'],
  resume: ['starting', 'running', 'throttled'],
  stop: ['stopping', 'killing', 'ended', 'gone'],
  restart: ['stopping', 'killing', 'ended', 'waiting', 'starting', 'running'],
  reload: ['starting', 'running', 'throttled', 'paused', 'stopping', 'killing', 'ended', 'waiting', 'held'],
};
