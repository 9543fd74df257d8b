// What the sentinel asks of the gate: one JSON text, the gate's only argument, rendered and parsed here so that both agree.
// Values stay as they were typed: the gate owns quantities and profiles, and the sentinel stays small.

import { failure, type Result, success } from '../domain/result.ts';
import type { Brake } from '../domain/verdict.ts';

export interface GateRequest {
  readonly mode: 'gate';
  /** As given by --tree; empty: the profile's roots. */
  readonly trees: readonly string[];
  /** --daemon; null: by COMMAND's base name. */
  readonly daemon: string | null;
  /** COMMAND and its arguments; command[0] is the resolved path where one was found. */
  readonly command: readonly string[];
  readonly excludes: readonly string[];
  /** null: the live machine. */
  readonly sysroot: string | null;
  /** null: detected. */
  readonly platform: string | null;
  /** --config; null: the usual places. */
  readonly config: string | null;
  /** Settings given on the command line, as typed, by their dotted names (`stop_at`, `barriers.memory`): over every file. */
  readonly flags: Readonly<Record<string, string>>;
  readonly canBrake: Brake;
  /** A daemon that runs already, whose walls, home and variables count; null: it is to be started from here. */
  readonly runningPid: number | null;
}

/** Names a file in place of the kernel's own table: how a beancounter container is played where no such kernel runs. */
export const EMULATION_VARIABLE = 'SYNCGUARD_BEANCOUNTERS';

export const renderGateRequest = (request: GateRequest): string => JSON.stringify(request);

/** Anything but a whole request is an error value; it never throws. */
export function parseGateRequest(text: string): Result<GateRequest, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failure('the request is not JSON');
  }
  if (!isRecord(value)) return failure('the request is not an object');
  if (isRequest(value)) return success(value);
  return failure(`the request's ${wrongField(value)} is missing or of the wrong kind`);
}

const isRequest = (value: object): value is GateRequest => wrongField(value) === undefined;

const wrongField = (value: object): string | undefined =>
  Object.entries(IS_FIELD).find(([name, isField]) => !isField(Reflect.get(value, name)))?.[0];

type Check = (value: unknown) => boolean;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isOneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value);
const isListOf =
  (isItem: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(isItem);
const isOrNull =
  (isValue: Check): Check =>
  (value) =>
    value === null || isValue(value);
const isCapability: Check = (value) =>
  isRecord(value) &&
  isOneOf('memory-high', 'waiting-cgroup', 'none')(value['kind']) &&
  isText(value['reason']);

/** One check per field: a field added to GateRequest and forgotten here does not compile. */
const IS_FIELD: Readonly<Record<keyof GateRequest, Check>> = {
  mode: isOneOf('gate'),
  trees: isListOf(isText),
  daemon: isOrNull(isText),
  command: isListOf(isText),
  excludes: isListOf(isText),
  sysroot: isOrNull(isText),
  platform: isOrNull(isText),
  config: isOrNull(isText),
  flags: (value) => isRecord(value) && Object.values(value).every(isText),
  canBrake: isCapability,
  runningPid: isOrNull((value) => Number.isSafeInteger(value) && Number(value) > 0),
};
