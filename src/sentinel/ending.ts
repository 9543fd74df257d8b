// How we end: as the daemon ended. A shell or a service manager must not be able to tell the difference.

import { constants } from 'node:os';
import { writeCgroupFile } from '../actuators/cgroup-file.ts';
import { sendSignal } from '../actuators/signal.ts';

/** A status of its own, or the signal it died of. */
export type Ending = { readonly status: number } | { readonly signal: NodeJS.Signals };

/** sysexits.h EX_TEMPFAIL: refused, or stopped at a wall. */
export const REFUSED = 75;
/** env, timeout and docker run: the wrapper itself failed. */
export const FAILED = 125;

/** A signal sent to oneself arrives before kill(2) returns, unless another thread takes it: then within this time. */
const DEATH_DELAY_MS = 500;

/** Exits with the status, or dies of the same signal; as PID 1, where it would be dropped, exits with 128 + n. */
export function endAs(ending: Ending, exit: (status: number) => void): void {
  if ('status' in ending) {
    exit(ending.status);
    return;
  }
  const { signal } = ending;
  // One core of the same death is enough, and it is the daemon's: 0 leaves every mapping out of ours (core(5)).
  writeCgroupFile('/proc/self/coredump_filter', '0');
  restoreDefault(signal);
  sendSignal(process.pid, signal);
  setTimeout(() => exit(128 + constants.signals[signal]), DEATH_DELAY_MS);
}

/** libuv sets SIG_DFL when the last handler goes, also for PIPE, XFSZ and USR1, which Node had ignored or taken. */
function restoreDefault(signal: NodeJS.Signals): void {
  if (signal === 'SIGKILL' || signal === 'SIGSTOP') return;
  process.removeAllListeners(signal);
  const mark = (): void => {};
  process.on(signal, mark);
  process.off(signal, mark);
}
