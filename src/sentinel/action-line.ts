// One line on standard error for an act, put together in bytes that are there already: at a wall a string may not be had.

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { ACTIONS, ruleIndex } from '../domain/lifecycle.ts';
import { RESOURCE_NAMES } from '../domain/resource.ts';
import type { GuardRecord } from '../formats/guard-record.ts';
import { type OwnDescription, openOwnDescription } from './own-description.ts';

export interface ActionLine {
  write(record: GuardRecord): void;
  close(): void;
}

const STDERR = 2;
const PINNED_EXCESS = ruleIndex('pinned-excess');
const END_PUT_OFF = ruleIndex('end-put-off');
const LONGEST_LINE_BYTES = 512;

/** The harshest first: one act of several is said. */
const WORDS: readonly (readonly [number, Buffer])[] = [
  [ACTIONS.KILL, Buffer.from('killing ')],
  [ACTIONS.TERM, Buffer.from('stopping ')],
  [ACTIONS.FREEZE, Buffer.from('paused ')],
  [ACTIONS.THROTTLE, Buffer.from('slowing ')],
  [ACTIONS.THAW | ACTIONS.UNTHROTTLE, Buffer.from('going on: ')],
];
/** An alert says nothing here, but this one. */
const PUT_OFF = Buffer.from('kept paused, its end put off (TERM would break it): ');
const PREFIX = Buffer.from('syncguard: ');
const INTENT = Buffer.from('dry run: would be ');
const COLON = Buffer.from(': ');
const OF = Buffer.from(' of ');
const END = Buffer.from('\n');
const NAMES: readonly Buffer[] = RESOURCE_NAMES.map((name) => Buffer.from(`${name} `));

/** `daemon` as people call it, already without control characters. Silent where `isQuiet`. `path`: where it is written; null: standard error. */
export function openActionLine(
  daemon: string,
  traits: { isQuiet: boolean; isDryRun: boolean },
  path: string | null = null,
): ActionLine {
  if (traits.isQuiet) return { write: () => {}, close: () => {} };
  const who = Buffer.from(daemon.slice(0, 100));
  const line = Buffer.alloc(LONGEST_LINE_BYTES);
  const { descriptor, close } = path === null ? openOwnDescription(STDERR) : openPath(path);
  return {
    write(record) {
      const word = wordOf(record);
      if (word === null) return;
      let at = put(line, 0, PREFIX);
      if (traits.isDryRun) at = put(line, at, INTENT);
      at = put(line, put(line, at, word), who);
      const name = NAMES[record.resource];
      if (name !== undefined && record.wall > 0) {
        at = put(line, put(line, at, COLON), name);
        // There what is judged does not explain the act: see Guard, which names the wall likewise.
        at = putDecimal(line, at, record.rule === PINNED_EXCESS ? record.held : record.judged);
        at = putDecimal(line, put(line, at, OF), record.wall);
      }
      at = put(line, at, END);
      try {
        writeSync(descriptor, line, 0, at);
      } catch {
        // Nobody reads; a guard does not end for that.
      }
    },
    close,
  };
}

/** Not there: no descriptor, and every line is lost. */
function openPath(path: string): OwnDescription {
  try {
    const descriptor = openSync(path, constants.O_WRONLY);
    return { descriptor, close: () => closeSync(descriptor) };
  } catch {
    return { descriptor: -1, close: () => {} };
  }
}

function wordOf({ actions, rule }: GuardRecord): Buffer | null {
  if (rule === END_PUT_OFF) return PUT_OFF;
  for (const [bits, word] of WORDS) if ((actions & bits) !== 0) return word;
  return null;
}

function put(line: Buffer, at: number, text: Buffer): number {
  return at + text.copy(line, at);
}

const ZERO = 48;

/** A whole number, 0 to 2^53; what is below 0 is a gap, `?`. */
function putDecimal(line: Buffer, at: number, value: number): number {
  if (value < 0) {
    line[at] = 63;
    return at + 1;
  }
  let rest = Math.floor(value);
  let digits = 1;
  for (let power = 10; power <= rest; power *= 10) digits += 1;
  for (let index = at + digits - 1; index >= at; index -= 1) {
    line[index] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return at + digits;
}
