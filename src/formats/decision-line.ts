// One of a guard's records in words, and what would have to change for the decision to change.
// Knows: what the numbers of a record stand for. May not know: where the record was kept.

import { type EndTerms, TAKES_ANY } from '../domain/end-terms.ts';
import { compileThresholds, LONGEST_PAUSE_MS, powerOf, RELIEF_DWELL_MS } from '../domain/guard-thresholds.ts';
import {
  type ActionName,
  actionNames,
  BANDS,
  type Band,
  PHASES,
  type Phase,
  RULES,
  type Rule,
} from '../domain/lifecycle.ts';
import type { Policy } from '../domain/policy.ts';
import { RESOURCE_NAMES, type ResourceName, type ResourceUnit, unitOf } from '../domain/resource.ts';
import { type GuardRecord, KINDS, RECORD_FLAGS, type RecordKind } from './guard-record.ts';

/** Amounts are in `unit`; null: not known, or not of this kind of record. */
export interface DecisionLine {
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: RecordKind;
  /** After the decision. */
  readonly phase: Phase;
  readonly band: Band;
  readonly actions: readonly ActionName[];
  readonly rule: Rule;
  readonly resource: ResourceName | null;
  readonly unit: ResourceUnit | null;
  readonly scope: string | null;
  readonly judged: number | null;
  readonly held: number | null;
  readonly wall: number | null;
  /** judged of wall. */
  readonly ratio: number | null;
  readonly failcnt: number | null;
  readonly isShared: boolean;
  readonly isRising: boolean;
  readonly isConfirmed: boolean;
  readonly contributes: boolean;
  readonly isDryRun: boolean;
  /** A pid, a wait status, milliseconds or an errno, by kind. */
  readonly amount: number;
  /** What leads on from here; null: only what happens to the daemon itself. */
  readonly next: Counterfactual | null;
}

/** `to` follows when judged has been below or has reached an amount, or when time has passed. */
export interface Counterfactual {
  readonly to: Phase;
  readonly below: number | null;
  readonly from: number | null;
  /** How long that must hold; 0: at once. */
  readonly forMs: number;
  /** What follows a pause that `to` does not end; null: nothing, or it is no pause. */
  readonly orElse: Overdue | null;
}

/** `afterMs` is the least: a pause that flapped lasts longer. */
export interface Overdue {
  readonly to: 'stopping' | 'throttled';
  readonly afterMs: number;
}

export interface LineContext {
  readonly policy: Policy;
  /** Default: it takes any end. */
  readonly ends?: EndTerms | undefined;
  /** As the guard's manifest lists them. */
  readonly walls: readonly { readonly scope: string; readonly admitted?: number }[];
}

export function decisionLineOf(record: GuardRecord, context: LineContext): DecisionLine {
  const { walls } = context;
  const resource = RESOURCE_NAMES[record.resource] ?? null;
  const [judged, held, wall] = [known(record.judged), known(record.held), known(record.wall)];
  const has = (flag: number): boolean => (record.flags & flag) !== 0;
  const phase = wordOf(PHASES, record.phase);
  return {
    sequence: record.sequence,
    at: new Date(record.wallClockMs).toISOString(),
    kind: wordOf(KINDS, record.kind),
    phase,
    band: wordOf(BANDS, record.band),
    actions: actionNames(record.actions),
    rule: wordOf(RULES, record.rule),
    resource,
    unit: resource === null ? null : unitOf(resource),
    scope: walls[record.wallIndex]?.scope ?? null,
    judged,
    held,
    wall,
    ratio: judged === null || wall === null || wall === 0 ? null : judged / wall,
    failcnt: known(record.failcnt),
    isShared: has(RECORD_FLAGS.sharedWall),
    isRising: has(RECORD_FLAGS.rising),
    isConfirmed: has(RECORD_FLAGS.confirmed),
    contributes: has(RECORD_FLAGS.contributes),
    isDryRun: has(RECORD_FLAGS.dryRun),
    amount: record.amount,
    next: counterfactualOf(phase, record, context),
  };
}

const known = (value: number): number | null => (value < 0 || !Number.isFinite(value) ? null : value);

/** parseRecord has refused every number outside its list. */
const wordOf = <Word extends string>(words: readonly Word[], index: number): Word => words[index] as Word;

function counterfactualOf(phase: Phase, record: GuardRecord, context: LineContext): Counterfactual | null {
  // A person's pause ends by a person's word, or when its time is over: no amount of the wall ends it.
  if (RULES[record.rule] === 'command') return null;
  if (phase === 'waiting' || phase === 'held')
    return { to: 'starting', below: null, from: null, forMs: record.amount, orElse: null };
  const resource = RESOURCE_NAMES[record.resource];
  if (resource === undefined || record.wall <= 0) return null;
  const { resumeBelow, throttleFrom, pauseFrom } = compileThresholds({
    policy: context.policy,
    admitted: context.walls[record.wallIndex]?.admitted ?? 0,
    wall: record.wall,
    power: powerOf(resource),
  });
  switch (phase) {
    case 'paused':
    case 'throttled': {
      const orElse = phase === 'paused' ? overdueOf(record, resource, context) : null;
      return { to: 'running', below: resumeBelow, from: null, forMs: RELIEF_DWELL_MS, orElse };
    }
    case 'running':
      return reachable('throttled', throttleFrom);
    case 'starting':
      return reachable('paused', pauseFrom);
    default:
      return null;
  }
}

/** A threshold that the resource may not reach (NEVER) leads nowhere. */
const reachable = (to: Phase, from: number): Counterfactual | null =>
  from >= Number.MAX_SAFE_INTEGER ? null : { to, below: null, from, forMs: 0, orElse: null };

/** As GuardWall's mayStop has it: time ends no pause at a wall that others fill, or where ending the daemon frees nothing. */
function overdueOf(
  { flags }: GuardRecord,
  resource: ResourceName,
  { ends = TAKES_ANY }: LineContext,
): Overdue | null {
  const mayStop = powerOf(resource) === 'stop' && (flags & RECORD_FLAGS.contributes) !== 0;
  return mayStop ? { to: ends.isTermSafe ? 'stopping' : 'throttled', afterMs: LONGEST_PAUSE_MS } : null;
}
