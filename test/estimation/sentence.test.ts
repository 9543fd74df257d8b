import { describe, expect, it } from 'vitest';
import type { PinSizes } from '../../src/domain/firm.ts';
import { type Load, NO_LOAD } from '../../src/domain/load.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { NO_AMOUNTS, type ProjectionContext, project } from '../../src/domain/projection.ts';
import type { Resource } from '../../src/domain/resource.ts';
import { exactly, MiB } from '../../src/domain/units.ts';
import { assess, type Brake, decideStart } from '../../src/domain/verdict.ts';
import { limitThatWouldDo } from '../../src/estimation/least-limit.ts';
import { sentenceOf } from '../../src/estimation/sentence.ts';
import { row, snapshot } from '../support/snapshots.ts';

const PINS: PinSizes = { beancounterUnitBytes: 0, watchPinBytes: 0 };
const BRAKE: Brake = { kind: 'memory-high', reason: 'delegated' };
const NO_BRAKE: Brake = { kind: 'none', reason: 'it may not wait' };

interface Scene {
  readonly rows: readonly Resource[];
  readonly load: Partial<Load>;
  readonly brake?: Brake;
  readonly context?: Partial<ProjectionContext>;
}

function told({ rows, load, brake = BRAKE, context = {} }: Scene): {
  wouldDoBytes: number | null;
  text: string;
} {
  const terms = {
    snapshot: snapshot('cgroup2', ...rows),
    load: { ...NO_LOAD, ...load },
    context: {
      ...PINS,
      running: NO_AMOUNTS,
      required: NO_AMOUNTS,
      walls: NO_AMOUNTS,
      roomSource: null,
      ...context,
    },
    policy: DEFAULT_POLICY,
    brake,
  };
  const assessment = assess(project(terms.snapshot, terms.load, terms.context), [], DEFAULT_POLICY);
  const decision = decideStart(assessment, brake, 'whole');
  const wouldDoBytes = limitThatWouldDo({ decision, assessment }, terms);
  const text = sentenceOf({
    decision,
    assessment,
    profiles: [],
    trees: [],
    trouble: null,
    brake,
    wouldDoBytes,
  });
  return { wouldDoBytes, text };
}

const memory = (limitMib: number, heldMib = 0, scope = 'test'): Resource =>
  row('memory', { source: 'cgroup2', scope, limit: limitMib * MiB, held: heldMib * MiB });

describe('the sentence of a refusal', () => {
  it('names the room, what must stay free in it, and the limit that would do', () => {
    const { text } = told({
      rows: [memory(64, 8)],
      load: { pinnedBytes: exactly(17 * MiB), touchedBytes: exactly(80 * MiB) },
      context: { roomSource: 'cgroup2' },
    });
    expect(text).toBe(
      'Does not fit: memory would reach 17.0 MiB of its 32.0 MiB room (53%), of which 16.0 MiB must stay free; the room is the container less what is left to the rest of it; a memory limit of 66.0 MiB would do.',
    );
  });

  it('says why it cannot be braked, and what would do without a brake', () => {
    const { text } = told({
      rows: [memory(64)],
      load: { pinnedBytes: exactly(10 * MiB), touchedBytes: exactly(80 * MiB) },
      brake: NO_BRAKE,
      context: { roomSource: 'cgroup1' },
    });
    expect(text).toBe(
      'Does not fit: looking at every entry takes 80.0 MiB, more than the 22.0 MiB left of its 32.0 MiB room, and it cannot be braked: it may not wait; a memory limit of 122.0 MiB would do.',
    );
  });

  it('has no percentage of a wall that leaves nothing, and none that nobody pictures', () => {
    const dcache = (limit: number) => row('dcachesize', { source: 'what-if', limit });
    const load = { pinnedBytes: exactly(30 * MiB) };
    expect(told({ rows: [dcache(0)], load }).text).toBe(
      'Does not fit: dcachesize would reach 30.0 MiB, and its limit leaves nothing.',
    );
    expect(told({ rows: [dcache(MiB)], load }).text).toContain('of its 1.0 MiB limit (30 times that)');
    expect(told({ rows: [dcache(4 * MiB)], load }).text).toContain('(750%)');
  });
});

describe('the limit that would do', () => {
  const load = { pinnedBytes: exactly(100 * MiB), touchedBytes: exactly(500 * MiB) };

  it('is let in, and one MiB less is not', () => {
    const { wouldDoBytes } = told({ rows: [memory(64, 8)], load, context: { roomSource: 'cgroup2' } });
    const limitMib = (wouldDoBytes ?? 0) / MiB;
    const at = (mib: number) =>
      told({ rows: [memory(mib, 8)], load, context: { roomSource: 'cgroup2' } }).text;
    expect(at(limitMib)).not.toMatch(/^Does not fit/);
    expect(at(limitMib - 1)).toMatch(/^Does not fit/);
  });

  it('leaves a larger wall further out as it is, whatever is held there', () => {
    const rows = [memory(64), memory(8192, 4096, 'machine')];
    expect(told({ rows, load }).wouldDoBytes).toBeLessThan(256 * MiB);
  });

  it('is not told where something else than memory refuses', () => {
    const rows = [memory(1024), row('dcachesize', { limit: MiB, source: 'what-if' })];
    expect(told({ rows, load }).wouldDoBytes).toBeNull();
  });
});
