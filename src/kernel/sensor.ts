// What the guard's tick reads of one wall: one row of numbers, overwritten in place.
// Knows: the shape of a row, -1 for what could not be read. May not know: any file's format, bands, or what is done.

import type { PlatformId } from '../domain/platform.ts';
import type { ResourceName, ResourceSource } from '../domain/resource.ts';
import type { Gap } from '../domain/snapshot.ts';
import { wallOf } from '../formats/unlimited.ts';
import type { Sysroot } from './kernel-file.ts';
import type { Subject } from './subject.ts';

/** A number that could not be read. No kernel counter is negative. */
export const UNREAD = -1;

export interface SensorIdentity {
  readonly resource: ResourceName;
  /** Whose wall: a cgroup path, a container id, `machine`. */
  readonly scope: string;
  readonly source: ResourceSource;
  /** Whether others than the daemon are counted here too. */
  readonly isShared: boolean;
}

/** One wall with what stands against it, every number in the row's own unit, UNREAD where there is none. */
export interface Sensor extends SensorIdentity {
  /** What stops an allocation; Infinity: nothing does. */
  readonly wall: number;
  /** What reclaim cannot give back, as the gate judges it; where that is a range, its low end. */
  readonly judged: number;
  /** High end of judged; equal to it where judged is exact. */
  readonly judgedHigh: number;
  readonly held: number;
  readonly maxheld: number;
  /** Refusals or OOM kills. */
  readonly failcnt: number;
  /** Times reclaim ran at the limit: never a signal alone. */
  readonly hits: number;
  /** 1: tasks wait for memory at this wall (cgroup v1); 0: none does. */
  readonly underOom: number;
  /** Time in which every task waited for memory, since boot or since the cgroup was made. */
  readonly stallMicroseconds: number;
  /** Reads all of the row. False: held or judged could not be read, and the whole row is UNREAD. Never throws. */
  read(): boolean;
}

export interface SensorRequest {
  /** '' is the running machine. */
  readonly sysroot: Sysroot;
  readonly platform: PlatformId;
  /** In whose cgroups its walls stand; this process's unless given. */
  readonly subject?: Subject;
  /** The daemon's own cgroups; empty: it shares the subject's. */
  readonly rooms: readonly {
    readonly directory: string;
    readonly kind: 'memory' | 'freezer' | 'unified';
  }[];
  readonly model: SensorModel;
  /** Caps of our own, in each row's unit, for the row the daemon is charged in: its wall is the lower of cap and kernel's. */
  readonly barriers: Partial<Record<ResourceName, number>>;
}

/** What the tree's cost model adds to what the kernel tells. */
export interface SensorModel {
  /** Kernel memory of entries that were looked at and are not kept: reclaim can give it back. */
  readonly unpinnedTouchedBytes: number;
  /** Kernel memory that is kept while the daemon runs, although the kernel counts it as reclaimable. */
  readonly pinnedBytes: number;
  /** What one pinned name costs on a beancounter kernel; 0 elsewhere. */
  readonly pinUnitBytes: number;
}

/** A wall of our own for a row, in its unit; null: none is set; undefined: this row takes none. */
export type Cap = number | null | undefined;

/** Only the row that the daemon is charged in takes one. */
export const capFor = ({ barriers }: SensorRequest, name: ResourceName, takesCap: boolean): Cap =>
  takesCap ? (barriers[name] ?? null) : undefined;

/** A sensor that can be closed. */
export interface HeldSensor extends Sensor {
  /** In force from the next read on; null: only the kernel's own wall is left. false: this row takes none. */
  setCap(cap: number | null): boolean;
  close(): void;
}

/** What was opened, and what could not be. */
export interface SensorFinds {
  readonly sensors: readonly HeldSensor[];
  readonly gaps: readonly Gap[];
}

/** The numbers of a row, and what all kinds of rows do with them. */
export abstract class SensorRow implements HeldSensor {
  readonly resource: ResourceName;
  readonly scope: string;
  readonly source: ResourceSource;
  readonly isShared: boolean;
  wall: number = UNREAD;
  judged: number = UNREAD;
  judgedHigh: number = UNREAD;
  held: number = UNREAD;
  maxheld: number = UNREAD;
  failcnt: number = UNREAD;
  hits: number = UNREAD;
  underOom: number = UNREAD;
  stallMicroseconds: number = UNREAD;
  private readonly takesCap: boolean;
  private cap: number;
  private limit = UNREAD;

  constructor(identity: SensorIdentity, cap: Cap) {
    this.resource = identity.resource;
    this.scope = identity.scope;
    this.source = identity.source;
    this.isShared = identity.isShared;
    this.takesCap = cap !== undefined;
    this.cap = cap ?? Number.POSITIVE_INFINITY;
  }

  abstract read(): boolean;
  abstract close(): void;

  setCap(cap: number | null): boolean {
    if (!this.takesCap) return false;
    this.cap = cap ?? Number.POSITIVE_INFINITY;
    this.limit = UNREAD;
    return true;
  }

  /** The wall that `limit` stands for; looked up only when the number changed. */
  protected drawWall(limit: number): void {
    if (limit === this.limit) return;
    this.limit = limit;
    this.wall = limit < 0 ? UNREAD : Math.min(this.cap, wallNumber(limit));
  }

  protected forget(): false {
    this.limit = UNREAD;
    this.wall = UNREAD;
    this.judged = UNREAD;
    this.judgedHigh = UNREAD;
    this.held = UNREAD;
    this.maxheld = UNREAD;
    this.failcnt = UNREAD;
    this.hits = UNREAD;
    this.underOom = UNREAD;
    this.stallMicroseconds = UNREAD;
    return false;
  }
}

/** Infinity for every number by which a kernel says "no limit"; the clamp of readDecimal is above all real ones. */
const wallNumber = (limit: number): number =>
  limit >= Number.MAX_SAFE_INTEGER || wallOf(limit) === null ? Number.POSITIVE_INFINITY : limit;
