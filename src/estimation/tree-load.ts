// From counted trees to one load: what the daemon asks of this machine, base and trees together.

import type { Costs } from '../domain/costs.ts';
import { addLoads, baseLoad, type Load, treeLoad } from '../domain/load.ts';
import type { Profile } from '../domain/profile.ts';
import { addRanges, type Range, ZERO_RANGE } from '../domain/units.ts';
import type { Believed } from './believed.ts';
import type { CountedTree } from './request.ts';

/** The daemons' load on these trees, each tree by its own daemon; a sampled tree is scaled to what it is believed to be. */
export const loadOf = (
  profiles: readonly Profile[],
  trees: readonly Pick<CountedTree, 'census' | 'costs' | 'believed' | 'price'>[],
): Load =>
  addLoads(
    ...profiles.map(baseLoad),
    ...trees.map(({ census, costs, believed, price }) =>
      believedLoad(treeLoad(census, costs, price.profile), believed),
    ),
  );

function believedLoad(load: Load, { expectedTimes, highTimes }: Believed): Load {
  if (highTimes === 1) return load;
  const grown = Object.entries(load).map(([key, range]: [string, Range]) => [
    key,
    { low: range.low, expected: range.expected * expectedTimes, high: range.high * highTimes },
  ]);
  return { ...load, ...Object.fromEntries(grown) };
}

export const sumCosts = (costs: readonly Costs[]): Costs => ({
  walked: addRanges(ZERO_RANGE, ...costs.map(({ walked }) => walked)),
  touched: addRanges(ZERO_RANGE, ...costs.map(({ touched }) => touched)),
  pinned: addRanges(ZERO_RANGE, ...costs.map(({ pinned }) => pinned)),
  written: addRanges(ZERO_RANGE, ...costs.map(({ written }) => written)),
  pageCache: addRanges(ZERO_RANGE, ...costs.map(({ pageCache }) => pageCache)),
});
