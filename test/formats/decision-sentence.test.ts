import { describe, expect, it } from 'vitest';
import { TAKES_ANY } from '../../src/domain/end-terms.ts';
import { ACTIONS, bandIndex, phaseIndex, ruleIndex } from '../../src/domain/lifecycle.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { RESOURCE_NAMES } from '../../src/domain/resource.ts';
import { decisionLineOf } from '../../src/formats/decision-line.ts';
import { decisionSentence } from '../../src/formats/decision-sentence.ts';
import { emptyRecord, type GuardRecord, KINDS, RECORD_FLAGS } from '../../src/formats/guard-record.ts';

const sentence = (rest: Partial<GuardRecord>, ends = TAKES_ANY): string | null => {
  const record = { ...emptyRecord(), sequence: 1, kind: KINDS.indexOf('action'), ...rest };
  const line = decisionLineOf(record, { policy: DEFAULT_POLICY, walls: [], ends });
  return decisionSentence(line, 'dropbox')?.text ?? null;
};

const AT_WALL: Partial<GuardRecord> = {
  resource: RESOURCE_NAMES.indexOf('dcachesize'),
  judged: 2_900_000,
  wall: 3_145_728,
  band: bandIndex('pause'),
  rule: ruleIndex('share'),
};

const AT_PAUSE = { ...AT_WALL, phase: phaseIndex('paused'), actions: ACTIONS.FREEZE | ACTIONS.ALERT };

describe('a decision in one sentence', () => {
  it('says what was done, on which numbers, why, and what would undo it', () => {
    const paused = { ...AT_PAUSE, flags: RECORD_FLAGS.rising | RECORD_FLAGS.contributes };
    expect(sentence(paused)).toBe(
      'dropbox is paused: dcachesize 2.8 MiB of 3.0 MiB (92%), rising (its share of the wall); it goes on below 2.3 MiB for 1min, else it is ended after 30min',
    );
  });

  it('of a pause tells what becomes of it where nothing comes free', () => {
    const disk = RESOURCE_NAMES.indexOf('disk_space');
    const own = { ...AT_PAUSE, flags: RECORD_FLAGS.contributes };
    expect(sentence(own, { ...TAKES_ANY, isTermSafe: false })).toMatch(
      /, else it is let go in slices after 30min$/,
    );
    expect(sentence({ ...own, resource: disk })).toMatch(/ for 1min, and stays paused until then$/);
    expect(sentence({ ...AT_PAUSE, rule: ruleIndex('others') })).toMatch(
      /\(others fill this wall\); it goes on below .*, and stays paused until then$/,
    );
  });

  it('names the harshest of several acts', () => {
    const stopping = { ...AT_WALL, phase: phaseIndex('stopping'), rule: ruleIndex('failcnt') };
    expect(sentence({ ...stopping, actions: ACTIONS.UNTHROTTLE | ACTIONS.TERM | ACTIONS.ALERT })).toMatch(
      /^dropbox is asked to end: .*the kernel has refused a charge\)$/,
    );
    expect(sentence({ actions: ACTIONS.KILL | ACTIONS.ALERT, rule: ruleIndex('grace-over') })).toBe(
      'dropbox is killed: it did not end in time',
    );
  });

  it('of what a person asked for names no wall, since none ends it', () => {
    const asked = { ...AT_WALL, phase: phaseIndex('paused'), rule: ruleIndex('command') };
    expect(sentence({ ...asked, actions: ACTIONS.UNTHROTTLE | ACTIONS.FREEZE })).toBe(
      'dropbox is paused: on request',
    );
  });

  it('of a dry run says that nothing is done', () => {
    expect(sentence({ ...AT_WALL, actions: ACTIONS.FREEZE, flags: RECORD_FLAGS.dryRun })).toMatch(
      /^dry run, nothing is done: dropbox is paused/,
    );
  });

  it('of a hold says when it is looked at again, and how to end it', () => {
    const held = { kind: KINDS.indexOf('held'), phase: phaseIndex('held'), amount: 900_000 };
    expect(sentence({ ...held, rule: ruleIndex('restart-budget') })).toBe(
      'dropbox is not started for now (too many starts in a short time); looked at again in 15min, at once by: syncguard restart --clear-hold',
    );
  });

  it('is nothing for a calm reading and for what the guard says itself', () => {
    for (const kind of ['sample', 'started', 'ended', 'gate', 'command'] as const)
      expect(sentence({ kind: KINDS.indexOf(kind) })).toBeNull();
  });
});
