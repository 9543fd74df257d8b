// The daemon's life from its first instruction to its last process.
//
//   running -- main process ended, others left --> followed -- none left --> ended
//      |                                              |
//      +-- held at the brake --> stopping (TERM, grace, KILL) --> ended, as `stopped`

import type { ChildProcess } from 'node:child_process';
import { headsOf, type MemberTraits, readLivingMembers } from '../actuators/members.ts';
import { sendSignal } from '../actuators/signal.ts';
import { type Ending, FAILED } from './ending.ts';
import { sharesForeground } from './foreground.ts';
import type { SignalTarget } from './signals.ts';

/** How long a daemon may take to write its state down after TERM (Syncthing: 0.2 to 1.0 s on an idle machine). */
const GRACE_MS = 8_000;
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
export function signalTargetOf(daemon: Daemon): SignalTarget {
  const heads = (): number[] =>
    hasEnded(daemon.child) ? headsOf(readLivingMembers(daemon.traits)) : [daemon.pid];
  return {
    sharesForeground: () => heads().every(sharesForeground),
    send: (signal) => {
      for (const pid of heads()) sendSignal(pid, signal);
    },
  };
}

/** TERM, a grace in which it may end, then KILL for every process that is left, until none is. */
export async function stopDaemon(daemon: Daemon): Promise<void> {
  const living = (): number[] => readLivingMembers(daemon.traits);
  signalTargetOf(daemon).send('SIGTERM');
  for (let waitedMs = 0; waitedMs < GRACE_MS && living().length > 0; waitedMs += LOOK_MS)
    await pause(LOOK_MS);
  for (let left = living(); left.length > 0; left = living()) {
    for (const pid of left) sendSignal(pid, 'SIGKILL');
    await pause(LOOK_MS);
  }
}

export const pause = (durationMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
