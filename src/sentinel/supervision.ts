// The daemon's life from its first instruction to its last process.
//
//   running -- main process ended, others left --> followed -- none left --> ended

import type { ChildProcess } from 'node:child_process';
import { headsOf, type MemberTraits, readLivingMembers } from '../actuators/members.ts';
import { sendSignal } from '../actuators/signal.ts';
import { type Ending, FAILED } from './ending.ts';
import { sharesForeground } from './foreground.ts';
import type { SignalTarget } from './signals.ts';

/** Only after the main process has ended: then somebody waits for us, and a look costs a file, or a scan of /proc. */
const LOOK_MS = 200;

export interface Daemon {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly traits: MemberTraits;
}

/** Resolves with the main process's ending when no process of the daemon is left. */
export async function awaitEnd({ child, traits }: Daemon): Promise<Ending> {
  const ending = await new Promise<Ending>((resolve) => {
    child.once('exit', (status, signal) =>
      resolve(signal === null ? { status: status ?? FAILED } : { signal }),
    );
  });
  while (readLivingMembers(traits).length > 0) await pause(LOOK_MS);
  return ending;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

/** Where forwarded signals go: to the main process, and once it has replaced itself to its successors. */
export function signalTargetOf(daemon: Daemon): Omit<SignalTarget, 'hear' | 'suspend'> {
  const heads = (): number[] =>
    hasEnded(daemon.child) ? headsOf(readLivingMembers(daemon.traits)) : [daemon.pid];
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
