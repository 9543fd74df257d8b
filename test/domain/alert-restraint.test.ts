import { describe, expect, it } from 'vitest';
import { releaseKeptBack, restrain, UNRESTRAINED } from '../../src/domain/alert-restraint.ts';
import { alertOf } from '../support/alerts.ts';

const everyMs = 600_000;
const at = (minute: number) => ({ nowAt: minute * 60_000, everyMs });
const pause = alertOf();
const recovered = alertOf({ event: 'recovered' });

describe('restraint', () => {
  it('tells one of an event and a resource within the time, and others at once', () => {
    const first = restrain(UNRESTRAINED, pause, at(0));
    expect(first.told).toEqual(pause);
    const again = restrain(first.restraint, pause, at(9));
    expect(again.told).toBeNull();
    expect(restrain(first.restraint, { ...pause, resource: 'memory' }, at(1)).told).not.toBeNull();
    expect(restrain(first.restraint, { ...pause, event: 'stop' }, at(1)).told).not.toBeNull();
    expect(restrain(first.restraint, pause, at(10)).told).toEqual(pause);
  });

  it('sends the counts of what was not told along with the next that is', () => {
    let step = restrain(UNRESTRAINED, pause, at(0));
    for (const minute of [1, 2, 3]) step = restrain(step.restraint, pause, at(minute));
    const told = restrain(step.restraint, recovered, at(4));
    expect(told.told).toEqual({ ...recovered, untold: { pause: 3 } });
    expect(told.restraint.keptBack).toBeNull();
  });

  it('tells the last of what was kept back when its time is over, and how things stand then', () => {
    let step = restrain(restrain(UNRESTRAINED, recovered, at(0)).restraint, pause, at(1));
    for (const [minute, alert] of [
      [2, recovered],
      [3, pause],
      [4, recovered],
    ] as const)
      step = restrain(step.restraint, alert, at(minute));
    expect(releaseKeptBack(step.restraint, at(9)).told).toBeNull();
    expect(releaseKeptBack(step.restraint, at(10)).told).toEqual({
      ...recovered,
      untold: { recovered: 1, pause: 1 },
    });
  });

  it('is not silenced by a clock that was set back', () => {
    const first = restrain(UNRESTRAINED, pause, at(1_000));
    expect(restrain(first.restraint, pause, at(1)).told).toEqual(pause);
    const kept = restrain(first.restraint, pause, at(1_001));
    expect(releaseKeptBack(kept.restraint, at(1)).told).not.toBeNull();
  });

  it('forgets what is older than its time', () => {
    const first = restrain(UNRESTRAINED, pause, at(0));
    expect(restrain(first.restraint, recovered, at(20)).restraint.toldAt).toEqual({
      'recovered dcachesize': 20 * 60_000,
    });
  });
});
