// The gate's early stop: once even the low projection is over a wall, the rest of the tree cannot change the verdict.

import { expectedCensus } from '../domain/expected-census.ts';
import { project } from '../domain/projection.ts';
import { refusedFrom } from '../domain/verdict.ts';
import { WHOLE } from './believed.ts';
import type { CountScene } from './count-scene.ts';
import { contextOf } from './projection-context.ts';
import { costsOf, type PriceScene } from './tree-costs.ts';
import { loadOf } from './tree-load.ts';

/** true: what was counted so far, at its cheapest, is refused already. */
export function isLowOverWall(
  progress: { readonly leaves: number; readonly directories: number },
  price: PriceScene,
  { request, profiles, snapshot, before, running }: CountScene,
): boolean {
  const census = expectedCensus({ files: progress.leaves, directories: progress.directories });
  const trees = [...before, { census, costs: costsOf(census, price), believed: WHOLE, price }];
  const projections = project(snapshot, loadOf(profiles, trees), contextOf({ request, trees, running }));
  return projections.some((projection) => {
    const refusal = refusedFrom(projection, request.policy);
    return refusal !== null && projection.demand.low > 0 && projection.projected.low >= refusal;
  });
}
