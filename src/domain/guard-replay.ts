// What the guard would have done about a recorded course, by the policy of today. Nothing is done.
// Knows: the judge, its table, the recording. May not know: what a pause would have changed: the recording goes on as it was.
//
//   moment --judge, table--> a step of the guard
//   `start` after an `end` --the most any run before it took, against stop-at--> refused or admitted

import { Judge } from './guard-observation.ts';
import { powerOf } from './guard-thresholds.ts';
import type { GuardTrace, TraceMoment } from './guard-trace.ts';
import {
  type ActionName,
  actionNames,
  BANDS,
  type Band,
  PHASES,
  type Phase,
  phaseIndex,
  RULES,
  type Rule,
} from './lifecycle.ts';
import type { PlatformId } from './platform.ts';
import type { Policy } from './policy.ts';
import { compileTable, entryActions, entryPhase, tableIndex } from './policy-table.ts';
import { NOT_RECORDED, type ReplayRow, readRow, unreadRow } from './replay-row.ts';
import type { ResourceName } from './resource.ts';

export interface ReplayRequest {
  readonly trace: GuardTrace;
  readonly policy: Policy;
  readonly platform: PlatformId;
}

/** Where a wall stood, in the row's own unit. */
export interface ReplayPoint {
  readonly place: number;
  readonly atMs: number;
  readonly resource: ResourceName;
  readonly judged: number;
  readonly wall: number;
}

export type ReplayStep =
  | (Omit<ReplayPoint, 'resource'> & {
      readonly by: 'guard';
      readonly resource: ResourceName | null;
      readonly phase: Phase;
      readonly band: Band;
      readonly rule: Rule;
      readonly actions: readonly ActionName[];
    })
  | { readonly by: 'recording'; readonly place: number; readonly atMs: number; readonly words: string }
  /** `judged` is the most that a run before this start took. */
  | (ReplayPoint & { readonly by: 'gate'; readonly isRefused: boolean });

export interface Replay {
  readonly steps: readonly ReplayStep[];
  /** The first pause or stop; null: neither. */
  readonly brake: ReplayPoint | null;
  /** The first stop; null: none. */
  readonly stop: ReplayPoint | null;
  /** The first time a failcnt was seen to have grown; null: never. */
  readonly refusal: ReplayPoint | null;
  /** The nearest any judged wall came; null: none was recorded. */
  readonly nearest: ReplayPoint | null;
}

/** Plays the whole recording. */
export function replayTrace(request: ReplayRequest): Replay {
  const player = new Player(request);
  for (const moment of request.trace.moments) player.play(moment);
  const { steps, refusal, nearest } = player;
  return {
    steps,
    refusal,
    nearest,
    brake: firstIn(steps, ['paused', 'stopping']),
    stop: firstIn(steps, ['stopping']),
  };
}

function firstIn(steps: readonly ReplayStep[], phases: readonly Phase[]): ReplayPoint | null {
  for (const step of steps) {
    if (step.by !== 'guard' || step.resource === null || !phases.includes(step.phase)) continue;
    return pointOf({ ...step, resource: step.resource }, step);
  }
  return null;
}

const TABLE = compileTable();
const RUNNING = phaseIndex('running');

class Player {
  readonly steps: ReplayStep[] = [];
  refusal: ReplayPoint | null = null;
  nearest: ReplayPoint | null = null;
  private readonly request: ReplayRequest;
  private readonly rows: readonly ReplayRow[];
  /** The most each wall was judged at in the runs so far. */
  private readonly peaks: number[];
  /** null: no daemon runs, or it would not have been started. */
  private judge: Judge | null;
  private hasEnded = false;

  constructor(request: ReplayRequest) {
    this.request = request;
    this.rows = request.trace.walls.map(unreadRow);
    this.peaks = this.rows.map(() => 0);
    this.judge = this.newJudge(request.trace.moments[0]?.atMs ?? 0);
  }

  /** From `running` on: the slices of a slow start would have changed the recording from its first line. */
  private newJudge(nowMs: number): Judge {
    const { policy, platform } = this.request;
    const judge = new Judge({ walls: this.rows, policy, platform });
    judge.enter(RUNNING, nowMs);
    return judge;
  }

  play(moment: TraceMoment): void {
    this.read(moment);
    this.follow(moment);
    if (this.judge !== null) this.judgeMoment(this.judge, moment);
  }

  private read(moment: TraceMoment): void {
    for (const [index, row] of this.rows.entries()) {
      const reading = moment.readings[index];
      if (reading === undefined) continue;
      const before = row.failcnt;
      readRow(row, reading, this.request.platform);
      this.peaks[index] = Math.max(this.peaks[index] ?? 0, row.judged);
      const point = pointOf(row, moment);
      if (before >= 0 && row.failcnt > before) this.refusal ??= point;
      if (powerOf(row.resource) !== 'warm' && isNearer(point, this.nearest)) this.nearest = point;
    }
  }

  private follow({ place, atMs, event }: TraceMoment): void {
    if (event === null) return;
    this.steps.push({ by: 'recording', place, atMs, words: event.words });
    if (event.kind === 'end') {
      this.judge = null;
      this.hasEnded = true;
    }
    if (event.kind !== 'start') return;
    const isRefused = this.hasEnded && this.isRefused({ place, atMs });
    this.judge = isRefused ? null : this.newJudge(atMs);
  }

  /** A tree that took so much before takes it again: the gate's own rule, with the recording for its census. */
  private isRefused({ place, atMs }: Pick<ReplayPoint, 'place' | 'atMs'>): boolean {
    let worst: ReplayPoint | null = null;
    for (const [index, row] of this.rows.entries()) {
      const point = { ...pointOf(row, { place, atMs }), judged: this.peaks[index] ?? 0 };
      if (powerOf(row.resource) === 'stop' && isNearer(point, worst)) worst = point;
    }
    if (worst === null) return false;
    const isRefused = worst.judged >= this.request.policy.stopAt * worst.wall;
    this.steps.push({ by: 'gate', isRefused, ...worst });
    return isRefused;
  }

  private judgeMoment(judge: Judge, { place, atMs }: TraceMoment): void {
    judge.observe(atMs);
    const entry = TABLE[tableIndex(judge.phase, judge.band, judge.flags, judge.ends)] ?? 0;
    if (entryActions(entry) === 0) return;
    const row = this.rows[judge.wallIndex];
    const isRepeated = entryPhase(entry) === judge.phase;
    judge.enter(entryPhase(entry), atMs);
    if (isRepeated) return;
    this.steps.push({
      by: 'guard',
      place,
      atMs,
      phase: PHASES[judge.phase] ?? 'ended',
      band: BANDS[judge.band] ?? 'warm',
      rule: RULES[judge.rule] ?? 'calm',
      actions: actionNames(entryActions(entry)),
      resource: row?.resource ?? null,
      judged: row?.judged ?? NOT_RECORDED,
      wall: row?.wall ?? NOT_RECORDED,
    });
  }
}

const pointOf = (
  { resource, judged, wall }: Pick<ReplayPoint, 'resource' | 'judged' | 'wall'>,
  { place, atMs }: Pick<ReplayPoint, 'place' | 'atMs'>,
): ReplayPoint => ({
  place,
  atMs,
  resource,
  judged,
  wall,
});

const shareOf = ({ judged, wall }: ReplayPoint): number => (wall > 0 && judged >= 0 ? judged / wall : -1);
const isNearer = (point: ReplayPoint, than: ReplayPoint | null): boolean =>
  shareOf(point) > (than === null ? -1 : shareOf(than));
