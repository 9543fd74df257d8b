import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PinSizes } from '../../src/domain/firm.ts';
import { type Load, NO_LOAD } from '../../src/domain/load.ts';
import type { PlatformId } from '../../src/domain/platform.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { NO_AMOUNTS, type ProjectionContext, project } from '../../src/domain/projection.ts';
import type { Resource } from '../../src/domain/resource.ts';
import { roomBytes } from '../../src/domain/room.ts';
import { exactly, MiB, within } from '../../src/domain/units.ts';
import {
  assess,
  type Brake,
  brakeFor,
  type Coverage,
  type Decision,
  decideStart,
} from '../../src/domain/verdict.ts';
import { row, snapshot } from '../support/snapshots.ts';

const NO_BRAKE: Brake = { kind: 'none', reason: 'not permitted' };
const BRAKE: Brake = { kind: 'memory-high', reason: 'delegated' };

interface Scene {
  readonly id?: PlatformId;
  readonly rows: readonly Resource[];
  readonly load: Partial<Load>;
  readonly brake?: Brake;
  readonly coverage?: Coverage;
  readonly more?: Partial<Omit<ProjectionContext, keyof PinSizes>>;
}

function decide({
  id = 'cgroup2',
  rows,
  load,
  brake = BRAKE,
  coverage = 'whole',
  more = {},
}: Scene): Decision & { binding: string } {
  const context = {
    beancounterUnitBytes: 939,
    watchPinBytes: 1216,
    running: NO_AMOUNTS,
    required: NO_AMOUNTS,
    walls: NO_AMOUNTS,
    roomSource: null,
    ...more,
  };
  const projections = project(snapshot(id, ...rows), { ...NO_LOAD, ...load }, context);
  const assessment = assess(projections, [], DEFAULT_POLICY);
  return {
    ...decideStart(assessment, brake, coverage),
    binding: assessment.binding?.projection.resource.name ?? '',
  };
}

const memory = (limit: number, held: number, reclaimable = 0): Resource =>
  row('memory', { source: 'cgroup2', limit, held, reclaimable });

describe('the decision to start', () => {
  it('refuses the 2012 container: 4 000 watched directories at 939 bytes against a barrier of 3 MiB', () => {
    const dcache = row('dcachesize', { held: 394_380, barrier: 3_145_728, limit: 3_460_300, failcnt: 0 });
    const load = { pinnedBytes: within(4000 * 939, 2) };
    expect(decide({ id: 'openvz-028', rows: [dcache], load })).toMatchObject({
      verdict: 'refuse',
      binding: 'dcachesize',
    });
    const small = { pinnedBytes: within(1000 * 939, 2) };
    expect(decide({ id: 'openvz-028', rows: [dcache], load: small })).toMatchObject({ verdict: 'admit' });
  });

  it('never refuses a healthy container for the cache it holds', () => {
    const rows = [memory(512 * MiB, 505 * MiB, 400 * MiB)];
    expect(decide({ rows, load: { pinnedBytes: exactly(4 * MiB) } })).toMatchObject({
      verdict: 'admit',
      reason: 'fits',
    });
  });

  it('does not judge 042stab by held: a container at its dcachesize limit with cached names is admitted', () => {
    const rows = [
      row('dcachesize', { held: 3_460_000, barrier: 3_145_728, limit: 3_460_300 }),
      row('numfile', { held: 360, barrier: 9312, limit: 9312 }),
      row('numproc', { held: 20, barrier: 240, limit: 240 }),
    ];
    const load = { pinnedBytes: exactly(900_000) };
    expect(decide({ id: 'openvz-042', rows, load })).toMatchObject({ verdict: 'admit' });
  });

  it('admits what is touched beyond the headroom only under a brake', () => {
    const scene = {
      rows: [memory(64 * MiB, 10 * MiB)],
      load: { touchedBytes: exactly(71 * MiB), pinnedBytes: exactly(3 * MiB) },
    };
    expect(decide({ ...scene, brake: BRAKE })).toMatchObject({
      verdict: 'throttle',
      reason: 'touched-braked',
    });
    expect(decide({ ...scene, brake: NO_BRAKE })).toMatchObject({
      verdict: 'refuse',
      reason: 'touched-needs-brake',
    });
  });

  it('judges by the room that the daemon would get, not by the container around it', () => {
    const at = (limit: number, load: Partial<Load>) =>
      decide({ rows: [memory(limit, 8 * MiB)], load, more: { roomSource: 'cgroup2' } });
    // 64 MiB less 32 for the rest; 24 of 64 are far from the container's wall.
    expect(at(64 * MiB, { pinnedBytes: exactly(24 * MiB) }).verdict).toBe('admit');
    expect(at(64 * MiB, { pinnedBytes: exactly(29 * MiB) })).toMatchObject({
      verdict: 'refuse',
      binding: 'memory',
    });
    const copying = { pinnedBytes: exactly(17 * MiB), touchedBytes: exactly(80 * MiB) };
    expect(at(64 * MiB, copying).verdict).toBe('refuse');
    expect(at(96 * MiB, copying)).toMatchObject({ verdict: 'throttle', reason: 'touched-braked' });
  });

  it('halves a container that is too small to leave 32 MiB to the rest, and never gives what others hold for good', () => {
    expect([24, 48, 64, 128, 1280].map((mib) => roomBytes(mib * MiB, 0) / MiB)).toEqual([
      12, 24, 32, 96, 1216,
    ]);
    expect(roomBytes(64 * MiB, 40 * MiB)).toBe(24 * MiB);
  });

  it('puts no daemon into a waiting cgroup that would take a refused call for a deletion', () => {
    const waiting: Brake = { kind: 'waiting-cgroup', reason: 'v1' };
    const safe = { title: 'Safe', enomemSafe: true };
    const unsafe = { title: 'Unsafe', enomemSafe: false };
    expect(brakeFor(waiting, [safe])).toBe(waiting);
    expect(brakeFor(waiting, [safe, unsafe])).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('Unsafe'),
    });
    expect(brakeFor(BRAKE, [unsafe])).toBe(BRAKE);
  });

  it('keeps 16 MiB or a tenth of a memory wall free besides', () => {
    const at = (pinned: number) =>
      decide({ rows: [memory(64 * MiB, 10 * MiB)], load: { pinnedBytes: exactly(pinned) } }).verdict;
    expect(at(37.9 * MiB)).not.toBe('refuse');
    expect(at(38 * MiB)).toBe('refuse');
  });

  it('names the ancestor whose sibling fills it, not the roomy cgroup of its own', () => {
    const rows = [
      memory(1024 * MiB, 10 * MiB),
      row('memory', { source: 'cgroup2', scope: '/parent', limit: 256 * MiB, held: 250 * MiB }),
    ];
    const decision = decide({ rows, load: { pinnedBytes: exactly(4 * MiB) } });
    expect(decision.verdict).toBe('refuse');
  });

  it('admits without a wall, and says so', () => {
    expect(
      decide({ rows: [row('memory', { source: 'cgroup2' })], load: { pinnedBytes: exactly(MiB) } }),
    ).toMatchObject({
      verdict: 'admit',
      reason: 'no-wall',
    });
  });

  it('never admits on a sample near the wall', () => {
    const rows = [memory(1024 * MiB, 100 * MiB)];
    const load = { pinnedBytes: exactly(450 * MiB) };
    expect(decide({ rows, load, coverage: 'sample' })).toMatchObject({
      verdict: 'unknown',
      reason: 'sample',
    });
    expect(decide({ rows, load, coverage: 'whole' }).verdict).toBe('admit');
    expect(decide({ rows, load: { pinnedBytes: exactly(MiB) }, coverage: 'sample' }).verdict).toBe('admit');
  });

  it('is unknown when the wall the tree loads could not be read', () => {
    const gap = { source: '/proc/meminfo', reason: 'malformed', detail: 'line 1' } as const;
    expect(decideStart(assess([], [gap], DEFAULT_POLICY), NO_BRAKE, 'whole')).toEqual({
      verdict: 'unknown',
      reason: 'gap',
    });
  });

  it('says apart that the table of a beancounter container may not be read', () => {
    const gap = { source: '/proc/user_beancounters', reason: 'denied', detail: 'EACCES' } as const;
    const reason = decideStart(assess([], [gap], DEFAULT_POLICY), NO_BRAKE, 'whole').reason;
    expect(reason).toBe('wall-denied');
  });

  it('does not refuse a start for a full resource that the daemon asks nothing of', () => {
    const rows = [row('numfile', { held: 9312, barrier: 9312 }), memory(1024 * MiB, MiB)];
    expect(decide({ rows, load: { pinnedBytes: exactly(MiB) } }).verdict).toBe('admit');
  });

  it('never projects twice what a running instance holds', () => {
    const rows = [memory(100 * MiB, 80 * MiB)];
    const load = { pinnedBytes: exactly(60 * MiB) };
    expect(decide({ rows, load }).verdict).toBe('refuse');
    expect(decide({ rows, load, more: { running: new Map([['memory', 60 * MiB]]) } }).verdict).toBe('admit');
  });

  it('leaves room for names and inodes by what others hold, not by what has ended when the daemon starts', () => {
    const rows = [memory(192 * MiB, 45 * MiB), row('dcachesize', { source: 'cgroup2', held: 0 })];
    const load = { pinnedBytes: exactly(4 * MiB), anonymousBytes: exactly(130 * MiB) };
    expect(decide({ rows, load }).verdict).toBe('refuse');
    expect(decide({ rows, load, more: { running: new Map([['memory', 37 * MiB]]) } }).verdict).toBe('admit');
  });

  it('refuses any command whose own need is over a wall', () => {
    const rows = [row('shmpages', { held: 16_000, barrier: 20_480, limit: 20_480 })];
    const scene = { id: 'openvz-028', rows, load: {} } as const;
    expect(decide({ ...scene, more: { required: new Map([['shmpages', 18_432]]) } })).toMatchObject({
      verdict: 'refuse',
      binding: 'shmpages',
    });
    expect(decide({ ...scene, more: { required: new Map([['shmpages', 100]]) } }).verdict).toBe('admit');
  });

  it('a what-if wall takes the place of the kernel own, also where nothing counts the resource', () => {
    const rows = [memory(1024 * MiB, MiB)];
    const load = { pinnedBytes: exactly(4_000_000) };
    const more = { walls: new Map([['dcachesize', 3_145_728]] as const) };
    expect(decide({ rows, load, more })).toMatchObject({ verdict: 'refuse', binding: 'dcachesize' });
  });

  it('judges only against the limit where the kernel only informs (openvz-7)', () => {
    const rows = [row('dcachesize', { held: 9_000_000, barrier: 3_145_728, limit: 3_460_300 })];
    expect(decide({ id: 'openvz-7', rows, load: { pinnedBytes: exactly(MiB) } }).reason).toBe('no-wall');
  });
});

const HARSHNESS = { admit: 0, throttle: 1, unknown: 1, refuse: 2 };

describe('the decision as a function', () => {
  const amount = fc.integer({ min: 0, max: 2048 }).map((mebibytes) => mebibytes * MiB);
  const severity = (limit: number, held: number, pinned: number, touched: number, brake: Brake): number =>
    HARSHNESS[
      decide({
        rows: [memory(limit, held)],
        load: { pinnedBytes: within(pinned, 6), touchedBytes: within(Math.max(pinned, touched), 6) },
        brake,
      }).verdict
    ];
  const brakes = fc.constantFrom(BRAKE, NO_BRAKE);

  interface Point {
    readonly limit: number;
    readonly held: number;
    readonly pinned: number;
    readonly touched: number;
  }
  const harshness = ({ limit, held, pinned, touched }: Point, brake: Brake): number =>
    severity(limit, held, pinned, touched, brake);

  it.each<{ law: string; harsher: (point: Point, more: number) => Point }>([
    {
      law: 'more held never gives a milder verdict',
      harsher: (point, more) => ({ ...point, held: point.held + more }),
    },
    {
      law: 'a lower limit never gives a milder verdict',
      harsher: (point, more) => ({ ...point, limit: Math.max(0, point.limit - more) }),
    },
    {
      law: 'a larger tree never gives a milder verdict',
      harsher: (point, more) => ({ ...point, pinned: point.pinned + more, touched: point.touched + more }),
    },
  ])('$law', ({ harsher }) => {
    const points = fc.record({ limit: amount, held: amount, pinned: amount, touched: amount });
    fc.assert(
      fc.property(points, amount, brakes, (point, more, brake) => {
        expect(harshness(harsher(point, more), brake)).toBeGreaterThanOrEqual(harshness(point, brake));
      }),
      { numRuns: 2000 },
    );
  });
});
