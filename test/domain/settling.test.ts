import { describe, expect, it } from 'vitest';
import { isSettled, type StillReading } from '../../src/domain/settling.ts';

const STILL_MS = 4000;
const MB = 1_000_000;

/** A reading each 200 ms for 6 s, of a daemon that stands still but for what `change` makes of it. */
const readings = (change: (index: number) => Partial<StillReading> = () => ({})): StillReading[] =>
  Array.from({ length: 31 }, (_, index) => ({
    atMs: index * 200,
    processes: 2,
    watches: 261,
    kernelBytes: 20 * MB,
    processorTicks: 100,
    waitingTasks: 0,
    ...change(index),
  }));

const isStill = (change?: (index: number) => Partial<StillReading>): boolean =>
  isSettled(readings(change), STILL_MS);

describe('a daemon has settled', () => {
  it('when nothing changes any more, whatever it did before', () => {
    expect(isStill()).toBe(true);
    expect(isStill((index) => (index < 5 ? { processes: 4, watches: 3, kernelBytes: MB } : {}))).toBe(true);
  });

  it('and where neither watches nor kernel memory can be read', () => {
    expect(isStill(() => ({ watches: null, kernelBytes: null }))).toBe(true);
  });

  it('not before it was looked at for that long', () => {
    expect(isSettled(readings().slice(0, 20), STILL_MS)).toBe(false);
    expect(isSettled([], STILL_MS)).toBe(false);
  });

  it('not while it places watches, starts processes or fills the caches', () => {
    expect(isStill((index) => (index === 29 ? { watches: 262 } : {}))).toBe(false);
    expect(isStill((index) => (index === 20 ? { processes: 3 } : {}))).toBe(false);
    expect(isStill((index) => ({ kernelBytes: 20 * MB + index * 20_000 }))).toBe(false);
  });

  it('not while it works, nor while it waits for a disk', () => {
    expect(isStill((index) => ({ processorTicks: index * 4 }))).toBe(false);
    expect(isStill((index) => ({ processorTicks: index }))).toBe(true);
    expect(isStill((index) => (index === 28 ? { waitingTasks: 1 } : {}))).toBe(false);
  });
});
