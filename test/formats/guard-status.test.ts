import { describe, expect, it } from 'vitest';
import { ACTIONS, bandIndex, phaseIndex, ruleIndex } from '../../src/domain/lifecycle.ts';
import { RECORD_FLAGS } from '../../src/formats/guard-record.ts';
import { guardDecisionsOf, guardStatusOf } from '../../src/formats/guard-status.ts';
import { MANIFEST, recordOf } from '../support/guard-records.ts';

const running = phaseIndex('running');
const paused = phaseIndex('paused');

const RECORDS = [
  recordOf('started', null, { amount: 201, phase: phaseIndex('starting') }),
  recordOf('sample', 'dcachesize', { judged: 1000, held: 1000, phase: running }),
  recordOf('sample', 'memory', { judged: 10, phase: running }),
  recordOf('action', 'dcachesize', {
    judged: 2_900_000,
    held: 2_900_000,
    failcnt: 0,
    phase: paused,
    band: bandIndex('pause'),
    rule: ruleIndex('share'),
    actions: ACTIONS.FREEZE | ACTIONS.ALERT,
    flags: RECORD_FLAGS.rising | RECORD_FLAGS.sharedWall | RECORD_FLAGS.contributes,
  }),
  recordOf('sample', 'memory', { judged: 11, phase: paused }),
];
const ALIVE = { isAlive: true, hasCompanion: true };

describe('the status of a guard', () => {
  it('is the phase of its last record, with the last reading of every wall', () => {
    const status = guardStatusOf(MANIFEST, RECORDS, ALIVE);
    expect(status).toMatchObject({ state: 'paused', phase: 'paused' });
    expect(status.walls.map(({ resource, judged }) => [resource, judged])).toEqual([
      ['dcachesize', 2_900_000],
      ['memory', 11],
    ]);
    expect(status.last?.rule).toBe('share');
    expect(status.seenAt).toBe(new Date(RECORDS.at(-1)?.wallClockMs ?? 0).toISOString());
  });

  it('names the daemon that was started last, not the one of the manifest', () => {
    expect(guardStatusOf(MANIFEST, RECORDS, ALIVE).daemon.pid).toBe(201);
    expect(guardStatusOf(MANIFEST, [], ALIVE).daemon.pid).toBe(200);
  });

  it('is unknown before the first record, and gone once the guard has ended', () => {
    expect(guardStatusOf(MANIFEST, [], ALIVE).state).toBe('unknown');
    const gone = guardStatusOf(MANIFEST, RECORDS, { isAlive: false, hasCompanion: false });
    expect([gone.state, gone.phase]).toEqual(['gone', 'paused']);
  });
});

describe('why', () => {
  it('tells decisions alone, each with its inputs and what would change it', () => {
    const { decisions } = guardDecisionsOf(MANIFEST, RECORDS, { isAlive: true, most: 10 });
    expect(decisions.map(({ kind }) => kind)).toEqual(['started', 'action']);
    expect(decisions[1]).toMatchObject({
      at: new Date(RECORDS[3]?.wallClockMs ?? 0).toISOString(),
      actions: ['FREEZE', 'ALERT'],
      scope: 'container 101',
      unit: 'bytes',
      isRising: true,
      isShared: true,
      isConfirmed: false,
      // 75 % of 3 145 728 for 60 s, or 30 min.
      next: {
        to: 'running',
        below: 2_359_296,
        from: null,
        forMs: 60_000,
        orElse: { to: 'stopping', afterMs: 1_800_000 },
      },
    });
    expect(decisions[1]?.ratio).toBeCloseTo(0.9219, 4);
  });

  it('judges by the policy the guard judged by', () => {
    const policy = { throttleAt: 0.5, pauseAt: 0.6, stopAt: 0.7 };
    const { decisions } = guardDecisionsOf({ ...MANIFEST, policy }, RECORDS, { isAlive: true, most: 1 });
    expect(decisions[0]?.next?.below).toBe(1_572_864);
  });

  it('tells the last ones where there are more', () => {
    const many = Array.from({ length: 20 }, () => recordOf('command', null, { phase: running }));
    const { decisions } = guardDecisionsOf(MANIFEST, many, { isAlive: true, most: 3 });
    expect(decisions.map((line) => line.sequence)).toEqual(many.slice(-3).map((one) => one.sequence));
  });

  it('says of a gap that it is not known, never 0', () => {
    const [line] = guardDecisionsOf(MANIFEST, [recordOf('action', 'memory', { phase: running })], {
      isAlive: true,
      most: 1,
    }).decisions;
    expect([line?.judged, line?.held, line?.failcnt, line?.ratio]).toEqual([null, null, null, null]);
  });

  it('of a wait tells when it is over', () => {
    const held = recordOf('held', null, { phase: phaseIndex('held'), amount: 900_000 });
    const [line] = guardDecisionsOf(MANIFEST, [held], { isAlive: true, most: 1 }).decisions;
    expect(line?.next).toEqual({ to: 'starting', below: null, from: null, forMs: 900_000, orElse: null });
  });
});
