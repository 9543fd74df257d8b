// One run of a command in a container, bare or under `syncguard run`: until it has passed over its tree, or has ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { type RoomTrouble, RoomWatch } from './guarded-daemon-room.ts';
import type { DaemonRoom } from './real-daemon-room.ts';

export interface RunRequest {
  readonly room: DaemonRoom;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether its first pass is over, by all it said; a command that ends by itself passes with status 0. */
  hasPassed(text: string): boolean;
  readonly longestMs: number;
  /** Once, while it still runs, as soon as it has passed; null: nothing. */
  readonly afterPass?: (child: ChildProcess) => Promise<void>;
}

export interface RunOutcome extends RoomTrouble {
  /**
   * finished: it passed over its tree. refused, stopped: 75 by the gate, or at a wall. ended: otherwise before it had passed.
   * unfinished: neither, within the time given.
   */
  readonly outcome: 'finished' | 'refused' | 'stopped' | 'ended' | 'unfinished';
  readonly elapsedMs: number;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and error. */
  readonly text: string;
}

const LOOK_MS = 20;

export async function runInRoom(request: RunRequest): Promise<RunOutcome> {
  const { room, words, env, longestMs } = request;
  const [shell = '', ...entered] = [...room.enter, ...words];
  const watch = new RoomWatch(room);
  const startedAt = performance.now();
  const child = spawn(shell, entered, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (text += part));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  while (!hasEnded() && !request.hasPassed(text) && performance.now() - startedAt < longestMs)
    await pause(LOOK_MS);
  const elapsedMs = Math.round(performance.now() - startedAt);
  const hasPassed = request.hasPassed(text);
  if (!hasEnded() && hasPassed) await request.afterPass?.(child);
  if (!hasEnded()) child.kill('SIGTERM');
  await Promise.race([closed, pause(END_WITHIN_MS, null, { ref: false })]);
  const trouble = watch.end();
  const { exitCode: status, signalCode: signal } = child;
  return {
    outcome: outcomeOf({ hasPassed, status, text, isOver: elapsedMs >= longestMs }),
    elapsedMs,
    status,
    signal,
    text,
    ...trouble,
  };
}

/** A daemon that crawls at its wall may need as long to end. */
const END_WITHIN_MS = 60_000;

interface End {
  readonly hasPassed: boolean;
  readonly status: number | null;
  readonly text: string;
  readonly isOver: boolean;
}

function outcomeOf({ hasPassed, status, text, isOver }: End): RunOutcome['outcome'] {
  if (status === 75 && /was stopped at/.test(text)) return 'stopped';
  if (hasPassed || (status === 0 && !isOver)) return 'finished';
  if (status === 75) return 'refused';
  return isOver ? 'unfinished' : 'ended';
}
