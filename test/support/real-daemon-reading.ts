// One real daemon on one cold tree: what `estimate --json` projects for it, and what the kernel then charged.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MiB } from '../../src/domain/units.ts';
import { syncguard } from './binary.ts';
import { cacheDrops } from './kernel-memory.ts';
import type { DaemonKind } from './real-daemon-kinds.ts';
import { DaemonRoom, flushFilesystem, type Held } from './real-daemon-room.ts';
import { planted, type TreeSize, temporaryHome } from './real-daemon-tree.ts';

export interface Comparison {
  readonly projected: number;
  readonly found: number;
}

export interface DaemonReading {
  /** Kernel memory charged at its most, bytes. */
  readonly kernelPeak: Comparison;
  /** Kernel memory that reclaim leaves while the daemon runs on, bytes. */
  readonly pinned: Comparison;
  readonly watches: Comparison;
  readonly anonymous: Comparison;
  readonly tasks: Comparison;
}

/** Finite and far: nothing is reclaimed before we ask for it. */
const ROOM_BYTES = 4096 * MiB;
const SAMPLE_MS = 20;
const LONGEST_MS = 200_000;

/** A reading during which somebody dropped the machine's caches is too low: taken once more, and said. */
export async function readDaemon(kind: DaemonKind, size: TreeSize): Promise<DaemonReading> {
  const before = cacheDrops();
  const first = await readOnce(kind, size);
  if (cacheDrops() === before) return first;
  console.log("somebody dropped the machine's caches during a reading: taken once more");
  return readOnce(kind, size);
}

async function readOnce(kind: DaemonKind, size: TreeSize): Promise<DaemonReading> {
  using place = planted(size, kind.sides);
  using home = temporaryHome();
  const prepared = await kind.prepare(place.tree, home.path);
  place.mount.makeCold();
  const projected = project(place.tree, home.path, kind);
  place.mount.makeCold();
  const log = join(home.path, 'log');
  const room = new DaemonRoom(ROOM_BYTES);
  try {
    await room.start(prepared.command, log, prepared.env);
    const peak = await peakUntil(room, () => prepared.hasPassed(log), projected.watches);
    const kernelPeakBytes = room.kernelPeakBytes();
    const watches = room.watches();
    flushFilesystem(place.tree);
    const leftBytes = await room.reclaimedKernelBytes();
    return {
      kernelPeak: { projected: projected.kernelPeakBytes, found: kernelPeakBytes },
      pinned: { projected: projected.pinnedBytes, found: leftBytes },
      watches: { projected: projected.watches, found: watches },
      anonymous: { projected: projected.anonymousBytes, found: peak.anonymousBytes },
      tasks: { projected: projected.tasks, found: peak.tasks },
    };
  } finally {
    await room.clear();
  }
}

interface Projected {
  readonly kernelPeakBytes: number;
  readonly pinnedBytes: number;
  readonly watches: number;
  readonly anonymousBytes: number;
  readonly tasks: number;
}

interface EstimateJson {
  readonly costs: Readonly<Record<'pinned', { readonly expected: number }>>;
  readonly load: { readonly touchedBytes: { readonly expected: number } };
  readonly resources: readonly { readonly name: string; readonly demand: { readonly expected: number } }[];
}

/** A wall that nothing reaches: it makes the estimate show the row's demand where the machine has no such wall. */
const SHOWN = ['kmemsize', 'privvmpages', 'pids'].flatMap((name) => ['--barrier', `${name}=1000000000000`]);
const BEANCOUNTER_PAGE = 4096;

function project(tree: string, home: string, { id, sides, lastingTasks }: DaemonKind): Projected {
  const config = join(home, 'syncguard.toml');
  writeFileSync(config, `[daemon.${id}]\nsides = ${sides}\n`);
  const asked = ['--daemon', id, '--config', config, '--full', '--json', ...SHOWN];
  const ended = syncguard(['estimate', tree, ...asked]);
  if (ended.status !== 0)
    throw new Error(`estimate ended with ${ended.status}: ${ended.stderr}${ended.stdout}`);
  const { costs, load, resources }: EstimateJson = JSON.parse(ended.stdout);
  const demand = (name: string): number => {
    const row = resources.find((resource) => resource.name === name);
    if (row === undefined) throw new Error(`no row of ${name}`);
    return row.demand.expected;
  };
  const tasks = demand('pids');
  const processBytes = demand('kmemsize') - costs.pinned.expected;
  return {
    kernelPeakBytes: load.touchedBytes.expected + processBytes,
    pinnedBytes: costs.pinned.expected + processBytes * ((lastingTasks ?? tasks) / tasks),
    watches: demand('inotify_watches'),
    anonymousBytes: demand('privvmpages') * BEANCOUNTER_PAGE,
    tasks,
  };
}

/** The most that was held at once, of each, until the first pass was over and the watches stood for a second. */
async function peakUntil(room: DaemonRoom, hasPassed: () => boolean, watches: number): Promise<Held> {
  let peak: Held = { tasks: 0, anonymousBytes: 0 };
  const startedAt = performance.now();
  for (let settledAt: number | null = null; settledAt === null || performance.now() - settledAt < 1000; ) {
    if (performance.now() - startedAt > LONGEST_MS) throw new Error('it never settles');
    const { tasks, anonymousBytes } = room.held();
    peak = {
      tasks: Math.max(peak.tasks, tasks),
      anonymousBytes: Math.max(peak.anonymousBytes, anonymousBytes),
    };
    // Counting thousands of watches keeps a core busy: not while the daemon needs it.
    if (settledAt === null && hasPassed() && room.watches() >= watches) settledAt = performance.now();
    await pause(SAMPLE_MS);
  }
  return peak;
}
