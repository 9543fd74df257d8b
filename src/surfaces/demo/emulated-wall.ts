// A container's table that follows a real process: what this kernel counts for the daemon is added to the recorded rest
// of the container, as a 028stab kernel would have charged it, and the file is rewritten in place again and again.
// Knows: /proc/PID of the daemon, and the table. May not know: who reads the file, or what they make of it.
//
// It is an emulation, and is told as one: nothing is refused here, so what would be is counted as failcnt, and held
// stays at the barrier, as it does on that kernel.

import { closeSync, openSync, writeSync } from 'node:fs';
import { readWatchesOf } from '../../kernel/inotify.ts';
import { readKernelDirectory } from '../../kernel/kernel-file.ts';
import { renderTable, type Table, type TableRow } from './recorded-table.ts';

/** A dentry and its inode on x86_64 028stab: 394380 and 398136 of the recorded table are whole multiples. */
export const DENTRY_BYTES = 939;

/** What this kernel counts for the daemon now. */
export interface DaemonCounts {
  readonly watches: number;
  readonly openFiles: number;
  readonly tasks: number;
}

const NOTHING: DaemonCounts = { watches: 0, openFiles: 0, tasks: 0 };

export interface EmulatedWall {
  readonly file: string;
  readonly barrierBytes: number;
  readonly counts: DaemonCounts;
  /** Of dcachesize, in bytes. */
  readonly heldBytes: number;
  readonly highestBytes: number;
  /** Charges that would have been refused since the daemon started. */
  readonly refused: number;
  /** How often the daemon was looked at. */
  readonly readings: number;
  /** Readings per second since it began, rounded. */
  readingsPerSecond(): number;
  stop(): void;
}

export interface EmulationRequest {
  readonly file: string;
  /** The container without the daemon. */
  readonly rest: Table;
  /** The daemon's process; null: none yet, or none any more. */
  pid(): number | null;
}

/** 60 000 watches take 233 ms to print (fs/notify/fdinfo.c); reading takes at most a third of one processor. */
const REST_PER_READING = 2;
const SHORTEST_REST_MS = 5;

/** Starts at once; until stop() the file is at most some readings old. */
export function emulateWall({ file, rest, pid }: EmulationRequest): EmulatedWall {
  const descriptor = openSync(file, 'w+');
  const state = { counts: NOTHING, heldBytes: 0, highestBytes: 0, refused: 0, readings: 0 };
  const startedAt = performance.now();
  const dcache = rest.get('dcachesize');
  const barrierBytes = Number(dcache?.barrier ?? 0);
  let timer: NodeJS.Timeout | null = null;
  const look = (): void => {
    const begun = performance.now();
    state.counts = readCounts(pid());
    const table = chargedTable(rest, state.counts);
    writeSync(descriptor, renderTable(table), 0);
    const { held = 0, failcnt = 0 } = table.get('dcachesize') ?? {};
    state.heldBytes = held;
    state.highestBytes = Math.max(state.highestBytes, held);
    state.refused = Math.max(state.refused, failcnt - (dcache?.failcnt ?? 0));
    state.readings += 1;
    timer = setTimeout(look, Math.max(SHORTEST_REST_MS, REST_PER_READING * (performance.now() - begun)));
  };
  look();
  return {
    file,
    barrierBytes,
    get counts() {
      return state.counts;
    },
    get heldBytes() {
      return state.heldBytes;
    },
    get highestBytes() {
      return state.highestBytes;
    },
    get refused() {
      return state.refused;
    },
    get readings() {
      return state.readings;
    },
    readingsPerSecond: () => Math.round((state.readings / (performance.now() - startedAt)) * 1000),
    stop() {
      if (timer !== null) clearTimeout(timer);
      closeSync(descriptor);
    },
  };
}

/** A process that has ended, or that may not be looked into, holds nothing. */
export function readCounts(pid: number | null): DaemonCounts {
  if (pid === null) return NOTHING;
  const held = readWatchesOf('', String(pid));
  const files = readKernelDirectory('', `/proc/${pid}/fd`);
  const tasks = readKernelDirectory('', `/proc/${pid}/task`);
  return {
    watches: held?.watches ?? 0,
    openFiles: files.ok ? files.value.length : 0,
    tasks: tasks.ok ? tasks.value.length : 0,
  };
}

/** Bytes of dcachesize that such a daemon pins: one name for each watched folder and each open file. */
export const pinnedBytes = ({ watches, openFiles }: Omit<DaemonCounts, 'tasks'>): number =>
  (watches + openFiles) * DENTRY_BYTES;

/** The container with the daemon in it. Names are charged to kmemsize too, as on that kernel. */
export function chargedTable(rest: Table, counts: DaemonCounts): Map<string, TableRow> {
  const bytes = pinnedBytes(counts);
  const table = new Map(rest);
  charge(table, 'dcachesize', bytes, DENTRY_BYTES);
  charge(table, 'kmemsize', bytes, DENTRY_BYTES);
  charge(table, 'numfile', counts.openFiles, 1);
  charge(table, 'numproc', counts.tasks, 1);
  return table;
}

function charge(table: Map<string, TableRow>, name: string, amount: number, unit: number): void {
  const row = table.get(name);
  if (row === undefined) return;
  const asked = row.held + amount;
  const held = Math.min(asked, Number(row.barrier));
  const refused = Math.ceil((asked - held) / unit);
  table.set(name, { ...row, held, maxheld: Math.max(row.maxheld, held), failcnt: row.failcnt + refused });
}
