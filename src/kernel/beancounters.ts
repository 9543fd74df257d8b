// Rows of /proc/user_beancounters and /proc/bc, and what a container shows when that file is denied.
// Knows: which files of which generation hold the counters. May not know: what is judged by them.

import { type Resource, UNSAID, unitOf } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import type { BeancounterBlock, BeancounterTable } from '../formats/beancounter-table.ts';
import { parseMeminfo } from '../formats/meminfo.ts';
import { parseBeancounterRows, parseUserBeancounters } from '../formats/user-beancounters.ts';
import { readKernelDirectory, readParsed, type Sysroot } from './kernel-file.ts';

export const BEANCOUNTERS_PATH = '/proc/user_beancounters';

/** A container sees one block, its own; a host sees every container's, and its own as 0. */
export const readBeancounters = (sysroot: Sysroot): Result<BeancounterTable, Gap> =>
  readParsed(sysroot, BEANCOUNTERS_PATH, parseUserBeancounters);

/** Rows as the kernel counts them: `pages` stay pages of 4096 bytes. */
export const resourcesOfBlock = (block: BeancounterBlock): Resource[] =>
  block.rows.map((row) => ({
    name: row.name,
    unit: unitOf(row.name),
    source: 'beancounters',
    scope: block.uid,
    held: row.held,
    reclaimable: null,
    maxheld: row.maxheld,
    barrier: row.barrier,
    limit: row.limit,
    failcnt: row.failcnt,
    hits: null,
    caveat: caveatOf(row.name, row.held, block),
  }));

/** 028stab books dentries only once the host's dentry slab passed a watermark, for all containers at once. */
function caveatOf(name: string, held: unknown, block: BeancounterBlock): string | null {
  const files = block.rows.find((row) => row.name === 'numfile');
  const isOff = name === 'dcachesize' && held === 0 && Number(files?.held ?? 0) > 0;
  return isOff ? 'accounting is off: 0 is not the count, and it can switch on at any time' : null;
}

/** The block that counts this process: the only one, else the host's own. */
export const ownBlock = (table: BeancounterTable): BeancounterBlock | undefined =>
  table.blocks.length === 1 ? table.blocks[0] : table.blocks.find((block) => block.uid === '0');

/**
 * Every container of a host, newest first: /proc/user_beancounters, else /proc/bc/ID/resources one by one.
 * One that vanished meanwhile is left out.
 */
export function readHostBlocks(sysroot: Sysroot): Result<readonly BeancounterBlock[], Gap> {
  const table = readBeancounters(sysroot);
  if (table.ok) return success(table.value.blocks);
  const ids = readKernelDirectory(sysroot, '/proc/bc');
  if (!ids.ok) return failure(table.error);
  const blocks: BeancounterBlock[] = [];
  for (const id of ids.value) {
    const rows = readParsed(sysroot, `/proc/bc/${id}/resources`, parseBeancounterRows);
    if (rows.ok) blocks.push({ ...rows.value, uid: id });
    else if (rows.error.reason !== 'absent') return rows;
  }
  return success(blocks);
}

/**
 * 042stab prints a container's /proc/meminfo from the same counters (kernel/bc/vm_pages.c): SReclaimable is
 * dcachesize's held in whole kilobytes, and anybody may read it. Walls and failcnt stay unknown.
 */
export function readDcacheFromMeminfo(sysroot: Sysroot): Resource | null {
  const meminfo = readParsed(sysroot, '/proc/meminfo', parseMeminfo);
  if (!meminfo.ok || meminfo.value.slabReclaimableBytes === null) return null;
  return {
    name: 'dcachesize',
    unit: 'bytes',
    source: 'meminfo',
    scope: 'container',
    ...UNSAID,
    held: meminfo.value.slabReclaimableBytes,
    caveat: 'SReclaimable of /proc/meminfo, rounded up to pages; its wall could not be read',
  };
}
