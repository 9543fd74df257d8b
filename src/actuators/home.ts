// A daemon's home: one cgroup on v2, one in each hierarchy on v1.

import type { Brake } from '../domain/verdict.ts';

export interface HomeRequest {
  /** The directory's name: `syncguard-` and a pid. */
  readonly name: string;
  /** Bytes the daemon may hold; null: no memory wall, so no limit. */
  readonly limitBytes: number | null;
  /** What cgroup v1 has for memory.high: tasks wait at the limit, are killed there, or rather have none. */
  readonly legacyLimit: 'waiting' | 'plain' | 'none';
}

/** One cgroup made for the daemon. */
export interface Room {
  readonly directory: string;
  readonly kind: 'memory' | 'freezer' | 'unified';
  readonly brake: Brake['kind'];
  readonly isLimited: boolean;
}

export interface Home {
  readonly rooms: readonly Room[];
  readonly brake: Brake;
  readonly isLimited: boolean;
}

/** What making a room came to: the room, or one clause on what stood in the way. */
export type RoomOutcome = { readonly room: Room } | { readonly obstacle: string };
