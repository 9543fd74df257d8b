// A helper process in a process group of its own, as Syncthing's worker is: signals to the daemon's group miss it.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** Rewritten again and again while the helper may run: somebody who stopped the daemon can see whether it was missed. */
export const HEARTBEAT_FILE = 'helper.heartbeat';
const BEAT = `let n = 0; setInterval(() => require('node:fs').writeFileSync(process.argv[1], String(++n)), 50)`;

/** coreutils' timeout makes itself a group leader (setpgid); 0 never expires, and TERM is passed on. */
export function startHelper(state: string): ChildProcess {
  const words = ['0', process.execPath, '-e', BEAT, join(state, HEARTBEAT_FILE)];
  const helper = spawn('timeout', words, { stdio: 'ignore' });
  helper.on('error', () => {});
  return helper;
}
