// What throttling may take seconds for: a lower memory.high and reclaim for the daemon's cgroup, undone when it is over.
// Knows: the files, what must stay free for the daemon to live, and when lowering only stalls.
// May not know: why it is throttled. The sentinel never writes these files: a tick may not wait for reclaim.

import { rmSync } from 'node:fs';
import { writeCgroupFile } from '../actuators/cgroup-file.ts';
import { writeCgroupFileSlowly } from '../actuators/slow-cgroup-file.ts';
import { memoryMarginBytes } from '../domain/policy.ts';
import { parseUnifiedMemoryStat, type UnifiedMemoryStat } from '../formats/memory-stat.ts';
import { parsePressure } from '../formats/psi.ts';
import { renderBytes } from '../formats/quantity-text.ts';
import { parseLimitValue, parseSingleValue } from '../formats/single-value.ts';
import { readKernelFile, readParsed } from '../kernel/kernel-file.ts';
import { readStateFile, writeStateFile } from '../kernel/state-file.ts';
import type { Level } from './journal.ts';
import { type StallWatch, stallWatch } from './stall-watch.ts';

export interface SlowWritesRequest {
  readonly rooms: readonly { readonly directory: string; readonly kind: 'memory' | 'freezer' | 'unified' }[];
  /** Where the former value is kept, for a companion that comes after one that was killed. */
  readonly stateFile: string;
  say(level: Level, text: string): void;
  now(): number;
}

export interface SlowWrites {
  /** Resolves once the kernel has reclaimed what it could. */
  throttle(): Promise<void>;
  unthrottle(): void;
  /** What is not pinned any more is given back; resolves once the kernel has done it. */
  reclaim(): Promise<void>;
  /** Once a second while throttled. */
  look(): void;
}

/** What stood in memory.high before, and how it goes since. */
interface Lowered {
  readonly former: string;
  readonly stall: StallWatch;
}

export function slowWrites(request: SlowWritesRequest): SlowWrites {
  const unified = request.rooms.find(({ kind }) => kind === 'unified')?.directory ?? null;
  const legacy = request.rooms.find(({ kind }) => kind === 'memory')?.directory ?? null;
  let lowered = unified === null ? null : leftBehind(request.stateFile);
  const restore = (): void => {
    if (lowered === null || unified === null) return;
    restoreHigh(unified, lowered.former, request);
    lowered = null;
  };
  restore();
  return {
    async throttle() {
      if (legacy !== null) await emptyCache(legacy, request);
      if (unified === null || lowered !== null) return;
      const target = readTarget(unified);
      if (target === null) return;
      lowered = { former: target.former, stall: stallWatch() };
      await lowerHigh(unified, target, request);
      // Meanwhile it may have been put back, and the write that was slower have undone that.
      if (lowered === null) restoreHigh(unified, target.former, request);
      else await writeCgroupFileSlowly(`${unified}/memory.reclaim`, String(target.excessBytes));
    },
    unthrottle: restore,
    async reclaim() {
      if (legacy !== null) await emptyCache(legacy, request);
      const stand = unified === null ? null : readStand(unified);
      if (stand === null || stand.heldBytes <= stand.floorBytes) return;
      await writeCgroupFileSlowly(`${unified}/memory.reclaim`, String(stand.heldBytes - stand.floorBytes));
    },
    look() {
      if (lowered === null || unified === null) return;
      if (!lowered.stall.look(request.now(), readFullMicroseconds(unified))) return;
      request.say('warn', 'memory.high was put back: the daemon stood still for memory for 10 s at it');
      restore();
    },
  };
}

const leftBehind = (stateFile: string): Lowered | null => {
  const former = readStateFile(stateFile);
  return typeof former === 'string' ? { former, stall: stallWatch() } : null;
};

interface Target {
  readonly former: string;
  readonly highBytes: number;
  /** What is above it now, to be reclaimed. */
  readonly excessBytes: number;
}

/** null: lowering would not lower anything. */
function readTarget(directory: string): Target | null {
  const former = readKernelFile('', `${directory}/memory.high`);
  const stand = readStand(directory);
  if (!former.ok || stand === null) return null;
  const { heldBytes, floorBytes: highBytes } = stand;
  const formerLimit = parseLimitValue(former.value);
  const formerBytes =
    formerLimit.ok && formerLimit.value !== null ? Number(formerLimit.value) : Number.POSITIVE_INFINITY;
  if (highBytes >= Math.min(formerBytes, heldBytes)) return null;
  return { former: former.value.trim(), highBytes, excessBytes: heldBytes - highBytes };
}

/** What is held, and what of it stays: firm memory and the margin, below which the daemon could only stand still. */
function readStand(directory: string): { readonly heldBytes: number; readonly floorBytes: number } | null {
  const limit = readParsed('', `${directory}/memory.max`, parseLimitValue);
  const held = readParsed('', `${directory}/memory.current`, parseSingleValue);
  const stat = readParsed('', `${directory}/memory.stat`, parseUnifiedMemoryStat);
  if (!limit.ok || !held.ok || !stat.ok) return null;
  const heldBytes = Number(held.value);
  const marginBytes = memoryMarginBytes(Number(limit.value ?? heldBytes));
  return { heldBytes, floorBytes: Math.ceil(firmBytes(stat.value) + marginBytes) };
}

const firmBytes = (stat: UnifiedMemoryStat): number =>
  stat.anonBytes +
  stat.shmemBytes +
  stat.unevictableBytes +
  (stat.kernelBytes === null
    ? stat.slabUnreclaimableBytes
    : Math.max(0, stat.kernelBytes - stat.slabReclaimableBytes));

async function lowerHigh(directory: string, target: Target, request: SlowWritesRequest): Promise<void> {
  const { stateFile, say } = request;
  // Unwritten, a companion that is killed leaves the value lowered: a harder brake than asked, which the guard watches.
  writeStateFile(stateFile, target.former);
  const trouble = await writeCgroupFileSlowly(`${directory}/memory.high`, String(target.highBytes));
  if (trouble === null) say('debug', `memory.high is ${renderBytes(target.highBytes)}, was ${target.former}`);
  else say('error', `${directory}/memory.high could not be lowered (${trouble})`);
}

/** Raising it frees nothing and so waits for nothing; with the daemon's cgroup the value is gone too. */
function restoreHigh(directory: string, former: string, { stateFile, say }: SlowWritesRequest): void {
  const written = writeCgroupFile(`${directory}/memory.high`, former);
  if (!written.ok && written.error.reason !== 'absent')
    say('error', `${directory}/memory.high could not be put back (${written.error.detail})`);
  forget(stateFile);
}

/** Not through writeStateFile, which would make the guard's directory anew after its end. */
function forget(stateFile: string): void {
  try {
    rmSync(stateFile, { force: true });
  } catch {
    // The next companion then puts the same value back once more.
  }
}

async function emptyCache(directory: string, { say }: SlowWritesRequest): Promise<void> {
  const trouble = await writeCgroupFileSlowly(`${directory}/memory.force_empty`, '0');
  // EBUSY, EINTR: some of it stays, which is what reclaim does.
  if (trouble !== null && trouble !== 'EBUSY' && trouble !== 'EINTR')
    say('debug', `${directory}/memory.force_empty: ${trouble}`);
}

function readFullMicroseconds(directory: string): number | null {
  const pressure = readParsed('', `${directory}/memory.pressure`, parsePressure);
  return pressure.ok ? (pressure.value.full?.totalMicroseconds ?? null) : null;
}
