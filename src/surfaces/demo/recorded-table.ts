// The table of a container of May 2012, as its owner published it (fixtures/hosts/openvz-028-2012 tells where), and the
// same table with other numbers in it, in the kernel's own layout.

import { KERNEL_ORDER } from '../../formats/beancounter-table.ts';

export interface TableRow {
  readonly held: number;
  readonly maxheld: number;
  /** bigint: the kernel's LONG_MAX. */
  readonly barrier: number | bigint;
  readonly limit: number | bigint;
  readonly failcnt: number;
}

const LONG_MAX = 2n ** 63n - 1n;
const INT_MAX = 2 ** 31 - 1;
const UID = '67216902';

const row = (
  held: number,
  maxheld: number,
  [barrier, limit]: readonly [number | bigint, number | bigint],
  failcnt = 0,
): TableRow => ({ held, maxheld, barrier, limit, failcnt });

/** In the kernel's order, unused slots included. */
const RECORDED_2012: readonly TableRow[] = [
  row(7335999, 7375510, [20971520, 23068672]),
  row(0, 0, [256, 256], 10),
  row(62341, 62338, [524288, 576716]),
  row(9089, 9089, [20480, 20480], 51),
  row(0, 0, [LONG_MAX, LONG_MAX]),
  row(41, 41, [96, 96]),
  row(22424, 22334, [INT_MAX, INT_MAX]),
  row(0, 0, [131072, INT_MAX]),
  row(23510, 23420, [LONG_MAX, INT_MAX]),
  row(9, 9, [360, 360]),
  row(1, 2, [188, 206]),
  row(1, 1, [16, 16]),
  row(0, 1, [256, 256]),
  row(140032, 140032, [1720320, 2703360], 5298),
  row(147456, 147456, [1720320, 2703360]),
  row(13968, 13968, [1126080, 2097152]),
  row(0, 0, [262144, 288358]),
  row(13, 13, [360, 360]),
  row(394380, 398136, [3145728, 3460300], 625106375),
  row(1124, 1128, [4096, 4096]),
  row(0, 0, [0, 0]),
  row(0, 0, [0, 0]),
  row(0, 0, [0, 0]),
  row(18, 18, [100, 105]),
];

/** Rows by name; a `dummy` slot keeps its index as its name. */
export type Table = ReadonlyMap<string, TableRow>;

const slotName = (name: string, index: number): string => (name === 'dummy' ? `dummy ${index}` : name);

export const recordedTable = (): Map<string, TableRow> =>
  new Map(
    KERNEL_ORDER.map((name, index): [string, TableRow] => [
      slotName(name, index),
      RECORDED_2012[index] ?? row(0, 0, [0, 0]),
    ]),
  );

/** The same container with every barrier and limit doubled and nothing refused yet; what is unlimited stays so. */
export function doubledTable(): Map<string, TableRow> {
  const doubled = (wall: number | bigint): number | bigint =>
    typeof wall === 'bigint' || wall === INT_MAX ? wall : wall * 2;
  return new Map(
    [...recordedTable()].map(([name, one]) => [
      name,
      { ...one, barrier: doubled(one.barrier), limit: doubled(one.limit), failcnt: 0 },
    ]),
  );
}

/** Every number in a column of its own, so that the text is as long whatever it says: it is rewritten in place. */
export function renderTable(table: Table): string {
  const rows = KERNEL_ORDER.map((name, index) => {
    const label = index === 0 ? `${UID}:` : '';
    const { held, maxheld, barrier, limit, failcnt } = table.get(slotName(name, index)) ?? row(0, 0, [0, 0]);
    return line(label, name, [held, maxheld, barrier, limit, failcnt].map(String));
  });
  return `Version: 2.5\n${line('uid', 'resource', ['held', 'maxheld', 'barrier', 'limit', 'failcnt'])}${rows.join('')}`;
}

/** Widths of a 64-bit kernel (ub_proc.c). */
const line = (label: string, name: string, cells: readonly string[]): string =>
  `${label.padStart(10)}  ${[name.padEnd(12), ...cells.map((cell) => cell.padStart(20))].join(' ')}\n`;
