// What the gate tells of the configuration before it counts anything: known also where the count then fails or hangs.
// One line on the gate's descriptor 3, in front of its record.

import type { RestartMode } from '../domain/restart-policy.ts';
import type { CompanionMode, OnRefuse, OnUnknown } from '../domain/settings.ts';

/** Settings that `run` itself follows, flags included; the sentinel reads no file. */
export interface RunSettings {
  readonly onRefuse: OnRefuse;
  readonly onUnknown: OnUnknown;
  readonly gateTimeoutMs: number;
  readonly leaseMs: number;
  readonly restart: RestartMode;
  readonly companion: CompanionMode;
  readonly preservesStatus: boolean;
  readonly passesNotify: boolean;
  /** Whether there are restarts by the clock, which the companion keeps. */
  readonly isScheduled: boolean;
  /** How long an end of ours waits for alerts to be told, ms; 0: nobody is to be told of anything. */
  readonly alertWaitMs: number;
}

const MAGIC = 'SGRUN1 ';
const LINE_END = '\n'.charCodeAt(0);
/** Ten values of a few letters each: a line that has not ended by then is something else. */
export const LONGEST_RUN_SETTINGS_BYTES = 1024;

export const renderRunSettings = (settings: RunSettings): string => `${MAGIC}${JSON.stringify(settings)}\n`;

/** What stands in front of the record, if it is whole, and where the record begins. */
export function parseRunSettings(bytes: Uint8Array): {
  readonly settings: RunSettings | null;
  readonly length: number;
} {
  const none = { settings: null, length: 0 };
  const end = bytes.subarray(0, LONGEST_RUN_SETTINGS_BYTES).indexOf(LINE_END);
  const line = new TextDecoder().decode(bytes.subarray(0, Math.max(0, end)));
  if (!line.startsWith(MAGIC)) return none;
  try {
    const value: unknown = JSON.parse(line.slice(MAGIC.length));
    return isWhole(value) ? { settings: value, length: end + 1 } : none;
  } catch {
    return none;
  }
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => typeof value === 'number' && value > 0;

/** Written by the very same build: words need no more than to be there. */
const CHECKS: Readonly<Record<keyof RunSettings, Check>> = {
  onRefuse: isText,
  onUnknown: isText,
  gateTimeoutMs: isNumber,
  leaseMs: isNumber,
  restart: isText,
  companion: isText,
  preservesStatus: isFlag,
  passesNotify: isFlag,
  isScheduled: isFlag,
  alertWaitMs: (value) => typeof value === 'number' && value >= 0,
};

const isWhole = (value: unknown): value is RunSettings =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(CHECKS).every(([name, isGood]) => isGood(Reflect.get(value, name)));
