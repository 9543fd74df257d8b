// What outlives one guard: when its daemon was started, whether it was stopped at a wall, and a hold. A service manager
// starts a new guard after each end, and a reboot ends them all; neither may make a budget or a hold forgotten.

import { join } from 'node:path';
import { readStateFile, writeStateFile } from '../kernel/state-file.ts';

export interface StartMemory {
  /** Unix times of starts in the budget's window, ms, oldest first. */
  readonly startsAt: readonly number[];
  /** Whether the last run ended because the guard stopped it at a wall. */
  readonly wasStoppedAtWall: boolean;
  /** null: none in force. */
  readonly hold: { readonly sinceAt: number; readonly reason: string } | null;
}

export const NO_STARTS: StartMemory = { startsAt: [], wasStoppedAtWall: false, hold: null };

/** One daemon's memory in the state directory, kept apart by what is run on which trees. */
export interface StartMemories {
  read(): StartMemory;
  /** false: it could not be written; this guard remembers it all the same, the next one does not. */
  write(memory: StartMemory): boolean;
}

const FILE = 'starts.json';

export function startMemories(directory: string, subject: readonly string[]): StartMemories {
  const path = join(directory, FILE);
  const key = subject.join('\n');
  let unwritten: StartMemory | null = null;
  return {
    read: () => unwritten ?? memoryIn(allIn(path)[key]),
    write(memory) {
      const isWritten = writeStateFile(path, { ...allIn(path), [key]: memory }).ok;
      unwritten = isWritten ? null : memory;
      return isWritten;
    },
  };
}

function allIn(path: string): Record<string, unknown> {
  const value = readStateFile(path);
  return isRecord(value) ? value : {};
}

/** A damaged memory is none: a daemon that could not start for that would be worse. */
function memoryIn(value: unknown): StartMemory {
  if (!isRecord(value)) return NO_STARTS;
  const { startsAt, wasStoppedAtWall, hold } = value;
  return {
    startsAt: Array.isArray(startsAt) ? startsAt.filter((one): one is number => Number.isFinite(one)) : [],
    wasStoppedAtWall: wasStoppedAtWall === true,
    hold: isRecord(hold) ? { sinceAt: Number(hold['sinceAt']) || 0, reason: String(hold['reason']) } : null,
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
