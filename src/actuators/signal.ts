// The one file that sends signals. Knows: a pid and a signal. May not know: why.

/** What became of a signal: `gone` is a process that had ended already. */
export type Delivery = 'sent' | 'gone' | 'denied';

/** Sends `signal` to one process; never to a group, so that nobody else's process is meant by mistake. */
export function sendSignal(pid: number, signal: NodeJS.Signals): Delivery {
  if (!(Number.isInteger(pid) && pid > 0)) return 'gone';
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'gone' : 'denied';
  }
}
