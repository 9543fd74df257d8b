// The one file that sends signals. Knows: a pid and a signal. May not know: why.

import { errnoOf } from '../kernel/errno.ts';

/** What became of a signal: `gone` is a process that had ended already. */
export type Delivery = 'sent' | 'gone' | 'denied';

/** 0 sends nothing, and tells whether something could be sent. */
export type Signal = NodeJS.Signals | 0;

/** Sends `signal` to one process; never to a group, so that nobody else's process is meant by mistake. */
export function sendSignal(pid: number, signal: Signal): Delivery {
  if (!(Number.isInteger(pid) && pid > 0)) return 'gone';
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    return errnoOf(error) === 'ESRCH' ? 'gone' : 'denied';
  }
}
