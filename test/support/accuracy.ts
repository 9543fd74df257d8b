// Predicted against charged: the cost model and the kernel asked about the same cold tree.
import { takeCensus } from '../../src/census/index.ts';
import { type Census, leavesOf } from '../../src/domain/census.ts';
import { estimateCosts, type PinningPattern } from '../../src/domain/cost-model.ts';
import { nameCharges } from '../../src/domain/entry-cost.ts';
import type { Filesystem } from '../../src/domain/filesystem.ts';
import type { KernelConstants } from '../../src/domain/kernel-constants.ts';
import { readFilesystem } from '../../src/kernel/filesystem.ts';
import { readKernelConstants } from '../../src/kernel/kernel-constants-source.ts';
import { readArchitecture, readKernelRelease } from '../../src/kernel/machine.ts';
import { pattern } from './patterns.ts';
import type { Probe, ProbePattern, ProbeReading } from './probe.ts';
import type { ScratchMount } from './scratch-mount.ts';
import { plantShape, type Shape } from './shapes.ts';

/** Files held open by the `hold` pattern: what a busy daemon has, and under every descriptor limit. */
const HELD_FILES = 1000;

export interface CountedShape {
  readonly path: string;
  readonly census: Census;
  readonly filesystem: Filesystem;
}

export interface Comparison {
  readonly what: 'walked' | 'touched' | 'pinned' | 'pageCache';
  readonly predictedBytes: number;
  readonly chargedBytes: number;
}

/** Sizes of the kernel this runs on, read as any user would. */
export function runningConstants(): KernelConstants {
  const platform = { kernelRelease: readKernelRelease(''), architecture: readArchitecture('') };
  return readKernelConstants({ sysroot: '', platform, cacheDir: null }).constants;
}

export async function plantAndCount(
  mount: ScratchMount,
  constants: KernelConstants,
  { shape, entries }: { shape: Shape; entries: number },
): Promise<CountedShape> {
  plantShape(`${mount.plantPath}/${shape}`, shape, entries);
  const path = `${mount.treePath}/${shape}`;
  const found = readFilesystem(path, '');
  if (!found.ok) throw new Error(`${path}: ${found.error.detail}`);
  const taken = await takeCensus({ root: path, nameCharges: nameCharges(constants, found.value) });
  if (!taken.ok) throw new Error(`${path}: ${taken.error.errno}`);
  return { path, census: taken.value, filesystem: found.value };
}

interface Laboratory {
  readonly probe: Probe;
  readonly mount: ScratchMount;
  readonly constants: KernelConstants;
}

/** What one pattern of use was charged and what the model says of it; a reading disturbed by others is taken once more. */
export function compare(
  laboratory: Laboratory,
  tree: CountedShape,
  use: Exclude<ProbePattern, 'mirror'>,
): Comparison[] {
  const first = compareOnce(laboratory, tree, use);
  if (!first.some(wasPaidByOthers)) return first;
  console.log('somebody else walked the tree before the probe could: taken once more');
  return compareOnce(laboratory, tree, use);
}

/** Whoever touches first pays: a `find` over all mounts between mounting and reading leaves little to charge. */
const wasPaidByOthers = ({ predictedBytes, chargedBytes }: Comparison): boolean =>
  chargedBytes < predictedBytes * 0.75 && predictedBytes - chargedBytes > TOLERANCE_BYTES;

function compareOnce(laboratory: Laboratory, tree: CountedShape, use: ProbePattern): Comparison[] {
  const { probe, mount, constants } = laboratory;
  const held = Math.min(HELD_FILES, leavesOf(tree.census));
  const reading = undisturbed(() => {
    mount.makeCold();
    return probe.read(use, tree.path, use === 'hold' ? held : undefined);
  });
  if (reading.errors > 0) throw new Error(`${use} ${tree.path}: ${reading.errors} entries failed`);
  const { census, filesystem } = tree;
  const costs = estimateCosts({ census, filesystem, constants, profile: profileOf(use, held) });
  const row = (what: Comparison['what'], chargedBytes: number): Comparison => ({
    what,
    predictedBytes: costs[what].expected,
    chargedBytes,
  });
  if (use === 'walk') return [row('walked', reading.grownBytes)];
  if (use === 'stat') return [row('touched', reading.grownBytes), row('pageCache', reading.pageCacheBytes)];
  return [row('pinned', reading.pinnedBytes)];
}

/** A reading during which somebody dropped the machine's slab caches is too low. */
export function undisturbed(read: () => ProbeReading): ProbeReading {
  const first = read();
  if (first.cacheDrops === 0) return first;
  console.log("somebody dropped the machine's caches during a reading: taken once more");
  return read();
}

function profileOf(use: ProbePattern, held: number): PinningPattern {
  if (use === 'watch-directories') return pattern('directory');
  if (use === 'watch-entries') return pattern('entry');
  return pattern('none', use === 'hold' ? held : 0);
}

/** 0.2 MB: what a process's own page tables and per-CPU charge stocks make of a small reading. */
export const TOLERANCE_BYTES = 200_000;

/** Whether the model met the kernel: within a share, or within 0.2 MB where the total is small. */
export const isMet = ({ predictedBytes, chargedBytes }: Comparison, share: number): boolean =>
  Math.abs(predictedBytes - chargedBytes) <= Math.max(chargedBytes * share, TOLERANCE_BYTES);
