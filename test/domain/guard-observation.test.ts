import { describe, expect, it } from 'vitest';
import { Judge } from '../../src/domain/guard-observation.ts';
import { PHASES, RULES } from '../../src/domain/lifecycle.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { FLAG_CONFIRMED } from '../../src/domain/policy-table.ts';
import { dcache, reading, Simulation } from '../support/guard-simulation.ts';

const MINUTE_MS = 60_000;

describe('the bands of a wall', () => {
  it('throttle, pause and let go, each once', () => {
    const wall = reading();
    const simulation = new Simulation({ walls: [wall] });
    wall.judged = 860;
    simulation.run(1000);
    wall.judged = 910;
    simulation.run(1000);
    wall.judged = 700;
    simulation.run(2 * MINUTE_MS);
    expect(simulation.acts.map(({ phase, rule }) => [phase, rule])).toEqual([
      ['throttled', 'share'],
      ['paused', 'share'],
      ['running', 'relief'],
    ]);
  });

  it('say why, also at the very first look', () => {
    const judge = new Judge({
      walls: [reading({ judged: 920 })],
      policy: DEFAULT_POLICY,
      platform: 'cgroup2',
    });
    judge.observe(0);
    expect([PHASES[judge.phase], RULES[judge.rule], judge.flags]).toEqual(['starting', 'share', 0]);
  });

  it('do not resume before ample has lasted a minute without a break', () => {
    const wall = reading({ judged: 920 });
    const simulation = new Simulation({ walls: [wall] }).run(100);
    wall.judged = 700;
    simulation.run(59_000);
    wall.judged = 800;
    simulation.run(200);
    wall.judged = 700;
    simulation.run(59_000);
    expect(simulation.phase).toBe('paused');
    simulation.run(2000);
    expect(simulation.phase).toBe('running');
  });

  it.each([920, 870])(
    'tell of relief from %i at the wall that began it, though another is nearer by then',
    (judged) => {
      const walls = [reading({ resource: 'pids', judged: 600 }), reading({ judged })];
      const simulation = new Simulation({ walls }).run(100);
      Object.assign(walls[1] ?? {}, { judged: 300 });
      simulation.run(61_000);
      expect([simulation.phase, simulation.rule, simulation.judge.wallIndex]).toEqual(['running', 'calm', 0]);
      expect(simulation.acts.at(-1)).toMatchObject({ phase: 'running', rule: 'relief', wallIndex: 1 });
    },
  );

  it('do not resume while it rises in ample', () => {
    const wall = reading({ judged: 920 });
    const simulation = new Simulation({ walls: [wall] }).run(100);
    wall.judged = 400;
    simulation.run(70_000, 100, () => {
      wall.judged += 0.3;
    });
    expect([simulation.phase, simulation.rule]).toEqual(['paused', 'calm']);
    expect(simulation.run(3000).phase).toBe('running');
  });

  it('at 80 % for years hold nobody who was paused for something else', () => {
    const disk = reading({ resource: 'disk_space', source: 'statfs', judged: 800 });
    const memory = reading({ judged: 920 });
    const simulation = new Simulation({ walls: [disk, memory] }).run(100);
    memory.judged = 600;
    expect(simulation.run(61_000).phase).toBe('running');
  });

  it('bind at the harshest wall, and of equals at the nearest', () => {
    const simulation = new Simulation({
      walls: [reading({ judged: 10 }), reading({ judged: 870 }), reading({ judged: 860 })],
    });
    expect(simulation.judge.wallIndex).toBe(1);
    const harsher = new Simulation({
      walls: [reading({ judged: 890 }), reading({ wall: 2000, judged: 1801 })],
    });
    expect(harsher.judge.wallIndex).toBe(1);
  });

  it('follow a wall that moves', () => {
    const wall = reading({ judged: 500 });
    const simulation = new Simulation({ walls: [wall] }).run(1000);
    wall.wall = 540;
    simulation.run(100);
    expect(simulation.phase).toBe('paused');
  });

  it('follow a policy that is reloaded, and forget nothing', () => {
    const wall = dcache({ judged: 300, wall: 1000 });
    const simulation = new Simulation({ walls: [wall], platform: 'openvz-028' });
    wall.judged = 700;
    expect(simulation.run(1000).phase).toBe('running');
    simulation.judge.adopt({ policy: { throttleAt: 0.5, pauseAt: 0.6, stopAt: 0.65 }, graceMs: 500 });
    simulation.run(100);
    // Its part in the wall is still counted from its start.
    expect([simulation.phase, simulation.judge.contributes]).toEqual(['paused', true]);
    wall.failcnt += 1;
    simulation.run(700);
    expect(simulation.acts.map(({ phase }) => phase)).toEqual(['paused', 'stopping', 'killing']);
  });

  it('do nothing where there is no wall', () => {
    const wall = reading({ wall: Number.POSITIVE_INFINITY, judged: 1e15 });
    expect(new Simulation({ walls: [wall] }).run(1000).acts).toEqual([]);
  });
});

describe('a stop', () => {
  const atWall = (
    change: Parameters<typeof reading>[0],
    everyLook: (wall: ReturnType<typeof reading>) => void,
  ) => {
    const wall = reading({ judged: 100, ...change });
    const simulation = new Simulation({ walls: [wall] });
    wall.judged = 960;
    return simulation.run(3000, 100, () => everyLook(wall));
  };

  it('is a pause as long as nothing confirms it', () => {
    const simulation = atWall({}, () => {});
    expect(simulation.acts.map(({ phase }) => phase)).toEqual(['paused']);
  });

  it.each([
    ['failcnt', {}, { failcnt: 1 }],
    ['hits', {}, { hits: 1 }],
    ['under-oom', { source: 'cgroup1', stallMicroseconds: -1, underOom: 0 }, { underOom: 1 }],
  ] as const)('is confirmed by %s at the second reading, never at the first', (rule, start, signal) => {
    const simulation = atWall(start, (wall) => Object.assign(wall, signal));
    expect(simulation.acts.map(({ atMs, phase }) => [atMs, phase])).toEqual([
      [100, 'paused'],
      [200, 'stopping'],
    ]);
    expect(simulation.acts[1]?.rule).toBe(rule);
  });

  it('is confirmed by tasks that stand still for a tenth of the time', () => {
    const stalled = (share: number) =>
      atWall({}, (wall) => {
        wall.stallMicroseconds += share * 100_000;
      });
    expect(stalled(0.12).acts.at(-1)).toMatchObject({ phase: 'stopping', rule: 'stall' });
    expect(stalled(0.08).phase).toBe('paused');
  });

  it('is confirmed by a rise that goes on although the daemon is frozen', () => {
    const simulation = atWall({}, (wall) => {
      wall.judged += 0.5;
    });
    expect(simulation.acts.at(-1)).toMatchObject({ phase: 'stopping', rule: 'rises-while-paused' });
  });

  it('on a wall without counters must last a second', () => {
    const bare = { failcnt: -1, hits: -1, stallMicroseconds: -1 } as const;
    const simulation = atWall(bare, () => {});
    expect(simulation.acts.map(({ atMs, phase }) => [atMs, phase])).toEqual([
      [100, 'paused'],
      [1100, 'stopping'],
    ]);
    expect(simulation.acts[1]?.rule).toBe('stop-lasts');
  });

  it('is confirmed by a failure of ten seconds ago, and by no older one', () => {
    const confirmedAfter = (ageMs: number): boolean => {
      const wall = reading();
      const simulation = new Simulation({ walls: [wall] });
      wall.failcnt = 1;
      simulation.run(100).run(ageMs - 100, ageMs - 100);
      wall.judged = 960;
      simulation.run(100).tick();
      return simulation.phase === 'stopping';
    };
    expect([confirmedAfter(10_000), confirmedAfter(10_001)]).toEqual([true, false]);
  });

  it('is not confirmed by failures from before the start', () => {
    const wall = reading({ failcnt: 77, hits: 4_600_000 });
    const simulation = new Simulation({ walls: [wall] });
    wall.judged = 960;
    expect(simulation.run(3000).phase).toBe('paused');
  });

  it('goes from TERM to KILL by its grace, and KILLs again every second', () => {
    const wall = reading();
    const simulation = new Simulation({ walls: [wall], graceMs: 15_000 });
    Object.assign(wall, { judged: 960, failcnt: 1 });
    simulation.run(19_000);
    expect(simulation.acts.map(({ atMs, actions }) => [atMs, actions])).toEqual([
      [100, ['FREEZE', 'ALERT']],
      [200, ['TERM', 'ALERT']],
      [15_200, ['KILL', 'ALERT']],
      [16_200, ['KILL']],
      [17_200, ['KILL']],
      [18_200, ['KILL']],
    ]);
    expect(simulation.acts[2]?.rule).toBe('grace-over');
  });

  it('counts its grace from TERM, though there is room again', () => {
    const wall = reading();
    const simulation = new Simulation({ walls: [wall] });
    Object.assign(wall, { judged: 960, failcnt: 1 });
    simulation.run(300);
    simulation.run(9000, 100, (nowMs) => {
      wall.judged = nowMs % 1000 === 0 ? 960 : 100;
    });
    expect(simulation.acts[2]).toMatchObject({ phase: 'killing', atMs: 8200, rule: 'grace-over' });
  });

  it('KILLs at once what goes on filling a confirmed wall after TERM', () => {
    const wall = reading({ judged: 900 });
    const simulation = new Simulation({ walls: [wall] });
    Object.assign(wall, { judged: 955, failcnt: 1 });
    simulation.run(300);
    simulation.run(1000, 100, () => {
      wall.judged += 4;
    });
    expect(simulation.acts.at(-1)).toMatchObject({ phase: 'killing' });
    expect(simulation.nowMs).toBeLessThan(8000);
  });
});

describe('a brake that is held', () => {
  const v1 = { source: 'cgroup1', stallMicroseconds: -1, underOom: 1, judged: 500 } as const;

  it('for 30 s without relief is pinned excess: a stop, whatever the share', () => {
    const simulation = new Simulation({ walls: [reading(v1)] }).run(30_500);
    expect(simulation.acts.at(-1)).toMatchObject({ phase: 'stopping', rule: 'pinned-excess' });
  });

  it('that lets go once in a while is doing its work', () => {
    const wall = reading(v1);
    const simulation = new Simulation({ walls: [wall] }).run(120_000, 100, (nowMs) => {
      wall.underOom = nowMs % 20_000 === 0 ? 0 : 1;
    });
    expect(simulation.acts).toEqual([]);
  });

  it('on v2 is told by pressure together with reclaim, not by pressure alone', () => {
    const braked = (hitsPerLook: number) => {
      const wall = reading({ judged: 500 });
      return new Simulation({ walls: [wall] }).run(33_000, 100, () => {
        wall.stallMicroseconds += 45_000;
        wall.hits += hitsPerLook;
      });
    };
    expect(braked(1).acts.at(-1)).toMatchObject({ phase: 'stopping', rule: 'pinned-excess' });
    expect(braked(0).acts).toEqual([]);
  });

  it('does not count while the daemon is frozen: it could relieve nothing', () => {
    const wall = reading(v1);
    const simulation = new Simulation({ walls: [wall] });
    wall.judged = 920;
    expect(simulation.run(10 * MINUTE_MS).phase).toBe('paused');
  });
});

describe('a pause', () => {
  it('outside ample ends in a stop after half an hour: nothing stays stopped for ever', () => {
    const wall = reading({ judged: 920 });
    const simulation = new Simulation({ walls: [wall] }).run(100);
    wall.judged = 800;
    simulation.run(30 * MINUTE_MS - 2000, 1000);
    expect(simulation.phase).toBe('paused');
    simulation.run(4000, 1000);
    expect(simulation.acts.at(-1)).toMatchObject({ phase: 'stopping', rule: 'pause-over' });
  });

  it('for a full disk waits for as long as it takes: ending the daemon would free nothing', () => {
    const disk = reading({ resource: 'disk_space', source: 'statfs', judged: 990 });
    const simulation = new Simulation({ walls: [disk] }).run(5 * 60 * MINUTE_MS, 1000);
    expect(simulation.acts.map(({ phase }) => phase)).toEqual(['paused']);
    expect([simulation.judge.mayStop, simulation.judge.contributes]).toEqual([false, true]);
  });

  it('waits twice as long after each flap, at most an hour', () => {
    const wall = reading();
    const simulation = new Simulation({ walls: [wall] });
    simulation.run(12 * 60 * MINUTE_MS, 1000, () => {
      wall.judged = simulation.phase === 'paused' ? 500 : 920;
    });
    const starts = simulation.acts.filter(({ phase }) => phase === 'paused').map(({ atMs }) => atMs);
    const lengths = starts
      .slice(1)
      .map((atMs, index) => Math.round((atMs - (starts[index] ?? 0)) / MINUTE_MS));
    // The third pause waits for the ten minutes in which no fourth may begin.
    expect(lengths.slice(0, 8)).toEqual([1, 2, 7, 8, 16, 32, 60, 60]);
  });

  it('takes no short look at the stop band for one that lasts', () => {
    const wall = reading({ judged: 949.6 });
    const simulation = new Simulation({ walls: [wall] }).run(5 * MINUTE_MS);
    wall.judged = 950;
    expect(simulation.run(2000).band).toBe('stop');
    wall.judged = 949.6;
    expect(simulation.run(MINUTE_MS).phase).toBe('paused');
  });

  it('by hand ends at its hour, not at the relief of a wall', () => {
    const wall = reading();
    const simulation = new Simulation({ walls: [wall] }).run(MINUTE_MS);
    simulation.judge.pauseByHand(simulation.nowMs + 10 * MINUTE_MS);
    simulation.judge.enter(PHASES.indexOf('paused'), simulation.nowMs);
    expect(simulation.run(9 * MINUTE_MS).phase).toBe('paused');
    expect(simulation.run(2 * MINUTE_MS).phase).toBe('running');
  });

  it('by hand without an hour lasts until somebody resumes, and still stops at a confirmed wall', () => {
    const wall = reading();
    const simulation = new Simulation({ walls: [wall] }).run(1000);
    simulation.judge.pauseByHand(Number.POSITIVE_INFINITY);
    simulation.judge.enter(PHASES.indexOf('paused'), simulation.nowMs);
    wall.judged = 800;
    expect(simulation.run(120 * MINUTE_MS, 1000).phase).toBe('paused');
    Object.assign(wall, { judged: 960, failcnt: 1 });
    expect(simulation.run(3000).phase).toBe('stopping');
  });

  it('does not age while somebody else holds the daemon frozen', () => {
    const wall = reading({ judged: 920 });
    const simulation = new Simulation({ walls: [wall] }).run(1000);
    wall.judged = 800;
    simulation.run(20 * MINUTE_MS, 1000);
    simulation.nowMs += 60 * MINUTE_MS;
    simulation.judge.shift(60 * MINUTE_MS);
    expect(simulation.run(9 * MINUTE_MS, 1000).phase).toBe('paused');
    simulation.run(2 * MINUTE_MS, 1000);
    expect(simulation.acts[1]).toMatchObject({ phase: 'stopping', rule: 'pause-over' });
  });
});

describe('a gap', () => {
  it('keeps the pace it came at, for the next look may still be in time', () => {
    const wall = reading({ judged: 900 });
    const simulation = new Simulation({ walls: [wall] }).run(100);
    const paceMs = simulation.judge.toWallMs;
    expect(paceMs).toBeLessThan(1000);
    wall.judged = -1;
    simulation.run(100);
    expect(simulation.judge.toWallMs).toBe(paceMs);
  });

  it('never resumes a paused daemon and never stops it', () => {
    const wall = reading({ judged: 920 });
    const simulation = new Simulation({ walls: [wall] }).run(100);
    Object.assign(wall, { judged: -1, held: -1, failcnt: -1, hits: -1, stallMicroseconds: -1 });
    simulation.run(5 * 60 * MINUTE_MS, 1000);
    expect(simulation.acts.map(({ phase }) => phase)).toEqual(['paused']);
    expect(simulation.rule).toBe('gap');
    expect(simulation.judge.flags & FLAG_CONFIRMED).toBe(0);
  });

  it('is told of where a pause depends on it, and not on every look', () => {
    const wall = reading({ judged: 920 });
    const simulation = new Simulation({ walls: [wall] }).run(100);
    wall.judged = -1;
    let told = 0;
    simulation.run(60 * MINUTE_MS, 1000, () => {
      told += simulation.judge.alertIndex === 0 ? 1 : 0;
    });
    expect(told).toBe(2);
  });

  it('in one wall does not hide another', () => {
    const simulation = new Simulation({ walls: [reading({ judged: -1 }), reading({ judged: 920 })] }).run(
      100,
    );
    expect(simulation.phase).toBe('paused');
  });

  it('makes no failure of the count that follows it', () => {
    const wall = reading({ failcnt: -1 });
    const simulation = new Simulation({ walls: [wall] }).run(1000);
    Object.assign(wall, { failcnt: 9, judged: 960 });
    expect(simulation.run(2000).phase).toBe('paused');
  });
});

describe('a wall shared with others', () => {
  const scene = (ownJudged: number, sharedJudged: number) => {
    const own = reading({ wall: Number.POSITIVE_INFINITY, judged: 10 });
    const shared = reading({ isShared: true, judged: 100 });
    const simulation = new Simulation({ walls: [own, shared] });
    own.judged = ownJudged;
    shared.judged = sharedJudged;
    simulation.run(1000);
    shared.failcnt = 1;
    return simulation.run(1000);
  };

  it('stops a daemon that holds a fifth of it', () => {
    expect(scene(200, 960).phase).toBe('stopping');
  });

  it('stops a daemon that is why it grew', () => {
    const own = reading({ wall: Number.POSITIVE_INFINITY, judged: 10 });
    const shared = reading({ isShared: true, judged: 800 });
    const simulation = new Simulation({ walls: [own, shared] });
    Object.assign(own, { judged: 100 });
    Object.assign(shared, { judged: 960, failcnt: 1 });
    expect(simulation.run(1000).phase).toBe('stopping');
  });

  it('counts a fifth as a part in it, and half of the growth as its own', () => {
    const contributes = (ownJudged: number, sharedJudged: number): boolean => {
      const own = reading({ wall: Number.POSITIVE_INFINITY, judged: 0 });
      const shared = reading({ isShared: true, judged: 600 });
      const { judge } = new Simulation({ walls: [shared, own] });
      own.judged = ownJudged;
      shared.judged = sharedJudged;
      judge.observe(100);
      judge.observe(200);
      return judge.contributes;
    };
    expect([contributes(180, 900), contributes(179, 1000)]).toEqual([true, false]);
    expect([contributes(150, 900), contributes(149, 900)]).toEqual([true, false]);
    expect(contributes(1, 590)).toBe(false);
  });

  it('only pauses for what others hold, for as long as they do, and tells', () => {
    const simulation = scene(20, 960);
    expect(simulation.acts).toMatchObject([{ phase: 'paused', band: 'pause', rule: 'others' }]);
    expect([simulation.judge.mayStop, simulation.judge.contributes]).toEqual([false, false]);
    expect(simulation.run(60 * MINUTE_MS, 1000).phase).toBe('paused');
  });

  it('without a row of the daemon is judged by what was added since its start', () => {
    const grown = dcache({ judged: 300 });
    const simulation = new Simulation({ walls: [grown], platform: 'openvz-028' });
    Object.assign(grown, { judged: 960, failcnt: 1 });
    expect(simulation.run(1000).phase).toBe('stopping');
    const full = dcache({ judged: 940 });
    const late = new Simulation({ walls: [full], platform: 'openvz-028' });
    Object.assign(full, { judged: 960, failcnt: 1 });
    expect(late.run(1000).phase).toBe('paused');
  });
});

describe('the headroom that a slow start watches', () => {
  const headroomOf = (...walls: readonly ReturnType<typeof reading>[]): number =>
    new Simulation({ walls }).judge.headroomShare;

  it('is what the nearest wall leaves that may stop', () => {
    const disk = reading({ resource: 'disk_space', judged: 999 });
    expect(headroomOf(reading({ judged: 400 }), disk, reading({ judged: 700 }))).toBeCloseTo(0.3);
    expect(headroomOf(reading({ judged: 1200 }))).toBe(0);
  });

  it('is endless without a wall, and a gap where one could not be read', () => {
    expect(headroomOf(reading({ wall: Number.POSITIVE_INFINITY }))).toBe(Number.POSITIVE_INFINITY);
    expect(headroomOf(reading({ judged: -1 }), reading({ judged: 500 }))).toBe(-1);
    expect(headroomOf(reading({ resource: 'disk_space', judged: -1 }), reading({ judged: 500 }))).toBe(0.5);
  });
});

describe('resources with less power', () => {
  it('are told of once in half an hour and lead to nothing', () => {
    const shm = reading({ resource: 'shmpages', source: 'beancounters', judged: 500 });
    const simulation = new Simulation({ walls: [shm] }).run(1000);
    shm.judged = 800;
    expect(simulation.run(1000).judge.alertIndex).toBe(-1);
    shm.judged = 980;
    const told: number[] = [];
    for (let look = 0; look < 600; look++) {
      simulation.run(6000, 6000);
      if (simulation.judge.alertIndex === 0) told.push(simulation.nowMs);
    }
    expect(told).toHaveLength(2);
    expect((told[1] ?? 0) - (told[0] ?? 0)).toBe(30 * MINUTE_MS);
    expect([simulation.acts, simulation.judge.wallIndex]).toEqual([[], -1]);
  });
});
