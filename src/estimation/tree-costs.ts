// The costs of one counted tree in this platform's own units, and the same as weights per folder.

import {
  beancounterCost,
  beancounterLinearCost,
  beancounterNameCharges,
} from '../domain/beancounter-cost.ts';
import type { Census } from '../domain/census.ts';
import { estimateCosts } from '../domain/cost-model.ts';
import type { Costs } from '../domain/costs.ts';
import { type NameCharges, nameCharges } from '../domain/entry-cost.ts';
import type { Filesystem } from '../domain/filesystem.ts';
import type { PinSizes } from '../domain/firm.ts';
import type { KernelConstants } from '../domain/kernel-constants.ts';
import { type LinearCost, linearCost } from '../domain/linear-cost.ts';
import type { Platform } from '../domain/platform.ts';
import type { Profile } from '../domain/profile.ts';
import type { Weight } from '../domain/subtree-weight.ts';
import { addRanges, exactly, within, ZERO_RANGE } from '../domain/units.ts';

/** Slab shares differ by 1.6 % between known builds. */
const BEANCOUNTER_ERROR_PERCENT = 2;

/** Everything a tree's price depends on besides its census. */
export interface PriceScene {
  readonly platform: Platform;
  readonly filesystem: Filesystem;
  readonly constants: KernelConstants;
  readonly profile: Profile;
  /** Directories from the container's root down to the tree. */
  readonly ancestorCount: number;
}

/** Walked, touched and pinned as the wall here would be charged: beancounter units where beancounters enforce. */
export function costsOf(census: Census, scene: PriceScene): Costs {
  const { platform, profile, ancestorCount } = scene;
  const counted = beancounterCost({ platform, census, profile, ancestorCount });
  if (counted === null) return withIgnoredLeaves(census, scene, estimateCosts({ census, ...scene }));
  return {
    // Listing keeps what stat()ing keeps: cached names where those are charged, nothing where only use is.
    walked:
      counted.touched.high > 0
        ? within(census.directories * counted.unitBytes, BEANCOUNTER_ERROR_PERCENT)
        : ZERO_RANGE,
    touched: counted.touched,
    pinned: counted.pinned,
    written: ZERO_RANGE,
    pageCache: ZERO_RANGE,
  };
}

/** Some daemons lstat a leaf before they ask their rules about it: ignored, and touched all the same. */
function withIgnoredLeaves(census: Census, scene: PriceScene, costs: Costs): Costs {
  if (scene.profile.scan.touchesIgnoredLeaves !== true || census.excludedLeaves === 0) return costs;
  const unread = { ...scene.profile, scan: {} };
  const extra = census.excludedLeaves * linearCost({ ...scene, profile: unread }, 'touched').perLeafBytes;
  return { ...costs, touched: addRanges(costs.touched, exactly(extra)) };
}

/** What long names cost here, for the census to book per directory. */
export const chargesOf = ({ platform, profile, constants, filesystem }: PriceScene): NameCharges =>
  beancounterNameCharges(platform, profile) ?? nameCharges(constants, filesystem);

/** What one pinned thing costs here, in beancounter bytes and in a memory cgroup's. */
export const pinSizesOf = (census: Census, scene: PriceScene): PinSizes => ({
  beancounterUnitBytes: beancounterCost({ ...scene, census })?.unitBytes ?? 0,
  watchPinBytes: linearCost({ ...scene, profile: WATCHING }, 'pinned').perDirectoryBytes,
});

/** The costs' own words for the rule they follow; null where memory cgroups count and the constants' source says it all. */
export const ruleOf = (census: Census, scene: PriceScene): string | null =>
  beancounterCost({ ...scene, census })?.evidence ?? null;

/** Whoever holds a watch now, it pins what a watched directory pins. */
const WATCHING = {
  watch: { api: 'inotify', per: 'directory' },
  cost: { openFiles: { value: 0, errorPercent: 0 } },
} as const;

export function weightOf(scene: PriceScene, which: 'touched' | 'pinned'): Weight {
  const linear = beancounterLinearCost(scene.platform, scene.profile) ?? linearCost(scene, which);
  return asWeight(linear);
}

const asWeight = ({ perLeafBytes, perDirectoryBytes, longNameFactor }: LinearCost): Weight => ({
  perLeaf: perLeafBytes,
  perDirectory: perDirectoryBytes,
  longNameFactor,
});
