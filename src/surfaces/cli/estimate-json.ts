// `syncguard estimate --json`: schema syncguard/estimate/1.

import type { Census } from '../../domain/census.ts';
import { daemonKernelBytes } from '../../domain/load.ts';
import { externalNameTable } from '../../domain/name-buckets.ts';
import type { Judged } from '../../domain/verdict.ts';
import type { CountedTree, Estimate, PlanStep } from '../../estimation/index.ts';
import { sumCosts } from '../../estimation/tree-load.ts';
import { decodeName } from '../../formats/name-text.ts';
import { renderJson, roundRange } from './json-text.ts';

export function renderEstimateJson(estimate: Estimate, subject: string): string {
  const { platform, profiles, trees, constants, assessment, decision } = estimate;
  const costs = sumCosts(trees.map((tree) => tree.costs));
  return renderJson({
    schema: 'syncguard/estimate/1',
    platform,
    subject,
    roots: trees.map(rootJson),
    profile: {
      id: profiles.map(({ id }) => id).join('+'),
      evidence: profiles.flatMap(({ evidence }) => evidence),
    },
    census: censusJson(estimate),
    costs: {
      unit: 'bytes',
      walked: roundRange(costs.walked),
      touched: roundRange(costs.touched),
      pinned: roundRange(costs.pinned),
      pageCache: roundRange(costs.pageCache),
      constants: {
        source: constants.source,
        errorPercent: constants.errorPercent,
        kernel: constants.kernelRelease,
        arch: constants.architecture,
      },
    },
    load: loadJson(estimate),
    resources: assessment.rows.map(resourceJson),
    gaps: estimate.gaps,
    verdict: decision.verdict,
    reason: decision.reason,
    sentence: estimate.sentence,
    binding: assessment.binding?.projection.resource.name ?? null,
    because: estimate.because,
    contributors: estimate.contributors,
    plan: estimate.plan?.map(planJson) ?? null,
  });
}

export const planJson = ({ path, bytes, mechanism, command }: PlanStep): object => ({
  path,
  bytes,
  mechanism: mechanism.name,
  effect: mechanism.effect,
  command,
  warning: mechanism.consequence,
});

const rootJson = ({ path, label, filesystem, census, price }: CountedTree): unknown => ({
  path,
  label,
  filesystem: filesystem.type,
  daemon: price.profile.id,
  sides: price.profile.cost.sides,
  files: census.files,
  directories: census.directories,
});

/** What is asked of the walls: costs of all sides, and the daemon itself. */
function loadJson({ load }: Estimate): unknown {
  return {
    pinnedBytes: roundRange(load.pinnedBytes),
    touchedBytes: roundRange(load.touchedBytes),
    pageCacheBytes: roundRange(load.pageCacheBytes),
    anonymousBytes: roundRange(load.anonymousBytes),
    daemonKernelBytes: roundRange(daemonKernelBytes(load)),
    tasks: roundRange(load.tasks),
    openFiles: roundRange(load.openFiles),
    watches: roundRange(load.watches),
  };
}

export function resourceJson({ projection, standing }: Judged): unknown {
  const { resource, judged, wall, demand, touched, projected, ratio } = projection;
  return {
    ...resource,
    judged: Math.round(judged),
    wall: wall.value,
    wallName: wall.name,
    wallIsDerived: wall.name === 'derived',
    demand: roundRange(demand),
    touched: touched === null ? null : roundRange(touched),
    projected: roundRange(projected),
    ratio: ratio === null ? null : Number(ratio.toFixed(4)),
    standing,
  };
}

/** All trees as one census; engine and time are the longest count's. */
function censusJson({ trees, constants }: Estimate): unknown {
  const censuses = trees.map(({ census }) => census);
  const sum = (count: (census: Census) => number): number =>
    censuses.reduce((total, census) => total + count(census), 0);
  const longest = censuses.toSorted((a, b) => b.elapsedMs - a.elapsedMs)[0];
  return {
    files: sum(({ files }) => files),
    directories: sum(({ directories }) => directories),
    symlinks: sum(({ symlinks }) => symlinks),
    other: sum(({ other }) => other),
    nameBytes: sum(({ nameBytes }) => nameBytes),
    longNames: sum((census) => longNames(census, constants)),
    unreadable: sum(({ unreadable }) => unreadable.count),
    unreadableExamples: censuses.flatMap(({ unreadable }) =>
      unreadable.examples.map(({ path, errno }) => ({ path: decodeName(path), errno })),
    ),
    excludedDirectories: sum(({ excludedDirectories }) => excludedDirectories),
    onlyWatchedDirectories: sum(({ onlyWatchedDirectories }) => onlyWatchedDirectories),
    mountPoints: censuses.flatMap(({ mountPoints }) => mountPoints.map(decodeName)),
    complete: censuses.every(({ complete }) => complete),
    visitedDirectories: sum(({ visitedDirectories }) => visitedDirectories),
    engine: longest?.engine ?? 'none',
    elapsedMs: Math.round(sum(({ elapsedMs }) => elapsedMs)),
  };
}

function longNames({ leafNames, directoryNames }: Census, constants: Estimate['constants']): number {
  const table = externalNameTable(constants);
  return table.reduce(
    (sum, bytes, length) =>
      bytes > 0 ? sum + (leafNames[length] ?? 0) + (directoryNames[length] ?? 0) : sum,
    0,
  );
}
