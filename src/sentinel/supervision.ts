// The daemon's life from its first instruction to its last process.
//
//   running -- main process ended, others left --> followed -- none left --> ended

import type { ChildProcess } from 'node:child_process';
import { headsOf, type MemberTraits, readLivingMembers } from '../actuators/members.ts';
import { sendSignal } from '../actuators/signal.ts';
import { openTrackedProcess } from '../actuators/tracked-process.ts';
import { type Ending, FAILED } from './ending.ts';
import { sharesForeground } from './foreground.ts';
import type { SignalTarget } from './signals.ts';

/** At members only after the main process has ended: then somebody waits for us, and a look costs a file, or a scan of /proc. */
const LOOK_MS = 200;

/** The process a daemon is known by. */
export interface MainProcess {
  readonly ended: Promise<Ending>;
  hasEnded(): boolean;
}

export interface Daemon {
  readonly main: MainProcess;
  readonly pid: number;
  readonly traits: MemberTraits;
}

export const mainOf = (child: ChildProcess): MainProcess => ({
  ended: new Promise((resolve) => {
    child.once('exit', (status, signal) =>
      resolve(signal === null ? { status: status ?? FAILED } : { signal }),
    );
  }),
  hasEnded: () => child.exitCode !== null || child.signalCode !== null,
});

/** Somebody else's child, whose status is for them: 0 stands for it. null: it has ended. */
export function foreignMain(pid: number): MainProcess | null {
  const tracked = openTrackedProcess(pid);
  if (tracked === null) return null;
  const hasEnded = (): boolean => !tracked.isAlive();
  const ended = async (): Promise<Ending> => {
    while (!hasEnded()) await pause(LOOK_MS);
    return { status: 0 };
  };
  return { ended: ended(), hasEnded };
}

/** Resolves with the main process's ending when no process of the daemon is left. */
export async function awaitEnd({ main, traits }: Daemon): Promise<Ending> {
  const ending = await main.ended;
  while (readLivingMembers(traits).length > 0) await pause(LOOK_MS);
  return ending;
}

/** Where forwarded signals go: to the main process, and once it has replaced itself to its successors. */
export function signalTargetOf(daemon: Daemon): Omit<SignalTarget, 'hear' | 'suspend'> {
  const heads = (): number[] =>
    daemon.main.hasEnded() ? headsOf(readLivingMembers(daemon.traits)) : [daemon.pid];
  return {
    sharesForeground: () => heads().every(sharesForeground),
    send: (signal) => {
      for (const pid of heads()) sendSignal(pid, signal);
    },
  };
}

export const pause = (durationMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
