// Whether the launcher has become the daemon. A shell cannot leave a descriptor that only exec closes, which would tell; but the
// words a process was started with are its own, and the launcher's are a script.

import { readKernelFile } from '../kernel/kernel-file.ts';
import type { Ending } from './ending.ts';
import { type Daemon, pause } from './supervision.ts';

const FIRST_LOOK_MS = 10;
/** A daemon that is let go in slices may wait for its first one. */
const LONGEST_LOOK_MS = 250;

/**
 * To be called while the launcher waits. Resolves with true when it has executed COMMAND, or has ended and left others of the
 * daemon behind; false: nothing of it is left, and whether it ran or could not be executed is told by its ending.
 */
export async function awaitExecution({ main, pid }: Daemon, ended: Promise<Ending>): Promise<boolean> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const launcher = readWords(pid);
  for (let delayMs = FIRST_LOOK_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_LOOK_MS)) {
    await pause(delayMs);
    if (isOver) return false;
    const words = readWords(pid);
    // '': ended, and not yet waited for.
    if (main.hasEnded() || (words !== launcher && words !== '')) return true;
  }
}

/** '' where they cannot be read. */
function readWords(pid: number): string {
  const words = readKernelFile('', `/proc/${pid}/cmdline`);
  return words.ok ? words.value : '';
}
