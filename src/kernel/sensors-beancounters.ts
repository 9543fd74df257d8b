// The rows of /proc/user_beancounters that refuse, as the tick reads them: one descriptor, one pass, all rows.
// Knows: which column refuses on which generation, what of held is in use. May not know: bands, or what is done.

import {
  BEANCOUNTER_NAMES,
  BEANCOUNTER_PAGE_BYTES,
  type BeancounterName,
  type ResourceName,
} from '../domain/resource.ts';
import type { Gap } from '../domain/snapshot.ts';
import { type Wall, wallOf } from '../domain/wall.ts';
import { COLUMN, cellOf, readTickTable, type TickTable, tickTable } from '../formats/tick-beancounters.ts';
import { BEANCOUNTERS_PATH, ownBlock, readBeancounters, resourcesOfBlock } from './beancounters.ts';
import { type HeldFile, openHeld } from './held-file.ts';
import {
  type Cap,
  type HeldSensor,
  type SensorFinds,
  type SensorModel,
  type SensorRequest,
  SensorRow,
  UNREAD,
} from './sensor.ts';

/** A block is at most 3 KiB: 24 rows of 117 bytes and the header. */
const BLOCK_BYTES = 3072;
/** Room for containers that start while we run. */
const SPARE_BLOCKS = 4;

/** One sensor per row of our own block whose barrier or limit is finite and refuses; shared with all of the container. */
export function openBeancounters(request: SensorRequest): SensorFinds {
  const { sysroot, platform } = request;
  const read = readBeancounters(sysroot);
  if (!read.ok) return { sensors: [], gaps: [read.error] };
  const block = ownBlock(read.value);
  if (block === undefined) return { sensors: [], gaps: [NO_BLOCK] };
  const bytes = (2 * read.value.blocks.length + SPARE_BLOCKS) * BLOCK_BYTES;
  const file = openHeld(BEANCOUNTERS_PATH, bytes, sysroot);
  if (!file.ok) return { sensors: [], gaps: [file.error] };
  const pass = new TablePass(file.value, tickTable(block.uid), request);
  const sensors = resourcesOfBlock(block).flatMap((row): HeldSensor[] => {
    const wall = wallOf(row, platform);
    const cap = request.barriers[row.name] ?? null;
    if (!isBeancounterName(row.name) || (wall.value === null && cap === null)) return [];
    return [new BeancounterRow({ name: row.name, scope: block.uid, wall, pass, cap })];
  });
  for (const sensor of sensors) sensor.read();
  if (sensors.length === 0) file.value.close();
  // What was read a moment ago is no longer whole.
  const isUnread = sensors.length > 0 && !pass.isRead;
  return { sensors, gaps: isUnread ? [{ ...NO_BLOCK, reason: 'stale', detail: file.value.errno }] : [] };
}

const isBeancounterName = (name: ResourceName): name is BeancounterName =>
  BEANCOUNTER_NAMES.some((known) => known === name);

const NO_BLOCK: Gap = { source: BEANCOUNTERS_PATH, reason: 'absent', detail: 'no block of our own' };

const HELD_OF = {
  dcachesize: cellOf('dcachesize', COLUMN.held),
  kmemsize: cellOf('kmemsize', COLUMN.held),
  oomguarpages: cellOf('oomguarpages', COLUMN.held),
  numfile: cellOf('numfile', COLUMN.held),
  numproc: cellOf('numproc', COLUMN.held),
} as const;

/** Directories a process keeps in use: cwd, root, executable. */
const PINS_PER_PROCESS = 3;

/** The table as the last pass read it. All rows of a tick are of one pass: whoever asks twice first starts the next. */
class TablePass {
  number = 0;
  isRead = false;
  readonly isInUseAccounting: boolean;
  private readonly file: HeldFile;
  private readonly table: TickTable;
  private readonly model: SensorModel;

  constructor(file: HeldFile, table: TickTable, { model, platform }: SensorRequest) {
    this.file = file;
    this.table = table;
    this.model = model;
    this.isInUseAccounting = platform === 'openvz-028';
  }

  next(): void {
    const { file, table } = this;
    this.number += 1;
    this.isRead = file.readToEnd() && readTickTable(file.buffer, file.length, table);
  }

  at(cell: number): number {
    return this.table.values[cell] ?? UNREAD;
  }

  /** Of the dentries that are counted, those that a process or a watch keeps: an estimate, as domain/firm.ts makes it. */
  firmDcacheBytes(): number {
    const { pinUnitBytes, pinnedBytes } = this.model;
    const names = this.at(HELD_OF.numfile) + PINS_PER_PROCESS * this.at(HELD_OF.numproc);
    const inUseBytes = pinUnitBytes * Math.max(0, names) + pinnedBytes;
    const held = this.at(HELD_OF.dcachesize);
    return held <= 0 ? inUseBytes : Math.min(held, inUseBytes);
  }

  close(): void {
    this.file.close();
  }
}

/** What of held counts, where held is not all in use; the rows that domain/firm.ts names, by the same rules. */
type FirmRule = (held: number, pass: TablePass) => number;
const FIRM_RULES: { readonly [Name in BeancounterName]?: FirmRule } = {
  dcachesize: (_, pass) => pass.firmDcacheBytes(),
  // Every dcache byte is charged to kmemsize too (kernel/bc/dcache.c).
  kmemsize: (held, pass) =>
    Math.max(0, held - Math.max(0, pass.at(HELD_OF.dcachesize) - pass.firmDcacheBytes())),
  // physpages holds page cache besides; oomguarpages is user memory alone.
  physpages: (held, pass) =>
    Math.min(
      held,
      pass.at(HELD_OF.oomguarpages) + Math.ceil(pass.at(HELD_OF.kmemsize) / BEANCOUNTER_PAGE_BYTES),
    ),
};

interface RowParts {
  readonly name: BeancounterName;
  readonly scope: string;
  readonly wall: Wall;
  readonly pass: TablePass;
  readonly cap: Cap;
}

class BeancounterRow extends SensorRow {
  private readonly pass: TablePass;
  private readonly firm: FirmRule | null;
  private readonly cells: { readonly held: number; readonly maxheld: number; readonly failcnt: number };
  private readonly wallCell: number;
  private passNumber = 0;

  constructor({ name, scope, wall, pass, cap }: RowParts) {
    super({ resource: name, scope, source: 'beancounters', isShared: true }, cap);
    this.pass = pass;
    this.firm = FIRM_RULES[name] ?? null;
    this.wallCell = cellOf(name, wall.name === 'barrier' ? COLUMN.barrier : COLUMN.limit);
    this.cells = {
      held: cellOf(name, COLUMN.held),
      maxheld: cellOf(name, COLUMN.maxheld),
      failcnt: cellOf(name, COLUMN.failcnt),
    };
  }

  read(): boolean {
    const pass = this.pass;
    if (this.passNumber === pass.number) pass.next();
    this.passNumber = pass.number;
    const held = pass.isRead ? pass.at(this.cells.held) : UNREAD;
    if (held < 0) return this.forget();
    this.held = held;
    this.maxheld = pass.at(this.cells.maxheld);
    this.failcnt = pass.at(this.cells.failcnt);
    // In-use accounting (2.6.18) counts nothing that could be given back, unless it is switched off and reads 0.
    const isExact = this.firm === null || (pass.isInUseAccounting && held > 0);
    this.judged = isExact || this.firm === null ? held : this.firm(held, pass);
    this.judgedHigh = Math.max(held, this.judged);
    this.drawWall(pass.at(this.wallCell));
    return true;
  }

  close(): void {
    this.pass.close();
  }
}
