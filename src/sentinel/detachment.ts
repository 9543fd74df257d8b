// How a guard that was attached is sent away: a signal that would end a daemon of ours only ends the guarding of this one.

import { monotonicMs } from '../kernel/clock.ts';
import type { LastWill } from './last-will.ts';
import { type LaunchFacts, signalName } from './launch-facts.ts';
import { FORWARDED, type SignalTarget } from './signals.ts';
import type { Tick } from './tick.ts';

export interface Detachment {
  /** Resolves once it is asked for. */
  readonly asked: Promise<void>;
  readonly target: SignalTarget;
}

/** What ends a program that has no handler; the other ones are for daemons, which have a pid of their own for them. */
const DETACHING: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

/** Signals that were ignored when we were started, as HUP under nohup, stay so. */
export function awaitDetachment({ ignoredSignals }: LaunchFacts): Detachment {
  const ignored = ignoredSignals.map(signalName);
  const heard = DETACHING.filter((signal) => FORWARDED.includes(signal) && !ignored.includes(signal));
  let detach = (): void => {};
  const asked = new Promise<void>((resolve) => {
    detach = resolve;
  });
  return {
    asked,
    target: {
      sharesForeground: () => false,
      hear: (signal) => {
        if (heard.includes(signal)) detach();
      },
      send: () => {},
      suspend: (_, stop) => stop(),
    },
  };
}

/** Under guard: Ctrl-Z stops the guard alone, and a pause then ends with the lease. */
export const detachTarget = (
  { target }: Detachment,
  { tick, will }: { readonly tick: Tick; readonly will: LastWill },
): SignalTarget => ({
  ...target,
  suspend: (_, stop) => {
    will.tell('C');
    stop();
    tick.passOver(monotonicMs());
  },
});
