// The numbers by which kernels and their tools say "no limit".

import type { Counter } from '../domain/units.ts';

/**
 * Values below 2^63 - 64 KiB that mean "no limit":
 * LONG_MAX of a 32-bit kernel, also written by vzctl on 64-bit hosts; the same less one (seen in published tables);
 * LONG_MAX / 4096, which the vz8 emulation prints for page rows; and a 32-bit memory cgroup's
 * LONG_MAX pages (include/linux/page_counter.h, PAGE_COUNTER_MAX) in bytes.
 */
const UNLIMITED: ReadonlySet<number> = new Set([2147483647, 2147483646, 2251799813685247, 2147483647 * 4096]);

/** LONG_MAX rounded down to a page of at most 64 KiB (mm/memcontrol-v1.c prints it so): all of these are "no limit". */
const LONG_MAX_ROUNDED = 2n ** 63n - 65536n;

const isUnlimited = (value: Counter): boolean =>
  typeof value === 'bigint' ? value >= LONG_MAX_ROUNDED : UNLIMITED.has(value);

/** The wall a number stands for; null where it means "no limit". */
export const wallOf = (value: Counter): Counter | null => (isUnlimited(value) ? null : value);
