// What a guard's manifest and records say together: the bodies of `status` and `why`.
// Knows: which records matter. May not know: whether they came from a ring, a pipe or a socket.

import { type EndTerms, TAKES_ANY } from '../domain/end-terms.ts';
import type { Phase } from '../domain/lifecycle.ts';
import { DEFAULT_POLICY } from '../domain/policy.ts';
import { type DecisionLine, decisionLineOf, type LineContext } from './decision-line.ts';
import type { GuardManifest } from './guard-manifest.ts';
import { type GuardRecord, KINDS, NO_INDEX } from './guard-record.ts';

interface Daemon {
  /** null: there is none now. */
  readonly pid: number | null;
  readonly command: readonly string[];
  readonly profile: string;
  readonly ends: EndTerms;
}

/** What a degraded start could not release, and the gate's reason. */
export interface HeldBack {
  readonly folders: readonly string[];
  readonly reason: string;
}

/** How the configuration stands since the guard's companion began to look at it. */
export interface ConfigurationStanding {
  /** What is wrong with the files as they are now, so that those from before are gone by; null: nothing. */
  readonly trouble: string | null;
  /** Changes that only the daemon's next start follows, in words. */
  readonly waiting: readonly string[];
}

export interface GuardStatus {
  /** `gone`: the guard itself has ended, and `phase` is the last it was in; `unknown`: it has recorded nothing yet. */
  readonly state: Phase | 'gone' | 'unknown';
  readonly phase: Phase | null;
  readonly guard: {
    readonly pid: number;
    readonly startedAt: string;
    readonly protection: string;
    readonly hasCompanion: boolean;
  };
  readonly daemon: Daemon;
  /** null: nothing that a companion knows of. */
  readonly heldBack: HeldBack | null;
  /** null: there is no companion that knows. */
  readonly configuration: ConfigurationStanding | null;
  /** The last reading of each wall. */
  readonly walls: readonly DecisionLine[];
  /** The last record that is more than a calm reading. */
  readonly last: DecisionLine | null;
  /** When the last record of any kind was written. */
  readonly seenAt: string | null;
}

export interface GuardDecisions {
  readonly state: GuardStatus['state'];
  readonly guard: { readonly pid: number; readonly startedAt: string };
  readonly daemon: Daemon;
  /** Oldest first. */
  readonly decisions: readonly DecisionLine[];
}

export interface Standing {
  /** Whether the guard's process is alive. */
  readonly isAlive: boolean;
  readonly hasCompanion: boolean;
  readonly heldBack?: HeldBack | null;
  readonly configuration?: ConfigurationStanding;
}

/** `records` in the order they were written. */
export function guardStatusOf(
  manifest: GuardManifest,
  records: readonly GuardRecord[],
  standing: Standing,
): GuardStatus {
  const context = lineContextOf(manifest);
  const last = records.at(-1);
  const lastLine = last === undefined ? null : decisionLineOf(last, context);
  const lastDecision = records.findLast(isDecision);
  const phase = lastLine?.phase ?? null;
  return {
    state: standing.isAlive ? (phase ?? 'unknown') : 'gone',
    phase,
    guard: {
      pid: manifest.pid,
      startedAt: manifest.startedAt,
      protection: manifest.protection,
      hasCompanion: standing.hasCompanion,
    },
    daemon: daemonOf(manifest, records),
    heldBack: standing.heldBack ?? null,
    configuration: standing.configuration ?? null,
    walls: latestOfEachWall(records).map((record) => decisionLineOf(record, context)),
    last: lastDecision === undefined ? null : decisionLineOf(lastDecision, context),
    seenAt: lastLine?.at ?? null,
  };
}

/** The last `most` decisions. */
export function guardDecisionsOf(
  manifest: GuardManifest,
  records: readonly GuardRecord[],
  { isAlive, most }: { readonly isAlive: boolean; readonly most: number },
): GuardDecisions {
  const context = lineContextOf(manifest);
  const { state } = guardStatusOf(manifest, records, { isAlive, hasCompanion: false });
  return {
    state,
    guard: { pid: manifest.pid, startedAt: manifest.startedAt },
    daemon: daemonOf(manifest, records),
    decisions: records
      .filter(isDecision)
      .slice(-most)
      .map((record) => decisionLineOf(record, context)),
  };
}

/** What a record is read by; null: a guard that has written no manifest yet. */
export const lineContextOf = (manifest: GuardManifest | null): LineContext => ({
  policy: manifest?.policy ?? DEFAULT_POLICY,
  walls: manifest?.walls ?? [],
  ends: manifest?.ends,
});

const SAMPLE = KINDS.indexOf('sample');
const STARTED = KINDS.indexOf('started');
const ENDED = KINDS.indexOf('ended');

/** A reading that led to something, or anything that is no reading. */
export const isDecision = ({ kind, actions }: GuardRecord): boolean => kind !== SAMPLE || actions !== 0;

/** A daemon that was started again has another pid than the manifest's, and one that has ended has none. */
function daemonOf(manifest: GuardManifest, records: readonly GuardRecord[]): Daemon {
  const { daemonPid, command, profile, ends = TAKES_ANY } = manifest;
  const last = records.findLast(({ kind }) => kind === STARTED || kind === ENDED);
  const pid = last === undefined ? daemonPid : last.kind === STARTED ? last.amount : null;
  return { pid, command, profile, ends };
}

function latestOfEachWall(records: readonly GuardRecord[]): GuardRecord[] {
  const latest = new Map<number, GuardRecord>();
  for (const record of records) {
    if (record.wallIndex !== NO_INDEX) latest.set(record.wallIndex, record);
  }
  return [...latest].sort(([a], [b]) => a - b).map(([, record]) => record);
}
