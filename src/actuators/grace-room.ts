// A little more memory for a daemon that was told to end: at its wall it could neither hear the signal nor write down what it
// must. Knows: which file of its cgroup says so. May not know: when, or why.
//
// A task that was frozen carries a pending mark until it is back in user mode, and the kernel then promotes no deadly signal
// (signal.c, wants_signal); one that goes on into the wait of a waiting cgroup never gets there: TERM was not heard in 8 of 8
// (6.18). Raising a limit never waits for reclaim, unlike lowering one, so the tick may do it.

import { MiB } from '../domain/units.ts';
import { type HeldWriter, openHeldWriter } from '../kernel/held-file.ts';
import { readKernelFile } from '../kernel/kernel-file.ts';
import type { Home, Room } from './home.ts';

/** Half of the 32 MiB that the daemon's own limit leaves to the rest of the container at least. */
const GRACE_BYTES: number = 16 * MiB;

export interface GraceRoom {
  /** true: open() writes the limit that is there, so that its whole way has been walked before it is needed. */
  isRehearsal: boolean;
  /** Raises the limit; false: it could not be raised. */
  open(): boolean;
  close(): void;
}

/** null: the daemon has no limit of its own. */
export function openGraceRoom({ rooms }: Home): GraceRoom | null {
  const limited = rooms.find(({ isLimited }) => isLimited);
  if (limited === undefined) return null;
  const files = filesOf(limited).flatMap((file) => raiseOf(`${limited.directory}/${file}`));
  return {
    isRehearsal: false,
    open() {
      let isTaken = true;
      for (const { writer, raised, asItIs } of files)
        isTaken = writer.write(this.isRehearsal ? asItIs : raised) && isTaken;
      return isTaken;
    },
    close() {
      for (const { writer } of files) writer.close();
    },
  };
}

/** memory.high may not hold back what memory.max lets through, so the wider one first. */
const filesOf = ({ kind }: Room): readonly string[] =>
  kind === 'unified' ? ['memory.max', 'memory.high'] : ['memory.limit_in_bytes'];

interface Raise {
  readonly writer: HeldWriter;
  readonly raised: Uint8Array;
  readonly asItIs: Uint8Array;
}

function raiseOf(path: string): Raise[] {
  const limit = readKernelFile('', path);
  const writer = openHeldWriter(path);
  if (!writer.ok) return [];
  const bytes = Number(limit.ok ? limit.value.trim() : Number.NaN);
  if (Number.isFinite(bytes)) {
    const raised = Buffer.from(String(bytes + GRACE_BYTES));
    return [{ writer: writer.value, raised, asItIs: Buffer.from(String(bytes)) }];
  }
  writer.value.close();
  return [];
}
