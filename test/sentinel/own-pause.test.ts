// The guard's own tick and hold, at a wall that the test moves, with a grip that only remembers.
import { describe, expect, it } from 'vitest';
import type { Grip } from '../../src/actuators/grip.ts';
import { Judge } from '../../src/domain/guard-observation.ts';
import { PHASES, phaseIndex } from '../../src/domain/lifecycle.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { compileTable } from '../../src/domain/policy-table.ts';
import { success } from '../../src/domain/result.ts';
import { openActionLine } from '../../src/sentinel/action-line.ts';
import { openChronicle } from '../../src/sentinel/chronicle.ts';
import { Hold } from '../../src/sentinel/hold.ts';
import { LastWill } from '../../src/sentinel/last-will.ts';
import { OwnPause } from '../../src/sentinel/own-pause.ts';
import { noRing } from '../../src/sentinel/ring.ts';
import { ServiceNotice } from '../../src/sentinel/service-notice.ts';
import { Tick } from '../../src/sentinel/tick.ts';
import { reading } from '../support/guard-simulation.ts';

class Scene {
  readonly ownPause: OwnPause;
  readonly judge: Judge;
  isFrozen = false;
  readonly #wall = reading();
  readonly #tick: Tick;
  #nowMs = 0;

  constructor() {
    const grip: Grip = {
      kind: 'signals',
      reason: 'a test',
      freeze: () => {
        this.isFrozen = true;
        return true;
      },
      thaw: () => {
        this.isFrozen = false;
        return true;
      },
      kill: () => true,
      terminate: () => {},
      isFrozen: () => this.isFrozen,
      isFrozenByOthers: () => false,
      refresh: () => 1,
      members: () => [],
      survey: () => {},
      rehearse: () => success(undefined),
      close: () => {},
    };
    const sensor = Object.assign(this.#wall, { scope: 'a test', judgedHigh: 0, read: () => true });
    this.judge = new Judge({ walls: [sensor], policy: DEFAULT_POLICY, platform: 'cgroup2' });
    const hold = new Hold({ grip, grace: null, mayFreeze: true });
    const line = openActionLine('a test', { isQuiet: true, isDryRun: false });
    const notice = new ServiceNotice({ descriptor: -1, daemon: 'a test', isDryRun: false });
    const chronicle = openChronicle({ ring: noRing(), line, notice });
    const parts = { sensors: [sensor], resources: Uint8Array.of(0), judge: this.judge, hold, chronicle };
    this.#tick = new Tick({ ...parts, table: compileTable(), will: new LastWill(), isDryRun: false }, 0);
    this.ownPause = new OwnPause({ judge: this.judge, tick: this.#tick });
    this.judge.enter(phaseIndex('running'), 0);
  }

  get phase(): string {
    return PHASES[this.judge.phase] ?? '';
  }

  hear(): this {
    this.ownPause.hear(10_000, this.#nowMs);
    return this;
  }

  settle(isPaused: boolean): this {
    this.ownPause.settle(isPaused, this.#nowMs);
    return this;
  }

  /** Ticks of 50 ms at this share of the wall; the share of them at which the daemon could run. */
  run(permille: number, forMs: number): number {
    Object.assign(this.#wall, { judged: permille, held: permille });
    let free = 0;
    for (let ms = 0; ms < forMs; ms += 50) {
      this.#nowMs += 50;
      this.#tick.run(this.#nowMs);
      free += Number(!this.isFrozen);
    }
    return free / (forMs / 50);
  }
}

const pausedScene = (): Scene => {
  const scene = new Scene();
  scene.run(920, 1_000);
  expect([scene.phase, scene.isFrozen]).toEqual(['paused', true]);
  return scene;
};

describe('a paused daemon that is asked to pause itself', () => {
  it('runs in slices, and is frozen again when the time is over and the wall as near', () => {
    const scene = pausedScene().hear();
    const share = scene.run(920, 9_000);
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.4);
    scene.run(920, 2_000);
    expect([scene.phase, scene.run(920, 2_000)]).toEqual(['paused', 0]);
  });

  it('is judged anew at the answer: it goes on where that has helped, and is frozen where not', () => {
    const helped = pausedScene().hear();
    helped.run(920, 1_000);
    helped.settle(true).run(500, 70_000);
    expect([helped.phase, helped.isFrozen]).toEqual(['running', false]);
    const as = pausedScene().hear();
    as.run(920, 1_000);
    as.settle(true).run(920, 100);
    expect([as.phase, as.isFrozen]).toEqual(['paused', true]);
  });

  it('is frozen at once at the stop band, and not let run there', () => {
    const scene = pausedScene().hear();
    scene.run(920, 1_000);
    scene.run(960, 50);
    expect([scene.phase, scene.isFrozen]).toEqual(['paused', true]);
    expect(scene.hear().run(960, 500)).toBe(0);
  });

  it('runs for five minutes at most, however often it is asked for', () => {
    const scene = pausedScene();
    for (let second = 0; second < 300; second += 5) scene.hear().run(920, 5_000);
    expect(scene.hear().run(920, 5_000)).toBe(0);
  });

  it('stays frozen where a person keeps it paused', () => {
    const scene = new Scene();
    scene.judge.pauseByHand(Number.POSITIVE_INFINITY);
    scene.judge.enter(phaseIndex('paused'), 0);
    scene.hear();
    expect(scene.phase).toBe('paused');
  });
});
