import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decide,
  decideEvent,
  type GuardDecision,
  LIFECYCLE_EVENTS,
  type Situation,
} from '../../src/domain/guard-decision.ts';
import { ACTIONS, actionNames, BANDS, PHASES, type Phase } from '../../src/domain/lifecycle.ts';
import { compileTable, entryActions, entryPhase, tableIndex } from '../../src/domain/policy-table.ts';

const booleans = [false, true] as const;
const situations: readonly Situation[] = PHASES.flatMap((phase) =>
  BANDS.flatMap((band) =>
    booleans.flatMap((isRising) =>
      booleans.flatMap((hasDwelt) =>
        booleans.flatMap((isConfirmed) =>
          booleans.flatMap((isTermSafe) =>
            booleans.map((isKillSafe) => ({
              phase,
              band,
              isRising,
              hasDwelt,
              isConfirmed,
              isTermSafe,
              isKillSafe,
            })),
          ),
        ),
      ),
    ),
  ),
);

const CALM: Situation = {
  phase: 'running',
  band: 'ample',
  isRising: false,
  hasDwelt: false,
  isConfirmed: false,
  isTermSafe: true,
  isKillSafe: true,
};
const has = ({ actions }: GuardDecision, name: keyof typeof ACTIONS): boolean =>
  (actions & ACTIONS[name]) !== 0;
const HARSHNESS: readonly Phase[] = ['running', 'starting', 'throttled', 'paused', 'stopping', 'killing'];
const harshness = ({ phase }: GuardDecision): number => HARSHNESS.indexOf(phase);

/** Whether the daemon can run once the decision is carried out. */
const isFrozenIn = (phase: Phase): boolean => phase === 'paused';

describe('the decision about a running daemon', () => {
  it('is the same in the compiled table, for every input there is', () => {
    const table = compileTable();
    expect(table).toHaveLength(situations.length);
    for (const situation of situations) {
      const flags =
        Number(situation.isRising) | (Number(situation.hasDwelt) << 1) | (Number(situation.isConfirmed) << 2);
      const ends = Number(situation.isTermSafe) | (Number(situation.isKillSafe) << 1);
      const entry = table[
        tableIndex(PHASES.indexOf(situation.phase), BANDS.indexOf(situation.band), flags, ends)
      ] as number;
      expect({ phase: PHASES[entryPhase(entry)], actions: entryActions(entry) }).toEqual(decide(situation));
    }
  });

  it('reads the table by the three input bits alone, whatever else a record flags', () => {
    expect(tableIndex(3, 2, 5 | 8 | 16 | 32, 3)).toBe(tableIndex(3, 2, 5, 3));
  });

  it.each([
    ['running', 'throttle', false, 'throttled', ['THROTTLE']],
    ['running', 'pause', false, 'paused', ['FREEZE', 'ALERT']],
    ['running', 'stop', false, 'paused', ['FREEZE', 'ALERT']],
    ['running', 'stop', true, 'stopping', ['TERM', 'ALERT']],
    ['starting', 'throttle', false, 'starting', []],
    ['starting', 'pause', false, 'paused', ['FREEZE', 'ALERT']],
    ['throttled', 'pause', false, 'paused', ['UNTHROTTLE', 'FREEZE', 'ALERT']],
    ['throttled', 'stop', true, 'stopping', ['UNTHROTTLE', 'TERM', 'ALERT']],
    ['paused', 'stop', true, 'stopping', ['TERM', 'ALERT']],
    ['paused', 'stop', false, 'paused', []],
  ] as const)('%s in %s (confirmed: %s) becomes %s', (phase, band, isConfirmed, to, actions) => {
    const decision = decide({ ...CALM, phase, band, isConfirmed });
    expect([decision.phase, actionNames(decision.actions)]).toEqual([to, actions]);
  });

  it('resumes only from ample, dwelt and not rising', () => {
    for (const situation of situations.filter(({ phase, isTermSafe }) => phase === 'paused' && isTermSafe)) {
      const isRelieved = situation.band === 'ample' && situation.hasDwelt && !situation.isRising;
      expect(has(decide(situation), 'THAW')).toBe(isRelieved);
    }
  });

  it('lets a duty cycle go only from ample, dwelt and not rising', () => {
    const relieved = situations.filter(
      (situation) => situation.phase === 'throttled' && decide(situation).phase === 'running',
    );
    expect(relieved).not.toEqual([]);
    for (const { band, hasDwelt, isRising } of relieved)
      expect([band, hasDwelt, isRising]).toEqual(['ample', true, false]);
  });

  it('ends an overdue pause in a stop, in every band but ample', () => {
    for (const band of BANDS.filter((word) => word !== 'ample'))
      expect(decide({ ...CALM, phase: 'paused', band, hasDwelt: true }).phase).toBe('stopping');
  });

  it('kills what outlives its grace, and what runs away at a confirmed wall; then kills again', () => {
    const stopping: Situation = { ...CALM, phase: 'stopping' };
    expect(decide({ ...stopping, hasDwelt: true })).toEqual({
      phase: 'killing',
      actions: ACTIONS.KILL | ACTIONS.ALERT,
    });
    const runaway: Situation = { ...stopping, band: 'stop', isConfirmed: true, isRising: true };
    expect(decide(runaway).phase).toBe('killing');
    expect(decide({ ...runaway, isRising: false }).actions).toBe(0);
    expect(decide({ ...CALM, phase: 'killing', hasDwelt: true }).actions).toBe(ACTIONS.KILL);
    expect(decide({ ...CALM, phase: 'killing', band: 'stop' }).actions).toBe(0);
  });

  it('is never harsher with a daemon that an end breaks than with one that takes it', () => {
    for (const situation of situations)
      for (const safe of [{ isTermSafe: true }, { isKillSafe: true }])
        expect(harshness(decide(situation))).toBeLessThanOrEqual(
          harshness(decide({ ...situation, ...safe })),
        );
  });

  it('tells a daemon that TERM breaks to end only frozen, and only in the stop band', () => {
    for (const situation of situations.filter(({ isTermSafe }) => !isTermSafe)) {
      if (!has(decide(situation), 'TERM')) continue;
      const { phase, band, isConfirmed, isRising, hasDwelt } = situation;
      expect([phase, band, (isConfirmed && isRising) || hasDwelt]).toEqual(['paused', 'stop', true]);
    }
  });

  it('ends a daemon that TERM breaks when it rises although frozen, or has been at the wall for a pause', () => {
    const frozen: Situation = { ...CALM, phase: 'paused', band: 'stop', isTermSafe: false };
    expect(decide({ ...frozen, isConfirmed: true })).toEqual({ phase: 'paused', actions: 0 });
    expect(decide({ ...frozen, isConfirmed: true, isRising: true }).phase).toBe('stopping');
    expect(decide({ ...frozen, hasDwelt: true }).phase).toBe('stopping');
  });

  it('lets a daemon that TERM breaks go on in slices where a pause has lasted below the stop band', () => {
    for (const band of ['warm', 'throttle', 'pause'] as const) {
      const overdue: Situation = { ...CALM, phase: 'paused', band, hasDwelt: true, isTermSafe: false };
      expect(decide(overdue)).toEqual({ phase: 'throttled', actions: ACTIONS.THAW | ACTIONS.THROTTLE });
      expect(decide({ ...overdue, isRising: true }).actions).toBe(0);
    }
  });

  it('kills a daemon that KILL breaks only when its grace is over', () => {
    const stopping = situations.filter(({ phase, isKillSafe }) => phase === 'stopping' && !isKillSafe);
    for (const situation of stopping) expect(has(decide(situation), 'KILL')).toBe(situation.hasDwelt);
  });

  it('is never milder in a harsher band, all else equal', () => {
    for (const situation of situations.filter(({ band }) => band !== 'stop')) {
      const next = BANDS[BANDS.indexOf(situation.band) + 1] ?? 'stop';
      expect(harshness(decide({ ...situation, band: next }))).toBeGreaterThanOrEqual(
        harshness(decide(situation)),
      );
    }
  });

  it('is never milder for a confirmation', () => {
    for (const situation of situations.filter(({ isConfirmed }) => !isConfirmed))
      expect(harshness(decide({ ...situation, isConfirmed: true }))).toBeGreaterThanOrEqual(
        harshness(decide(situation)),
      );
  });

  it('asks for nothing where there is no daemon', () => {
    for (const situation of situations.filter(({ phase }) => ['ended', 'waiting', 'held'].includes(phase)))
      expect(decide(situation)).toEqual({ phase: situation.phase, actions: 0 });
  });

  it('does nothing without an act, and changes no phase silently', () => {
    for (const situation of situations) {
      const { phase, actions } = decide(situation);
      if (actions === 0) expect(phase).toBe(situation.phase);
    }
  });

  it('freezes on the way into a pause, and thaws, TERMs or KILLs on every way out of it', () => {
    for (const situation of situations) {
      const decision = decide(situation);
      if (isFrozenIn(decision.phase) && !isFrozenIn(situation.phase))
        expect(has(decision, 'FREEZE')).toBe(true);
      if (isFrozenIn(situation.phase) && !isFrozenIn(decision.phase))
        expect(has(decision, 'THAW') || has(decision, 'TERM') || has(decision, 'KILL')).toBe(true);
    }
  });

  it('starts no duty cycle that it does not end on the way out', () => {
    for (const situation of situations.filter(({ phase }) => phase === 'throttled')) {
      const decision = decide(situation);
      expect(has(decision, 'UNTHROTTLE')).toBe(decision.phase !== 'throttled');
    }
  });
});

const reachableFrom = (start: Phase): ReadonlySet<Phase> => {
  const seen = new Set<Phase>([start]);
  for (const phase of seen) {
    for (const situation of situations.filter((one) => one.phase === phase))
      seen.add(decide(situation).phase);
    for (const event of LIFECYCLE_EVENTS) {
      const decision = decideEvent(phase, event);
      if (decision !== null) seen.add(decision.phase);
    }
  }
  return seen;
};

describe('the lifecycle', () => {
  it('has a way to ended from every phase, and a way back from there', () => {
    for (const phase of PHASES) expect(reachableFrom(phase)).toEqual(new Set(PHASES));
  });

  it('leads a daemon that ignores everything to KILL within the dwells of any pause', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BANDS.slice(1)), (band) => {
        let phase: Phase = 'paused';
        for (let dwell = 0; dwell < 3; dwell++)
          phase = decide({ ...CALM, phase, band, hasDwelt: true }).phase;
        expect(phase).toBe('killing');
      }),
    );
  });

  it('takes the end of the daemon in every phase that has one, and in no other', () => {
    const phases = PHASES.filter((phase) => decideEvent(phase, 'daemon-gone') !== null);
    expect(phases).toEqual(['starting', 'running', 'throttled', 'paused', 'stopping', 'killing']);
  });

  it.each([
    ['paused', 'pause-asked'],
    ['stopping', 'resume-asked'],
    ['stopping', 'pause-asked'],
    ['ended', 'stop-asked'],
    ['running', 'start-admitted'],
    ['ended', 'start-admitted'],
  ] as const)('in %s, %s means nothing', (phase, event) => {
    expect(decideEvent(phase, event)).toBeNull();
  });

  it('thaws by hand, and on a stop by hand', () => {
    expect(decideEvent('paused', 'resume-asked')).toEqual({ phase: 'running', actions: ACTIONS.THAW });
    expect(actionNames(decideEvent('paused', 'stop-asked')?.actions ?? 0)).toContain('TERM');
  });
});
