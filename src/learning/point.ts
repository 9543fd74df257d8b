// One run as a point: what was seen, and what the estimate of the same tree had projected.

import { type Census, leavesOf } from '../domain/census.ts';
import { processKernelBytes } from '../domain/load.ts';
import type { LearnedPoint, MeasuredDaemon, ProjectedDaemon } from '../domain/measured-daemon.ts';
import { pageIndexNodeBytes } from '../domain/metadata-pages.ts';
import type { Range } from '../domain/units.ts';
import type { CountedTree, Estimate } from '../estimation/request.ts';

export function pointOf(estimate: Estimate, measured: MeasuredDaemon): LearnedPoint {
  const { trees } = estimate;
  const total = (of: (census: Census) => number): number => sum(trees.map(({ census }) => of(census)));
  return {
    trees: trees.map(({ path }) => path),
    filesystem: [...new Set(trees.map(({ filesystem }) => filesystem.type))].join(', '),
    files: total(({ files }) => files),
    leaves: total(leavesOf),
    directories: total(({ directories }) => directories),
    measured,
    projected: projectedOf(estimate, measured),
  };
}

function projectedOf({ load, trees }: Estimate, { last }: MeasuredDaemon): ProjectedDaemon {
  const tasks = load.tasks.expected;
  const anonymousBytes = load.anonymousBytes.expected;
  const processes = processKernelBytes(tasks, anonymousBytes);
  const onAllSides = (of: (tree: CountedTree) => Range, end: keyof Range): number =>
    sum(trees.map((tree) => of(tree)[end] * tree.price.profile.cost.sides));
  return {
    watches: load.watches.expected,
    tasks,
    anonymousBytes,
    kernelPeakBytes: load.touchedBytes.expected + processes,
    kernelListedBytes: onAllSides(({ costs }) => costs.walked, 'expected') + processes,
    // Its low end is without a page index of files that are read.
    kernelLookedBytes: onAllSides(({ costs }) => costs.touched, 'low') + processes,
    kernelIndexBytes: sum(
      trees.map(
        ({ census, price }) => census.files * pageIndexNodeBytes(price.constants) * price.profile.cost.sides,
      ),
    ),
    kernelLeftBytes: load.pinnedBytes.expected + processKernelBytes(last.tasks, last.anonymousBytes),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
