// /proc/meminfo, a kernel's own, a container's virtualised one, or lxcfs's.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';

export interface Meminfo {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** null before 3.14 and in OpenVZ containers. */
  readonly availableBytes: number | null;
  /** Free pages, buffers, page cache less shared memory, reclaimable slab: what `available` was before it had a line. */
  readonly estimatedAvailableBytes: number;
  /** null where the file has no such line (2.6.18 and before). */
  readonly slabBytes: number | null;
  readonly slabReclaimableBytes: number | null;
  readonly slabUnreclaimableBytes: number | null;
  readonly kernelStackBytes: number | null;
  readonly pageTableBytes: number | null;
}

/** `MemTotal:       24684096 kB`; HugePages_* lines have no unit, and 2.4-style tables are long gone. */
const LINE = /^([^:]+): +(\d{1,16})( kB)?$/;
const BYTES_PER_KB = 1024;

/** A line of another shape, no MemTotal or MemFree, or a missing last newline is Malformed. */
export function parseMeminfo(text: string): Result<Meminfo, Malformed> {
  const lines = text.split('\n');
  if (lines.at(-1) !== '') return failure({ reason: 'cut: no newline at the end', line: lines.length });
  const values = new Map<string, number>();
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const match = LINE.exec(line);
    if (match === null) return failure({ reason: 'not a meminfo line', line: index + 1 });
    values.set(match[1] ?? '', Number(match[2]) * (match[3] === undefined ? 1 : BYTES_PER_KB));
  }
  const missing = ['MemTotal', 'MemFree'].find((name) => !values.has(name));
  if (missing !== undefined) return failure({ reason: `no ${missing} line`, line: 1 });
  return success(meminfoOf(values));
}

function meminfoOf(values: ReadonlyMap<string, number>): Meminfo {
  const of = (name: string): number => values.get(name) ?? 0;
  const cacheBytes = of('Buffers') + Math.max(0, of('Cached') - of('Shmem'));
  return {
    totalBytes: of('MemTotal'),
    freeBytes: of('MemFree'),
    availableBytes: values.get('MemAvailable') ?? null,
    estimatedAvailableBytes: Math.min(of('MemTotal'), of('MemFree') + cacheBytes + of('SReclaimable')),
    slabBytes: values.get('Slab') ?? null,
    slabReclaimableBytes: values.get('SReclaimable') ?? null,
    slabUnreclaimableBytes: values.get('SUnreclaim') ?? null,
    kernelStackBytes: values.get('KernelStack') ?? null,
    pageTableBytes: values.get('PageTables') ?? null,
  };
}
