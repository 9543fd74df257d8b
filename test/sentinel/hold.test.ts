import { describe, expect, it } from 'vitest';
import type { Grip } from '../../src/actuators/grip.ts';
import { ACTIONS } from '../../src/domain/lifecycle.ts';
import { Hold } from '../../src/sentinel/hold.ts';

const { FREEZE, THAW, THROTTLE, UNTHROTTLE, TERM, KILL } = ACTIONS;

/** Writes down what it is asked, and is frozen when it was told so. */
function scriptedGrip(isObeying = true): Grip & { readonly asked: string[]; isHeld: boolean } {
  const asked: string[] = [];
  const grip = {
    kind: 'signals' as const,
    reason: 'scripted',
    asked,
    isHeld: false,
    freeze: () => {
      asked.push('freeze');
      if (isObeying) grip.isHeld = true;
      return isObeying;
    },
    thaw: () => {
      if (grip.isHeld) asked.push('thaw');
      grip.isHeld = false;
      return true;
    },
    kill: () => {
      asked.push('kill');
      return true;
    },
    terminate: () => {
      asked.push('terminate');
      grip.isHeld = false;
    },
    isFrozen: () => grip.isHeld,
    isFrozenByOthers: () => false,
    refresh: () => 1,
    members: () => [1],
    survey: () => {},
    rehearse: () => ({ ok: true as const, value: undefined }),
    close: () => {},
  };
  return grip;
}

function held(options: { mayFreeze?: boolean; isObeying?: boolean } = {}): {
  readonly grip: ReturnType<typeof scriptedGrip>;
  readonly hold: Hold;
  readonly graceOpened: () => number;
} {
  const grip = scriptedGrip(options.isObeying ?? true);
  let opened = 0;
  const grace = { isRehearsal: false, open: () => ++opened > 0, close: () => {} };
  const hold = new Hold({ grip, grace, mayFreeze: options.mayFreeze ?? true });
  return { grip, hold, graceOpened: () => opened };
}

describe('the hold on a daemon', () => {
  it('freezes once for a pause, however many ticks it lasts, and thaws once', () => {
    const { grip, hold } = held();
    expect(hold.carryOut(FREEZE, 0)).toBe(true);
    for (let now = 1; now < 50; now += 1) hold.step(now, 0.5);
    hold.carryOut(THAW, 50);
    for (let now = 51; now < 60; now += 1) hold.step(now, 0.5);
    expect(grip.asked).toEqual(['freeze', 'thaw']);
  });

  it('asks again for a freeze that was not taken', () => {
    const { grip, hold } = held({ isObeying: false });
    expect(hold.carryOut(FREEZE, 0)).toBe(false);
    hold.step(1, 0.5);
    expect(grip.asked).toEqual(['freeze', 'freeze']);
  });

  it('throttles by turns of 300 ms frozen and 100 ms running, until told otherwise', () => {
    const { grip, hold } = held();
    hold.carryOut(THROTTLE, 0);
    let frozenMs = 0;
    for (let now = 0; now < 4000; now += 10) {
      hold.step(now, 0.1);
      if (grip.isHeld) frozenMs += 10;
    }
    expect(frozenMs).toBeGreaterThan(2800);
    expect(frozenMs).toBeLessThan(3100);
    hold.carryOut(UNTHROTTLE, 4000);
    expect(grip.isHeld).toBe(false);
    for (let now = 4001; now < 5000; now += 10) hold.step(now, 0.1);
    expect(grip.isHeld).toBe(false);
  });

  it('keeps a paused daemon frozen through the running turns of its throttle', () => {
    const { grip, hold } = held();
    hold.carryOut(THROTTLE, 0);
    hold.carryOut(FREEZE, 10);
    for (let now = 11; now < 2000; now += 10) {
      hold.step(now, 0.1);
      expect(grip.isHeld).toBe(true);
    }
  });

  it('lets a daemon that was told to end hear it, gives it room, and never freezes it again', () => {
    const { grip, hold, graceOpened } = held();
    hold.beginSlowStart(0, 0.5);
    hold.carryOut(THROTTLE, 0);
    hold.carryOut(FREEZE, 1);
    hold.carryOut(UNTHROTTLE | TERM, 2);
    for (let now = 3; now < 3000; now += 10) hold.step(now, 0.01);
    expect(grip.isHeld).toBe(false);
    expect(grip.asked.at(-1)).toBe('terminate');
    expect(graceOpened()).toBe(1);
    expect(hold.carryOut(KILL, 3000)).toBe(true);
    expect(grip.asked.at(-1)).toBe('kill');
  });

  it('never freezes who may not be, and still ends it', () => {
    const { grip, hold } = held({ mayFreeze: false });
    hold.carryOut(FREEZE, 0);
    hold.carryOut(THROTTLE, 1);
    for (let now = 2; now < 2000; now += 10) hold.step(now, 0.01);
    hold.carryOut(TERM, 2000);
    expect(grip.asked).toEqual(['terminate']);
  });

  it('runs a slow start in slices and tells its end once; a pause ends it', () => {
    const { grip, hold } = held();
    hold.beginSlowStart(0, 0.5);
    let over = 0;
    for (let now = 0; now < 60_000; now += 5) {
      hold.step(now, 0.5);
      if (hold.takeSlowStartEnd()) over += 1;
    }
    expect(over).toBe(1);
    expect(grip.asked.filter((word) => word === 'freeze').length).toBeGreaterThan(3);
    expect(grip.isHeld).toBe(false);
    const paused = held();
    paused.hold.beginSlowStart(0, 0.5);
    paused.hold.carryOut(FREEZE, 1);
    paused.hold.carryOut(THAW, 2);
    for (let now = 3; now < 5000; now += 5) paused.hold.step(now, 0.5);
    expect(paused.grip.asked).toEqual(['freeze', 'thaw']);
  });
});
