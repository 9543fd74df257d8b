// The census: counts a tree by its directory entries alone. Knows names and kinds; never stats a leaf, never follows
// a symlink, never leaves the filesystem. May not know what an entry costs, nor which daemon the tree belongs to.

import type { Census } from '../domain/census.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { Conductor } from './conductor.ts';
import type { CensusFailure, CensusRequest } from './request.ts';
import { censusFailure, findRoot } from './root.ts';
import { Walk } from './walk.ts';

export type { CensusFailure, CensusRequest } from './request.ts';
export type { Progress } from './tally.ts';

/** Counts the tree below `request.root`; an error value only when nothing at all could be read. */
export async function takeCensus(request: CensusRequest): Promise<Result<Census, CensusFailure>> {
  const startedAt = monotonicMs();
  const root = findRoot(request.root);
  if (!root.ok) return root;
  const walk = new Walk(root.value.path, request);
  walk.check();
  const conductor = new Conductor(walk, root.value, request);
  await conductor.run();
  const hasNothing = walk.tally.visitedDirectories === 0 && walk.stop === null;
  if (hasNothing) {
    return failure(censusFailure(request.root, walk.tally.unreadable.examples[0]?.errno ?? 'ENOENT'));
  }
  const elapsedMs = monotonicMs() - startedAt;
  return success(walk.tally.census({ stop: walk.stop, engine: conductor.engine, elapsedMs }));
}
