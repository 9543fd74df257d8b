// What a beancounter file says, whichever generation printed it and whoever pasted it.

import { BEANCOUNTER_NAMES, type BeancounterName } from '../domain/resource.ts';
import type { Malformed } from '../domain/result.ts';
import type { Counter } from '../domain/units.ts';
import { parseCounter } from './counter.ts';
import { wallOf } from './unlimited.ts';

/** One resource, every number in the resource's own unit (bytes, 4096-byte pages or items). */
export interface BeancounterRow {
  readonly name: BeancounterName;
  readonly held: Counter;
  readonly maxheld: Counter;
  /** null: unlimited. */
  readonly barrier: Counter | null;
  /** null: unlimited. */
  readonly limit: Counter | null;
  /** null: the text had no failcnt column. */
  readonly failcnt: Counter | null;
}

/** One beancounter: a container, or the host with uid `0`. */
export interface BeancounterBlock {
  /** A number, `parent.child` (028stab sub-beancounters), a UUID (vz7 and later), '' where the file names none. */
  readonly uid: string;
  readonly rows: readonly BeancounterRow[];
}

export interface BeancounterTable {
  /** `2.5` in every generation; null where a pasted text lost the line. */
  readonly version: string | null;
  /** unsigned long of the kernel that printed it, by the width of the header's columns; null when not shown. */
  readonly wordBits: 32 | 64 | null;
  /** The kernel's order: newest container first, the host's 0 last. */
  readonly blocks: readonly BeancounterBlock[];
  /** What a lenient reading had to mend or leave out; empty for a kernel's own file. */
  readonly notes: readonly Malformed[];
}

/** The kernel's order of 24 (kernel/bc/beancounter.c): dummy slots 4, 20, 21 and 22 included. */
export const KERNEL_ORDER: readonly string[] = [
  ...BEANCOUNTER_NAMES.slice(0, 4),
  'dummy',
  ...BEANCOUNTER_NAMES.slice(4, 19),
  'dummy',
  'dummy',
  'dummy',
  'numiptent',
];

const NAMES: ReadonlyMap<string, BeancounterName | 'dummy'> = new Map<string, BeancounterName | 'dummy'>([
  ...BEANCOUNTER_NAMES.map((name): [string, BeancounterName] => [name, name]),
  ['dummy', 'dummy'],
]);

export const isRowName = (word: string): boolean => NAMES.has(word);

/** What a line of the table says; a `dummy` slot is a row of the file, but of no resource. */
export type AnyRow = Omit<BeancounterRow, 'name'> & { readonly name: BeancounterName | 'dummy' };

/** Of 4 or 5 number words; null when a word is no number or the name is no resource. */
export function beancounterRow(name: string, words: readonly string[]): AnyRow | null {
  const known = NAMES.get(name);
  const [held, maxheld] = words.slice(0, 2).map(parseCounter);
  const [barrier, limit] = words.slice(2, 4).map(parseWall);
  const failcnt = words.length > 4 ? parseCounter(words[4] ?? '') : undefined;
  if (known === undefined || words.length > 5 || failcnt === null) return null;
  if (held == null || maxheld == null || barrier == null || limit == null) return null;
  const isUnused = barrier.wall === 0 && (name === 'physpages' || name === 'swappages');
  return {
    name: known,
    held,
    maxheld,
    // vswap containers write `physpages 0:RAM` and `swappages 0:SWAP`, where 0 says "no barrier".
    barrier: isUnused ? null : barrier.wall,
    limit: limit.wall,
    failcnt: failcnt ?? null,
  };
}

/** vz8's emulation copies pids.max, which may be the word `max`. */
function parseWall(word: string): { readonly wall: Counter | null } | null {
  if (word === 'max') return { wall: null };
  const value = parseCounter(word);
  return value === null ? null : { wall: wallOf(value) };
}

/** 20-character number columns are printed by 64-bit kernels, 10-character ones by 32-bit kernels (ub_proc.c). */
export function wordBitsOf(header: string): 32 | 64 | null {
  const match = /maxheld( +)barrier/.exec(header);
  const width = (match?.[1]?.length ?? 0) + 'barrier'.length;
  if (width === 21) return 64;
  return width === 11 ? 32 : null;
}
