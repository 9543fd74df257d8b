// What a record of the sentinel's makes the companion do: remember it, say it, and write what the sentinel may not.

import { ACTIONS } from '../domain/lifecycle.ts';
import { decisionLineOf } from '../formats/decision-line.ts';
import { decisionSentence } from '../formats/decision-sentence.ts';
import type { GuardManifest } from '../formats/guard-manifest.ts';
import { type GuardRecord, RECORD_FLAGS } from '../formats/guard-record.ts';
import { isDecision, lineContextOf } from '../formats/guard-status.ts';
import type { Level } from './journal.ts';
import type { GuardMemory } from './records.ts';

/** Neither ever throws. */
export interface Brake {
  throttle(): Promise<void>;
  unthrottle(): void | Promise<void>;
}

export interface ReactionScene {
  /** The daemon, as people call it. */
  readonly daemon: string;
  readonly memory: GuardMemory;
  /** What slows it down besides the sentinel's slices. */
  readonly brakes: readonly Brake[];
  readManifest(): GuardManifest | null;
  say(level: Level, text: string): void;
}

export function react(
  record: GuardRecord,
  { daemon, memory, brakes, readManifest, say }: ReactionScene,
): void {
  const before = memory.last;
  memory.keep(record);
  const isDryRun = (record.flags & RECORD_FLAGS.dryRun) !== 0;
  const actions = isDryRun ? 0 : record.actions;
  for (const brake of brakes) {
    if ((actions & ACTIONS.THROTTLE) !== 0) void brake.throttle();
    if ((actions & LETS_GO) !== 0) void brake.unthrottle();
  }
  // A calm reading comes once a second, and says nothing: its manifest is not read.
  if (!isDecision(record)) return;
  const manifest = readManifest();
  const context = lineContextOf(manifest);
  const sentence = decisionSentence(decisionLineOf(record, context), daemon);
  if (sentence !== null) say(isKilledAgain(before, record) ? 'debug' : sentence.weight, sentence.text);
}

/** KILL is sent every second to what does not end, a process in the kernel's hands say: the first was told. */
const isKilledAgain = (before: GuardRecord | null, { phase, actions }: GuardRecord): boolean =>
  (actions & ACTIONS.KILL) !== 0 && before?.phase === phase;

/** A daemon that is to end must not wait for memory on its way out. */
const LETS_GO: number = ACTIONS.UNTHROTTLE | ACTIONS.THAW | ACTIONS.TERM | ACTIONS.KILL;
