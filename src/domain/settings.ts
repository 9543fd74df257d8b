// What the user decided beforehand: every setting with its value, wherever it came from.

import type { ProfileOverride } from './profile-override.ts';
import type { ResourceName } from './resource.ts';
import { type Counter, type Ratio, ratio } from './units.ts';

export type OnRefuse = 'exit' | 'wait' | 'degrade' | 'start';
export type OnUnknown = 'start' | 'refuse';

export interface Settings {
  /** Shares of a wall, 0 < throttleAt < pauseAt < stopAt <= 1. */
  readonly throttleAt: Ratio;
  readonly pauseAt: Ratio;
  readonly stopAt: Ratio;
  readonly onRefuse: OnRefuse;
  readonly onUnknown: OnUnknown;
  /** Globs left out of every tree, beside the daemon's own rules. */
  readonly exclude: readonly string[];
  /** Globs of folders that no plan leaves out. */
  readonly keep: readonly string[];
  /** Walls of our own, in each row's own unit, lower than or instead of the kernel's. */
  readonly barriers: Readonly<Partial<Record<ResourceName, Counter>>>;
  /** Trees by profile id, where the user names them instead of the daemon's configuration. */
  readonly trees: Readonly<Record<string, readonly string[]>>;
  /** Profiles changed or added, by id. */
  readonly profiles: Readonly<Record<string, ProfileOverride>>;
}

/** In force where nothing is said. */
export const DEFAULT_SETTINGS: Settings = {
  throttleAt: ratio(0.85),
  pauseAt: ratio(0.9),
  stopAt: ratio(0.95),
  onRefuse: 'exit',
  onUnknown: 'start',
  exclude: [],
  keep: [],
  barriers: {},
  trees: {},
  profiles: {},
};
