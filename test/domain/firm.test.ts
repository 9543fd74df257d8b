import { describe, expect, it } from 'vitest';
import { firmIn } from '../../src/domain/firm.ts';
import { MiB } from '../../src/domain/units.ts';
import { row, snapshot } from '../support/snapshots.ts';

const SIZES = { beancounterUnitBytes: 939, watchPinBytes: 1216 };
const watches = (held: number) => row('inotify_watches', { source: 'inotify', held });

describe('watches of a user', () => {
  const memory = row('memory', { source: 'cgroup1', limit: 48 * MiB, held: 6 * MiB, reclaimable: 2 * MiB });
  const slab = row('dcachesize', { source: 'cgroup1', held: 3 * MiB });

  it('are firm in what reclaim could otherwise give back', () => {
    const seen = snapshot('cgroup1', memory, slab, watches(1000));
    expect(firmIn(seen, memory, SIZES)).toBe(4 * MiB + 1000 * 1216);
    expect(firmIn(seen, slab, SIZES)).toBe(1000 * 1216);
  });

  it('never make more firm than is held: those of another container are charged there', () => {
    const seen = snapshot('cgroup1', memory, slab, watches(30_000));
    expect(firmIn(seen, memory, SIZES)).toBe(6 * MiB);
    expect(firmIn(seen, slab, SIZES)).toBe(3 * MiB);
  });
});
