// Signals meant for the daemon that arrive here, because here is the pid that people and service managers know.

import { sendSignal } from '../actuators/signal.ts';

/** What a daemon may be told; the rest (STOP, KILL) never reaches a handler or means ourselves (CHLD). */
export const FORWARDED: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
];

/** Signals a terminal sends to its whole foreground group. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];

/** Job control: what stops the whole job, ourselves among it. A plain STOP cannot be heard, and is taken for a hang. */
const SUSPENDING: readonly NodeJS.Signals[] = ['SIGTSTP', 'SIGTTIN', 'SIGTTOU'];

/** Those that end us while there is no daemon yet to send them to. */
const ENDING: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

export interface SignalRelay {
  /** Without a target an ending signal is given to `onEarlyEnd`, and the others are dropped. */
  forwardTo(target: SignalTarget | null): void;
}

export interface SignalTarget {
  /** Whether the terminal has sent it to the daemon already. */
  sharesForeground(): boolean;
  /** A signal is on its way to it, from us or from the terminal: a frozen daemon could not hear it. */
  hear(signal: NodeJS.Signals): void;
  send(signal: NodeJS.Signals): void;
  /** The job is to stop: `stop` stops this process, and returns when it is continued. */
  suspend(signal: NodeJS.Signals, stop: () => void): void;
}

/**
 * Installs every handler. Signals that were ignored when we were started stay so for us (Node put them back to their
 * default), but are forwarded all the same: a daemon under nohup may have a handler of its own for HUP.
 */
export function relaySignals(
  ignored: readonly NodeJS.Signals[],
  onEarlyEnd: (signal: NodeJS.Signals) => void,
): SignalRelay {
  let target: SignalTarget | null = null;
  const take = (signal: NodeJS.Signals): void => {
    if (target !== null) pass(signal, target);
    else if (ENDING.includes(signal) && !ignored.includes(signal)) onEarlyEnd(signal);
  };
  for (const signal of FORWARDED) process.on(signal, () => take(signal));
  for (const signal of SUSPENDING) if (!ignored.includes(signal)) suspendOn(signal, () => target);
  // SIGPIPE is ignored by Node itself; these two no handler can be set for.
  const settable = ignored.filter((signal) => signal !== 'SIGKILL' && signal !== 'SIGSTOP');
  for (const signal of settable) if (!FORWARDED.includes(signal)) process.on(signal, () => {});
  return {
    forwardTo(next) {
      target = next;
    },
  };
}

function suspendOn(signal: NodeJS.Signals, readTarget: () => SignalTarget | null): void {
  const take = (): void => {
    const target = readTarget();
    if (target === null) stop();
    else target.suspend(signal, stop);
  };
  // By its default, so that a shell sees which signal it was; in an orphaned group the kernel drops it, and we go on.
  const stop = (): void => {
    process.off(signal, take);
    sendSignal(process.pid, signal);
    process.on(signal, take);
  };
  process.on(signal, take);
}

function pass(signal: NodeJS.Signals, target: SignalTarget): void {
  target.hear(signal);
  if (!(FROM_TERMINAL.includes(signal) && target.sharesForeground())) target.send(signal);
}
