// An estimate: read the machine, count the trees, project, judge, and say why.
// Knows: kernel readers, census, profiles and the pure judgement. May not know: argv, terminals, JSON, or how a daemon is started.

import { tabledConstants } from '../domain/constants-table.ts';
import type { SyncguardError } from '../domain/error.ts';
import type { Platform } from '../domain/platform.ts';
import type { Profile } from '../domain/profile.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { MiB } from '../domain/units.ts';
import { type KernelConstantsReading, readKernelConstants } from '../kernel/kernel-constants-source.ts';
import { readMountPoints } from '../kernel/mount-points.ts';
import {
  addRunning,
  NOT_RUNNING,
  type RunningDaemon,
  readOwnProcess,
  readRunningDaemon,
} from '../kernel/running-daemon.ts';
import type { CountScene } from './count-scene.ts';
import { judge } from './judgement.ts';
import type { CountedTree, Estimate, EstimateRequest } from './request.ts';
import { type Sited, sitesOf } from './sites.ts';
import { countTree, rootTrouble } from './tree-count.ts';
import { readWalls } from './walls-source.ts';

export type { CountedTree, Estimate, EstimateRequest, PlanStep } from './request.ts';

/** The whole dry run. A request that cannot be carried out is the one error to show. */
export async function estimate(request: EstimateRequest): Promise<Result<Estimate, SyncguardError>> {
  const sited = sitesOf(request);
  if (!sited.ok) return sited;
  const { profiles, sites, trouble } = sited.value;
  const paths = sites.map(({ path }) => path);
  const walls = readWalls(request, paths);
  if (!walls.ok) return walls;
  const { constants, gaps } = readConstants(request, walls.value.platform);
  const snapshot = { ...walls.value, gaps: [...walls.value.gaps, ...gaps] };
  const scene = { request, profiles, trouble, snapshot, constants, running: readRunning(request, profiles) };
  const trees = await countTrees(sites, { ...scene, mountPoints: readMountPoints(request.sysroot) });
  return trees.ok ? success(judge({ ...scene, trees: trees.value })) : trees;
}

async function countTrees(
  sites: Sited['sites'],
  scene: Omit<CountScene, 'before'>,
): Promise<Result<CountedTree[], SyncguardError>> {
  const trees: CountedTree[] = [];
  for (const site of sites) {
    const tree = await countTree(site, { ...scene, before: trees });
    if (!tree.ok) return tree;
    trees.push(tree.value);
    if (tree.value.coverage === 'over-wall') break;
  }
  const [first] = trees;
  // A daemon may start with no folder there yet; somebody who asks wants to know that there is nothing to count.
  const isNothing = scene.request.purpose === 'people' && trees.every(({ device }) => device === 0);
  return first !== undefined && isNothing ? failure(rootTrouble(first.path, 'ENOENT')) : success(trees);
}

/** A saved table comes from a kernel that is not here: its sizes are the version table's, never this machine's. */
function readConstants(
  { sysroot, cacheDirectory, beancounters }: EstimateRequest,
  platform: Platform,
): KernelConstantsReading {
  if (beancounters === null) return readKernelConstants({ sysroot, platform, cacheDir: cacheDirectory });
  return { constants: tabledConstants(platform.kernelRelease, platform.architecture), gaps: [] };
}

/** What a guard holds for good (Node 20, 6.18 v1): it stands in the container when the gate judges, and not when people ask. */
const GUARD_BYTES: number = 7.5 * MiB;

/** The daemon's own instance, and ourselves. Somebody else's table or machine says nothing of what runs here. */
function readRunning(request: EstimateRequest, profiles: readonly Profile[]): RunningDaemon {
  const { sysroot, beancounters, subject } = request;
  if (beancounters !== null) return NOT_RUNNING;
  const names = profiles.flatMap(({ match }) => match.names);
  const instance = readRunningDaemon(sysroot, names);
  if (sysroot !== '' || subject.kind !== 'self') return instance;
  const own = readOwnProcess();
  const heldBytes = request.purpose === 'gate' ? own.anonymousBytes : own.anonymousBytes - GUARD_BYTES;
  return addRunning(instance, { ...own, anonymousBytes: Math.max(0, heldBytes) });
}
