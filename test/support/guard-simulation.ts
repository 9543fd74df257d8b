// A judge, its table and readings that a test changes: the guard's tick without a kernel.

import { Judge } from '../../src/domain/guard-observation.ts';
import type { JudgeRequest } from '../../src/domain/judge-request.ts';
import { actionNames, BANDS, PHASES, RULES } from '../../src/domain/lifecycle.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { compileTable, entryActions, entryPhase, tableIndex } from '../../src/domain/policy-table.ts';
import type { WallReading } from '../../src/domain/wall-signals.ts';

export type Reading = { -readonly [K in keyof WallReading]: WallReading[K] };

/** A wall of 1000 of the daemon's own, far from full, with every counter there is at 0. */
export const reading = (change: Partial<Reading> = {}): Reading => ({
  resource: 'memory',
  source: 'cgroup2',
  isShared: false,
  wall: 1000,
  judged: 100,
  held: 100,
  maxheld: 100,
  failcnt: 0,
  hits: 0,
  underOom: -1,
  stallMicroseconds: 0,
  ...change,
});

/** A row of the container's own table: nobody else counts what the daemon holds there. */
export const dcache = (change: Partial<Reading> = {}): Reading =>
  reading({
    resource: 'dcachesize',
    source: 'beancounters',
    isShared: true,
    hits: -1,
    stallMicroseconds: -1,
    ...change,
  });

export interface Act {
  readonly atMs: number;
  readonly phase: string;
  readonly band: string;
  readonly rule: string;
  readonly actions: readonly string[];
  readonly wallIndex: number;
}

const TABLE = compileTable();

export class Simulation {
  readonly judge: Judge;
  readonly acts: Act[] = [];
  nowMs = 0;

  constructor(request: Partial<JudgeRequest> & Pick<JudgeRequest, 'walls'>) {
    this.judge = new Judge({ policy: DEFAULT_POLICY, platform: 'cgroup2', ...request });
    this.judge.observe(0);
    this.judge.enter(PHASES.indexOf('running'), 0);
  }

  get phase(): string {
    return PHASES[this.judge.phase] ?? '';
  }

  get band(): string {
    return BANDS[this.judge.band] ?? '';
  }

  get rule(): string {
    return RULES[this.judge.rule] ?? '';
  }

  /** One look now; what the table makes of it is carried out by changing the phase. */
  tick(): readonly string[] {
    const { judge } = this;
    judge.observe(this.nowMs);
    const entry = TABLE[tableIndex(judge.phase, judge.band, judge.flags, judge.ends)] ?? 0;
    const actions = actionNames(entryActions(entry));
    if (entryActions(entry) !== 0) {
      const { band, rule } = this;
      const { wallIndex } = judge;
      judge.enter(entryPhase(entry), this.nowMs);
      this.acts.push({ atMs: this.nowMs, phase: this.phase, band, rule, actions, wallIndex });
    }
    return actions;
  }

  /** Looks every `everyMs` for `forMs`; `change` may move the readings before each look. */
  run(forMs: number, everyMs = 100, change: (nowMs: number) => void = () => {}): this {
    const endMs = this.nowMs + forMs;
    while (this.nowMs < endMs) {
      this.nowMs += everyMs;
      change(this.nowMs);
      this.tick();
    }
    return this;
  }
}
