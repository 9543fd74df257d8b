import { describe, expect, it } from 'vitest';
import type { RunningFolder } from '../../src/companion/folders.ts';
import { type OwnPause, type OwnPauseScene, ownPause } from '../../src/companion/own-pause.ts';
import { BANDS, type Band, PHASES, type Phase, RULES, type Rule } from '../../src/domain/lifecycle.ts';
import { RESOURCE_NAMES, type ResourceName } from '../../src/domain/resource.ts';
import { failure, success } from '../../src/domain/result.ts';
import { renderGuardOrder } from '../../src/formats/control-message.ts';
import { emptyRecord } from '../../src/formats/guard-record.ts';

interface Moment {
  readonly phase: Phase;
  readonly band?: Band;
  readonly rule?: Rule;
  readonly resource?: ResourceName;
}

/** A companion's clock and surroundings; what was done, in order. */
class Surroundings {
  readonly done: string[] = [];
  readonly #course: OwnPause;
  #nowMs = 0;

  constructor(change: Partial<OwnPauseScene> = {}) {
    this.#course = ownPause({
      folders: {
        readLeftPaused: () => [],
        readRunning: () => success([this.folder('books'), this.folder('notes')]),
        keepPaused: (folders) => {
          this.done.push(`kept ${folders.map(({ id }) => id).join(' ')}`);
          return true;
        },
      },
      isBusy: () => false,
      release: async () => {
        this.done.push('released');
        return null;
      },
      order: (order) => this.done.push(renderGuardOrder(order).trim()) > 0,
      awaitRecord: async () => true,
      countWatches: () => null,
      reclaim: async () => void this.done.push('reclaimed'),
      now: () => this.#nowMs,
      pause: () => new Promise(() => {}),
      say: () => {},
      ...change,
    });
  }

  folder(id: string, pause: RunningFolder['pause'] = async () => success(null)): RunningFolder {
    return {
      id,
      label: id,
      pause: () => {
        this.done.push(`asked ${id}`);
        return pause();
      },
    };
  }

  get heldBack(): readonly string[] | null {
    return this.#course.readHeldBack()?.folders ?? null;
  }

  resume(): void {
    this.#course.resume();
  }

  /** A person's word, which the sentinel obeys then. */
  pause(forMs: number | null = null): Promise<boolean> {
    return this.#course.pause(forMs);
  }

  /** A record a second for so long; what they start is over afterwards. */
  async see(
    { phase, band = 'pause', rule = 'share', resource = 'memory' }: Moment,
    seconds: number,
  ): Promise<this> {
    for (let second = 0; second <= seconds; second += 1) {
      this.#course.look({
        ...emptyRecord(),
        phase: PHASES.indexOf(phase),
        band: BANDS.indexOf(band),
        rule: RULES.indexOf(rule),
        resource: RESOURCE_NAMES.indexOf(resource),
      });
      this.#nowMs += 1000;
      await new Promise(setImmediate);
    }
    return this;
  }
}

const ASKED = ['hear 10000', 'kept books notes', 'asked books', 'asked notes', 'reclaimed', 'heard paused'];

describe('a pause of the daemon’s own', () => {
  it('is asked for when a pause at a wall has lasted, and what is paused is kept before the first request', async () => {
    const there = new Surroundings();
    await there.see({ phase: 'paused' }, 3);
    expect(there.done).toEqual([]);
    await there.see({ phase: 'paused' }, 3);
    expect(there.done).toEqual(ASKED);
    expect(there.heldBack).toEqual(['books', 'notes']);
  });

  it.each([
    ['by a person', { phase: 'paused', rule: 'command' }],
    ['at a disk', { phase: 'paused', resource: 'disk_space' }],
    ['that is about to end', { phase: 'paused', band: 'ample' }],
  ] as const)('is not asked for in a pause %s', async (_, moment) => {
    expect((await new Surroundings().see(moment, 60)).done).toEqual([]);
  });

  it('is not requested from a daemon that the sentinel does not let hear: it would be obeyed whenever it thaws', async () => {
    const there = new Surroundings({ awaitRecord: async () => false });
    expect((await there.see({ phase: 'paused' }, 60)).done).toEqual(['hear 10000']);
    expect(there.heldBack).toBeNull();
  });

  it('is not requested where it cannot be kept on disk that it was', async () => {
    const there: Surroundings = new Surroundings({
      folders: {
        readLeftPaused: () => [],
        readRunning: () => success([there.folder('books')]),
        keepPaused: () => false,
      },
    });
    expect((await there.see({ phase: 'paused' }, 60)).done).toEqual(['hear 10000', 'heard nothing']);
  });

  it('that is not answered leaves the judgement to the sentinel, and is released later all the same', async () => {
    const there: Surroundings = new Surroundings({
      folders: {
        readLeftPaused: () => [],
        readRunning: () => success([there.folder('books', async () => failure('no answer'))]),
        keepPaused: () => true,
      },
    });
    await there.see({ phase: 'paused' }, 60);
    expect(there.done).toEqual(['hear 10000', 'asked books', 'heard nothing']);
    await there.see({ phase: 'running', band: 'ample' }, 61);
    expect(there.done.at(-1)).toBe('released');
  });

  it('may be heard on as long as watches are given back, and says how many there were', async () => {
    const said: string[] = [];
    const counts = [300, 200, 100, 0, 0];
    const there = new Surroundings({
      countWatches: () => counts.shift() ?? 0,
      pause: async (ms) => (ms === 1_000 ? undefined : await new Promise(() => {})),
      say: (_, text) => said.push(text),
    });
    const { done } = await there.see({ phase: 'paused' }, 6);
    expect(done).toEqual([...ASKED.slice(0, 4), 'hear 10000', 'hear 10000', ...ASKED.slice(4)]);
    expect(said).toEqual(['it has paused books, notes itself: 300 watches before, 0 now']);
  });

  it('is asked for once a pause, and again in the next', async () => {
    const there = new Surroundings({ release: async () => null });
    await there.see({ phase: 'paused' }, 60);
    await there.see({ phase: 'running', band: 'ample' }, 61);
    await there.see({ phase: 'paused' }, 60);
    expect(there.done).toEqual([...ASKED, ...ASKED]);
  });

  it('ends when the daemon has run far from every wall for a minute, and not a look before', async () => {
    const there = new Surroundings();
    await there.see({ phase: 'paused' }, 6);
    await there.see({ phase: 'running', band: 'ample' }, 50);
    await there.see({ phase: 'running', band: 'warm' }, 50);
    await there.see({ phase: 'throttled', band: 'ample' }, 200);
    await there.see({ phase: 'running', band: 'ample' }, 58);
    expect(there.done).toEqual(ASKED);
    await there.see({ phase: 'running', band: 'ample' }, 2);
    expect(there.done).toEqual([...ASKED, 'released']);
    expect(there.heldBack).toBeNull();
  });

  it('lasts twice as long each time that it comes again soon', async () => {
    const there = new Surroundings();
    for (const seconds of [61, 121, 241]) {
      await there.see({ phase: 'paused' }, 6);
      await there.see({ phase: 'running', band: 'ample' }, seconds - 3);
      expect(there.done.at(-1)).toBe('heard paused');
      await there.see({ phase: 'running', band: 'ample' }, 3);
      expect(there.done.at(-1)).toBe('released');
    }
  });

  it('ends at once on a person’s word', async () => {
    const there = new Surroundings();
    there.resume();
    await there.see({ phase: 'paused' }, 6);
    there.resume();
    expect(there.done).toEqual([...ASKED, 'released']);
  });

  it('that an earlier companion has left is released by the next', async () => {
    const there = new Surroundings({
      folders: { readLeftPaused: () => ['books'], readRunning: () => failure('-'), keepPaused: () => true },
    });
    expect(there.heldBack).toEqual(['books']);
    await there.see({ phase: 'running', band: 'ample' }, 61);
    expect(there.done).toEqual(['released']);
  });

  it('of which something does not fit is tried again, later each time', async () => {
    let tries = 0;
    const there = new Surroundings({
      release: async () => {
        tries += 1;
        return { folders: ['books'], reason: 'Does not fit.' };
      },
    });
    await there.see({ phase: 'paused' }, 6);
    await there.see({ phase: 'running', band: 'ample' }, 60 + 120 + 240 + 5);
    expect(tries).toBe(3);
    expect(there.heldBack).toEqual(['books']);
  });
});

const ASKED_BY_WORD = ['kept books notes', 'asked books', 'asked notes', 'reclaimed', 'heard paused'];
const RUNNING: Moment = { phase: 'running', band: 'ample' };
const HELD: Moment = { phase: 'paused', band: 'ample', rule: 'command' };

describe('a person’s pause', () => {
  it('asks a daemon that runs first, and it may be frozen when it has answered', async () => {
    const there = await new Surroundings().see(RUNNING, 1);
    expect(await there.pause()).toBe(true);
    expect(there.done).toEqual(ASKED_BY_WORD);
    expect(there.heldBack).toEqual(['books', 'notes']);
  });

  it.each([
    ['that a band has frozen: it would not hear', { phase: 'paused' }, null],
    ['for a shorter time than a new scan is worth', RUNNING, 59_999],
  ] as const)('is a freeze alone for one %s', async (_, moment, forMs) => {
    const there = await new Surroundings().see(moment, 1);
    expect(await there.pause(forMs)).toBe(true);
    expect(there.done).toEqual([]);
  });

  it('stays as it is while frozen, and is released when it goes on, but not for a signal that is passed on', async () => {
    const there = await new Surroundings().see(RUNNING, 1);
    await there.pause();
    await there.see(HELD, 600);
    await there.see(RUNNING, 2);
    await there.see(HELD, 60);
    expect(there.done).toEqual(ASKED_BY_WORD);
    await there.see(RUNNING, 6);
    expect(there.done).toEqual([...ASKED_BY_WORD, 'released']);
  });

  it('that is called off before its watches are back is not frozen, and what was paused is released', async () => {
    const there: Surroundings = new Surroundings({
      countWatches: () => 100,
      pause: async (ms) => {
        if (ms === 1_000) there.resume();
        await there.see(RUNNING, 20);
      },
    });
    await there.see(RUNNING, 1);
    expect(await there.pause()).toBe(false);
    expect(there.done.at(-1)).toBe('released');
  });

  it('freezes one that does not answer all the same', async () => {
    const there: Surroundings = new Surroundings({
      folders: {
        readLeftPaused: () => [],
        readRunning: () => success([there.folder('books', () => new Promise(() => {}))]),
        keepPaused: () => true,
      },
      pause: async () => {},
    });
    await there.see(RUNNING, 1);
    expect(await there.pause()).toBe(true);
    expect(there.done).toEqual(['asked books', 'heard nothing']);
    expect(there.heldBack).toEqual(['books']);
  });
});
