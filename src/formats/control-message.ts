// What is said on a guard's control socket (one JSON object a line, both ways) and what the companion passes on to the
// sentinel (one ASCII line, so that the sentinel parses it without JSON).

import { failure, type Result, success } from '../domain/result.ts';
import type { GuardDecisions, GuardStatus } from './guard-status.ts';
import { type LiveSettings, parseLiveSettings, renderLiveSettings } from './live-settings.ts';

export const CONTROL_COMMANDS = ['status', 'pause', 'resume', 'stop', 'restart', 'reload', 'why'] as const;
export type ControlCommand = (typeof CONTROL_COMMANDS)[number];

export interface ControlRequest {
  readonly command: ControlCommand;
  /** Of `pause`, milliseconds; absent: until `resume`. */
  readonly forMs?: number;
  /** Of `restart`: also end a hold after too many restarts or a stop at a wall. */
  readonly clearHold?: boolean;
}

export type ControlReply =
  | {
      readonly ok: true;
      /** false: passed on to the sentinel, which had not done it yet when the wait was over. */
      readonly isDone: boolean;
      readonly status?: GuardStatus;
      readonly decisions?: GuardDecisions;
      /** Of `reload`: what is otherwise than before. */
      readonly reloaded?: Reloaded;
    }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint: string };

/** Changes in words, `stop_at "95%" -> "92%"`. */
export interface Reloaded {
  readonly atOnce: readonly string[];
  /** Followed from the daemon's next start on. */
  readonly nextStart: readonly string[];
}

/** A request is some 60 bytes; whoever writes more than a page without a line end speaks something else. */
export const LONGEST_REQUEST_BYTES = 4096;

export const renderControlMessage = (message: ControlRequest | ControlReply): string =>
  `${JSON.stringify(message)}\n`;

/** One line without its end; anything else than a known request is an error sentence, never a throw. */
export function parseControlRequest(line: string): Result<ControlRequest, string> {
  const value = parseObject(line);
  if (value === null) return failure('a request is one JSON object');
  const command = CONTROL_COMMANDS.find((known) => known === value['command']);
  if (command === undefined) return failure(`a request's command is one of ${CONTROL_COMMANDS.join(', ')}`);
  const { forMs, clearHold } = value;
  if (forMs !== undefined && !isLease(forMs))
    return failure(`forMs is a whole number from 1 to ${LONGEST_PAUSE_MS}`);
  if (clearHold !== undefined && typeof clearHold !== 'boolean') return failure('clearHold is true or false');
  return success({
    command,
    ...(forMs === undefined ? {} : { forMs }),
    ...(clearHold === undefined ? {} : { clearHold }),
  });
}

/** 2^31 - 1 ms, about 24 days: the largest number every timer and every reader of the line takes. */
export const LONGEST_PAUSE_MS: number = 2 ** 31 - 1;

const isLease = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LONGEST_PAUSE_MS;

/** What a guard answered; a foreign text is an error sentence. */
export function parseControlReply(line: string): Result<ControlReply, string> {
  const value = parseObject(line);
  if (value === null || typeof value['ok'] !== 'boolean') return failure('the guard answered with no reply');
  return isReply(value) ? success(value) : failure('the guard answered with half a reply');
}

/** A guard of this very version wrote it: looked at is what an older one, or half a line, would lack. */
const isReply = (value: Record<string, unknown>): value is Record<string, unknown> & ControlReply =>
  value['ok'] === true
    ? typeof value['isDone'] === 'boolean'
    : [value['code'], value['message'], value['hint']].every((text) => typeof text === 'string');

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A file in a guard's directory with one order in it, for a guard that has no daemon and so perhaps no companion. */
export const ORDER_SLIP = 'order';

/** What the sentinel is told. */
export type GuardOrder =
  | { readonly order: 'pause'; readonly forMs: number | null }
  | { readonly order: 'resume' | 'stop' | 'calm?' }
  | { readonly order: 'reload'; readonly settings: LiveSettings }
  | { readonly order: 'restart'; readonly clearHold: boolean }
  /** The daemon is asked to pause itself: a frozen one may hear that for so long, then it is judged anew. */
  | { readonly order: 'hear'; readonly forMs: number }
  /** It has answered, or will not; `isPaused`: it has paused itself. */
  | { readonly order: 'heard'; readonly isPaused: boolean };

export function renderGuardOrder(order: GuardOrder): string {
  if (order.order === 'pause') return order.forMs === null ? 'pause\n' : `pause ${order.forMs}\n`;
  if (order.order === 'restart') return order.clearHold ? 'restart clear-hold\n' : 'restart\n';
  if (order.order === 'reload') return `reload ${renderLiveSettings(order.settings)}\n`;
  if (order.order === 'hear') return `hear ${order.forMs}\n`;
  if (order.order === 'heard') return order.isPaused ? 'heard paused\n' : 'heard nothing\n';
  return `${order.order}\n`;
}

/** One line without its end; null: not an order. */
export function parseGuardOrder(line: string): GuardOrder | null {
  switch (line) {
    case 'pause':
      return { order: 'pause', forMs: null };
    case 'restart':
    case 'restart clear-hold':
      return { order: 'restart', clearHold: line !== 'restart' };
    case 'resume':
    case 'stop':
    case 'calm?':
      return { order: line };
    case 'heard paused':
    case 'heard nothing':
      return { order: 'heard', isPaused: line === 'heard paused' };
    default:
      return line.startsWith(RELOAD) ? parseReload(line) : parseTimed(line);
  }
}

const RELOAD = 'reload ';

function parseReload(line: string): GuardOrder | null {
  const settings = parseLiveSettings(line.slice(RELOAD.length));
  return settings === null ? null : { order: 'reload', settings };
}

function parseTimed(line: string): GuardOrder | null {
  const [, word, digits] = /^(pause|hear) (\d{1,10})$/.exec(line) ?? [];
  const forMs = Number(digits ?? Number.NaN);
  if (!isLease(forMs)) return null;
  return word === 'hear' ? { order: 'hear', forMs } : { order: 'pause', forMs };
}
