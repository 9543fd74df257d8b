// Ctrl-Z: the guard and its daemon stop together, and `fg` continues both.
// Knows: in which order. May not know: walls, or who sits at the terminal.
//
// The terminal stops who is in its foreground group. Daemons have processes in groups of their own (Syncthing's worker), which
// would run on unguarded; so the whole daemon is frozen, and the keeper told that the silence to come is meant.

import { monotonicMs } from '../kernel/clock.ts';
import type { SignalTarget } from './signals.ts';
import type { Tick } from './tick.ts';

export interface Suspended {
  readonly tick: Tick;
  readonly daemon: Pick<SignalTarget, 'sharesForeground' | 'send'>;
}

/** Returns when this process has been continued; the next tick thaws what it has not paused for a wall. */
export function suspendWith({ tick, daemon }: Suspended, signal: NodeJS.Signals, stop: () => void): void {
  const isStopped = tick.suspend() || daemon.sharesForeground();
  if (!isStopped) daemon.send(signal);
  stop();
  if (!isStopped) daemon.send('SIGCONT');
  tick.passOver(monotonicMs());
}
