// The held files of one cgroup's sensors: those a row cannot do without, and those a kernel may lack.

import { decimalAfter, keyBytes, lastDecimalOf, readDecimal } from '../formats/tick-decimal.ts';
import type { GapList } from './gap-list.ts';
import { type HeldFile, openHeld } from './held-file.ts';
import type { Sysroot } from './kernel-file.ts';
import { UNREAD } from './sensor.ts';

/** Buffer sizes, each with room: a read that fills its buffer counts as failed. */
export const BUFFER_BYTES = {
  /** One number of at most 20 digits, or `max`. */
  value: 64,
  /** memory.events: 8 lines, 200 bytes with large counts; pressure: 2 lines of at most 80. */
  lines: 512,
  /** memory.stat: 1.8 KiB on 6.18 (cgroup v2), 0.8 (v1). */
  stat: 8192,
  /** /proc/meminfo: 1.5 KiB on 6.18. */
  meminfo: 8192,
} as const;

/** Where the files of a row are opened, and where what could not be opened is noted. */
export interface FileShelf {
  readonly sysroot: Sysroot;
  readonly directory: string;
  readonly gaps: GapList;
}

/** null, and a gap, where it cannot be opened. */
export const openNeeded = (
  { sysroot, directory, gaps }: FileShelf,
  name: string,
  bytes: number,
): HeldFile | null => gaps.take(openHeld(`${directory}/${name}`, bytes, sysroot));

/** null where this kernel has no such file; any other reason is a gap besides. */
export const openOptional = (
  { sysroot, directory, gaps }: FileShelf,
  name: string,
  bytes: number,
): HeldFile | null => gaps.unlessAbsent(openHeld(`${directory}/${name}`, bytes, sysroot));

/** The one number of a file; UNREAD where there is no file, or no number in it. */
export const valueIn = (file: HeldFile | null): number =>
  file?.read() ? readDecimal(file.buffer, 0, file.length) : UNREAD;

/** The number behind `key` of a file that was just read. */
export const numberIn = (file: HeldFile, key: Uint8Array): number =>
  decimalAfter(file.buffer, file.length, key);

/** As numberIn, where a kernel that lacks the line has nothing to count there. */
export const countIn = (file: HeldFile, key: Uint8Array): number => Math.max(0, numberIn(file, key));

const FULL = keyBytes('full');

/** Microseconds in which all tasks waited, of a pressure file; UNREAD without one. */
export const stallOf = (file: HeldFile | null): number =>
  file?.read() ? lastDecimalOf(file.buffer, file.length, FULL) : UNREAD;

export function closeAll(files: readonly (HeldFile | null)[]): void {
  for (const file of files) file?.close();
}
