// What an estimate is asked, and what it answers. The gate and the command line speak the same two shapes.

import type { Census } from '../domain/census.ts';
import type { Costs } from '../domain/costs.ts';
import type { ExpectedCounts } from '../domain/expected-census.ts';
import type { Filesystem } from '../domain/filesystem.ts';
import type { KernelConstants } from '../domain/kernel-constants.ts';
import type { LeaveOutStep, Mechanism } from '../domain/leave-out.ts';
import type { Load } from '../domain/load.ts';
import type { Platform, PlatformId } from '../domain/platform.ts';
import type { Policy } from '../domain/policy.ts';
import type { Profile } from '../domain/profile.ts';
import type { Amounts } from '../domain/projection.ts';
import type { RootMemory } from '../domain/root-memory.ts';
import type { Settings } from '../domain/settings.ts';
import type { Gap } from '../domain/snapshot.ts';
import type { Assessment, Brake, Coverage, Decision } from '../domain/verdict.ts';
import type { Subject } from '../kernel/subject.ts';
import type { Believed } from './believed.ts';
import type { PriceScene } from './tree-costs.ts';

export interface EstimateRequest {
  /** As typed; empty: the profile's own roots. */
  readonly trees: readonly string[];
  /** Profile id; null: by command, else generic. */
  readonly daemon: string | null;
  readonly command: readonly string[];
  readonly subject: Subject;
  readonly excludes: readonly string[];
  /** Globs of folders that no plan may leave out. */
  readonly keeps: readonly string[];
  /** What a plan, once carried out, would change of the trees; null: they are judged as they are. */
  readonly supposed: Supposed | null;
  /** false: the daemon's own ignore rules are not applied. */
  readonly usesIgnores: boolean;
  /** Counts instead of a walk. */
  readonly expected: ExpectedCounts | null;
  readonly required: Amounts;
  readonly walls: Amounts;
  /** Pasted or recorded beancounters instead of this machine's. */
  readonly beancounters: { readonly text: string; readonly origin: string } | null;
  /** Only the gate stops counting as soon as even the low projection is over a wall. */
  readonly purpose: 'people' | 'gate';
  /** true: the walk's own budget is ignored. */
  readonly isFull: boolean;
  readonly sysroot: string;
  readonly platform: PlatformId | null;
  readonly settings: Settings;
  /** Where they were asked from by name; null: the usual places. */
  readonly configFile: string | null;
  readonly policy: Policy;
  readonly brake: Brake;
  /** Roots as they were at the last start; only the gate brings any. */
  readonly memories: readonly RootMemory[];
  /** How many contributors. */
  readonly top: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The daemon owner's. */
  readonly home: string;
  /** Where the kernel's object sizes are remembered; null: nowhere. */
  readonly cacheDirectory: string | null;
  readonly onProgress: ((entries: number) => void) | null;
}

/** One tree, counted. */
export interface CountedTree {
  readonly path: string;
  /** What the daemon calls it, or null. */
  readonly label: string | null;
  readonly filesystem: Filesystem;
  readonly census: Census;
  readonly costs: Costs;
  readonly coverage: Coverage;
  readonly believed: Believed;
  readonly price: PriceScene;
  /** st_dev of the root; 0: it is not there. */
  readonly device: number;
  /** The exclusions in force, as one text. */
  readonly rules: string;
  /** What the count leaves out or cannot know, in one clause; null: nothing. */
  readonly caveat: string | null;
}

export interface Contribution {
  /** As shell and daemon would take it: root and path below it. */
  readonly path: string;
  readonly entries: number;
  readonly directories: number;
  readonly bytes: number;
  readonly share: number;
}

/** One folder to leave out, with the mildest mechanism its daemon has for it. */
export interface PlanStep extends LeaveOutStep {
  readonly bytes: number;
  /** In the daemon's own words. */
  readonly command: string;
  /** The other ways to the same end, in words that say what they do. */
  readonly others: readonly Mechanism[];
}

/** By the root of each tree, absolute. */
export interface Supposed {
  /** Folders left out, relative to the root, bytes as latin1. */
  readonly leftOut: ReadonlyMap<string, ReadonlySet<string>>;
  /** Trees without watches. */
  readonly unwatched: ReadonlySet<string>;
}

export interface Estimate {
  readonly platform: Platform;
  /** Whose walls, in words. */
  readonly subject: string;
  /** One daemon, or every installed one when none was named. */
  readonly profiles: readonly Profile[];
  readonly trees: readonly CountedTree[];
  readonly constants: KernelConstants;
  /** How beancounters charge, in words; null where memory cgroups do. */
  readonly rule: string | null;
  readonly load: Load;
  readonly assessment: Assessment;
  readonly gaps: readonly Gap[];
  readonly decision: Decision;
  /** The verdict in one sentence, naming the binding resource. */
  readonly sentence: string;
  /** What to type next; '' when nothing. */
  readonly hint: string;
  readonly because: readonly string[];
  readonly contributors: readonly Contribution[];
  /** null: no plan (nothing would be enough, or the count did not end). Empty: none is needed. */
  readonly plan: readonly PlanStep[] | null;
  /** Bytes the daemon's own cgroup may hold; null: no memory wall; 0 or less: no room below it. */
  readonly ownLimitBytes: number | null;
  /** Bytes that one watch or open file pins here; 0: no tree was counted. */
  readonly pinUnitBytes: number;
}
