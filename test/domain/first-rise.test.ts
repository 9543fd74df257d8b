import { describe, expect, it } from 'vitest';
import { dcache, type Reading, Simulation } from '../support/guard-simulation.ts';

// The openvz-042 container of 2012: limit 3460300, refused there, and held never comes down by itself.
const LIMIT = 3_460_300;

function container(change: Partial<Reading> = {}): {
  readonly wall: Reading;
  readonly simulation: Simulation;
} {
  const wall = dcache({ wall: LIMIT, judged: 26_419, held: 26_419, maxheld: 33_700, ...change });
  return { wall, simulation: new Simulation({ walls: [wall], platform: 'openvz-042' }) };
}

function rise(wall: Reading, simulation: Simulation, to: number): void {
  simulation.run(3000, 50, () => {
    wall.held = Math.min(to, wall.held + 60_000);
    wall.maxheld = Math.max(wall.maxheld, wall.held);
  });
}

describe('the first rise of dcachesize on openvz-042', () => {
  it('pauses before the limit, for it may be pinned, and asks for the pins', () => {
    const { wall, simulation } = container();
    rise(wall, simulation, 0.92 * LIMIT);
    expect(simulation.acts.at(-1)).toMatchObject({ phase: 'paused', rule: 'first-rise' });
    expect(wall.held).toBeLessThan(LIMIT);
    expect(simulation.judge.asksPinsAt).toBe(0);
  });

  it('that pins do not explain is cache: the daemon goes on at once, and the share means nothing any more', () => {
    const { wall, simulation } = container();
    rise(wall, simulation, 0.92 * LIMIT);
    simulation.judge.countPins(0, 0.4 * wall.held);
    simulation.run(100);
    expect(simulation.acts.at(-1)).toMatchObject({ phase: 'running', rule: 'cache' });
    rise(wall, simulation, LIMIT);
    expect(simulation.run(60_000).phase).toBe('running');
    expect(simulation.judge.asksPinsAt).toBe(-1);
  });

  it('without any pins is cache too: nothing was counted is not nothing to count', () => {
    const { wall, simulation } = container();
    rise(wall, simulation, 0.92 * LIMIT);
    simulation.judge.countPins(0, 0);
    expect(simulation.run(100).phase).toBe('running');
    expect(simulation.judge.headroomShare).toBe(Number.POSITIVE_INFINITY);
  });

  it('that pins explain stays paused', () => {
    const { wall, simulation } = container();
    rise(wall, simulation, 0.92 * LIMIT);
    simulation.judge.countPins(0, 0.6 * wall.held);
    expect(simulation.run(60_000).phase).toBe('paused');
    expect(simulation.judge.asksPinsAt).toBe(-1);
  });

  it('whose pins cannot be counted stays paused', () => {
    const { wall, simulation } = container();
    rise(wall, simulation, 0.92 * LIMIT);
    simulation.judge.countPins(0, -1);
    expect(simulation.run(60_000).phase).toBe('paused');
  });

  it('is over where maxheld has been at the limit before: held at the limit is the normal state', () => {
    const { simulation } = container({ held: 3_459_589, judged: 3_459_589, maxheld: 3_460_259 });
    expect(simulation.run(60_000).acts).toEqual([]);
  });
});

describe('a failure of dcachesize on openvz-042', () => {
  const full = { held: 3_459_589, judged: 3_459_589, maxheld: 3_460_259, failcnt: 5 };

  it('is a pause at the first, a stop at the second where the daemon pins it', () => {
    const { wall, simulation } = container();
    rise(wall, simulation, 0.5 * LIMIT);
    wall.failcnt = 1;
    simulation.run(100);
    expect(simulation.acts.at(-1)).toMatchObject({ phase: 'paused', band: 'stop', rule: 'failcnt' });
    wall.failcnt = 2;
    simulation.run(100);
    expect(simulation.acts.at(-1)).toMatchObject({ phase: 'stopping', rule: 'failcnt' });
  });

  it('asks for the pins again, and is a stop at once where they explain it', () => {
    const { wall, simulation } = container(full);
    wall.failcnt += 1;
    simulation.run(100);
    expect(simulation.phase).toBe('paused');
    expect(simulation.judge.asksPinsAt).toBe(0);
    simulation.judge.countPins(0, 0.8 * wall.held);
    simulation.run(100);
    expect(simulation.acts.at(-1)).toMatchObject({ phase: 'stopping', rule: 'failcnt' });
  });

  it('that the daemon has no part in pauses it at most', () => {
    const { wall, simulation } = container(full);
    simulation.run(5000, 100, () => {
      wall.failcnt += 1;
    });
    simulation.judge.countPins(0, 0.01 * wall.held);
    simulation.run(5000, 100, () => {
      wall.failcnt += 1;
    });
    expect(simulation.acts.map(({ phase }) => phase)).not.toContain('stopping');
    expect(simulation.phase).toBe('paused');
  });

  it('is no part of a daemon that pins nothing, however much was cached since its start', () => {
    const { wall, simulation } = container();
    rise(wall, simulation, 0.92 * LIMIT);
    simulation.judge.countPins(0, 0);
    simulation.run(1000, 100, () => {
      wall.failcnt += 1;
    });
    simulation.judge.countPins(0, 0);
    simulation.run(60_000, 100, () => {
      wall.failcnt += 1;
    });
    expect(simulation.phase).toBe('paused');
    expect(simulation.rule).toBe('others');
  });
});
